# SPDX-License-Identifier: MIT
"""The rows of dimensions D2, D3 and D4: deals, resources and people (model, section 3; decisions in measures.py)."""

import math

from load import LOWER
from measures import filled, same_account
from registry import ACTIVE, SIZE, measure


# D2

@measure("deal_control/conversion/approved_to_won", "event", "share", ACTIVE)
def approved_to_won(view):
    for row in view.data.rows("opportunity"):
        if row["approved_on"] is not None and view.closed(row):
            yield row, float(view.won(row)), 1.0


def active(view):
    return (row for row in view.data.rows("opportunity") if view.active(row))


@measure("deal_control/process_control/customer_time_lead", "event", "share", ACTIVE +
         "opportunity.customer_time_rank|opportunity.competitor_minutes+activity.opportunity+activity.occurred_on"
         "+activity.minutes")
def customer_time_lead(view):
    for row in active(view):
        lead = row["customer_time_rank"] == 1
        if row["customer_time_rank"] is None and row["competitor_minutes"] is not None:
            minutes = [activity["minutes"] or 0.0
                       for activity in view.data.children("activity", "opportunity", row)
                       if activity["occurred_on"] is not None and activity["occurred_on"] <= view.end]
            lead = math.fsum(minutes) > row["competitor_minutes"]
        yield row, float(lead), 1.0


@measure("deal_control/process_control/budget_participation", "event", "share",
         ACTIVE + "opportunity.budget_participation")
def budget_participation(view):
    for row in active(view):
        yield row, float(bool(row["budget_participation"])), 1.0


@measure("deal_control/process_control/tender_participation", "event", "share",
         ACTIVE + "opportunity.tender_participation")
def tender_participation(view):
    for row in active(view):
        yield row, float(bool(row["tender_participation"])), 1.0


def covered(view, opportunity, entity, field, required):
    """(how many of the required words the opportunity's rows of an entity show, how many are required)."""
    words = {word.translate(LOWER) for word in required}
    shown = {row[field] for row in view.data.children(entity, "opportunity", opportunity)}
    return float(len(words & shown)), float(len(words))


@measure("deal_control/relationship_control/decision_role_coverage", "state", "share",
         ACTIVE + "decision_member.opportunity decision_member.role")
def decision_role_coverage(view):
    for row in active(view):
        yield (row, *covered(view, row, "decision_member", "role", view.params["required_roles"]))


@measure("deal_control/relationship_control/decision_chain_completeness", "state", "share",
         ACTIVE + "decision_member.opportunity decision_member.contact decision_member.role decision_member.stance"
         " decision_member.value_proposition decision_member.verified_on")
def decision_chain_completeness(view):
    for row, _ in view.of_opportunity("decision_member", view.active):
        yield row, float(filled(row, "contact role stance value_proposition verified_on")), 5.0


@measure("deal_control/relationship_control/decision_chain_accuracy", "state", "share",
         ACTIVE + "decision_member.opportunity decision_member.contact decision_member.stance"
         " decision_member.verified_on opportunity.account contact.account")
def decision_chain_accuracy(view):
    for row, opportunity in view.of_opportunity("decision_member", view.active):
        checks = [view.verified(row)]
        if row.filled_reference("contact"):
            checks.append(same_account(view.data.follow(row, "contact"), opportunity))
        if row["stance"] is not None:
            checks.append(-2 <= row["stance"] <= 2)
        yield row, float(sum(checks)), float(len(checks))


@measure("deal_control/relationship_control/value_projection", "state", "share",
         ACTIVE + "decision_member.opportunity decision_member.contact decision_member.value_fit")
def value_projection(view):
    for row, _ in view.of_opportunity("decision_member", view.active):
        weight = view.influence(view.data.follow(row, "contact"))
        yield row, weight * min(max(row["value_fit"] or 0.0, 0.0), 1.0), weight


@measure("deal_control/relationship_control/opportunity_completeness", "state", "share",
         ACTIVE + "opportunity.amount opportunity.product opportunity.need opportunity.competitor"
         " opportunity.next_step opportunity.expected_close_on")
def opportunity_completeness(view):
    for row in active(view):
        held = filled(row, "product need competitor next_step expected_close_on") + (view.amount(row) is not None)
        yield row, float(held), 6.0


@measure("deal_control/relationship_control/opportunity_accuracy", "state", "share",
         ACTIVE + "opportunity.amount opportunity.expected_close_on")
def opportunity_accuracy(view):
    for row in active(view):
        created, approved, closed = row["created_on"], row["approved_on"], row["closed_on"]
        checks = []
        if view.amount(row) is not None:
            checks.append(view.amount(row) > 0)
        if created is not None:
            checks.append(approved >= created)
        if row["outcome"] is not None and closed is not None:
            checks.append(closed >= approved)
        if view.open_at(row, view.end) and row["expected_close_on"] is not None:
            checks.append(row["expected_close_on"] >= view.end)
        yield row, float(sum(checks)), float(len(checks))


# D3

def on_time(view, size):
    for row, _ in view.of_opportunity("resource_request", lambda opportunity: view.size(opportunity) == size):
        if view.holds(row["needed_on"]):
            yield row, float(row["ready_on"] is not None and row["ready_on"] <= row["needed_on"]), 1.0


def skill_match(view, size):
    for row, _ in view.of_opportunity("resource_request", lambda opportunity: view.size(opportunity) == size):
        if view.holds(row["ready_on"]):
            yield row, min(max(row["skill_match"] or 0.0, 0.0), 1.0), 1.0


ON_TIME = SIZE + "resource_request.opportunity resource_request.needed_on resource_request.ready_on"
SKILL_MATCH = SIZE + "resource_request.opportunity resource_request.ready_on resource_request.skill_match"
MATCHING = "resource_management/resource_matching/"
measure(MATCHING + "large_on_time", "event", "share", ON_TIME)(lambda view: on_time(view, "large"))
measure(MATCHING + "small_on_time", "event", "share", ON_TIME)(lambda view: on_time(view, "small"))
measure(MATCHING + "large_skill_match", "event", "share", SKILL_MATCH)(lambda view: skill_match(view, "large"))
measure(MATCHING + "small_skill_match", "event", "share", SKILL_MATCH)(lambda view: skill_match(view, "small"))

MONEY = "expense.kind expense.amount expense.spent_on opportunity.outcome opportunity.closed_on opportunity.amount"


def presales_and_wins(view):
    """(row, presales spent, amount won) of every row of the two kinds."""
    for row in view.data.rows("expense"):
        if row["kind"] == "presales" and view.holds(row["spent_on"]):
            yield row, view.amount(row) or 0.0, 0.0
    for row in view.data.rows("opportunity"):
        if view.won(row):
            yield row, 0.0, view.amount(row) or 0.0


@measure(MATCHING + "presales_cost_ratio", "event", "ratio", MONEY, lower_is_better=True)
def presales_cost_ratio(view):
    return presales_and_wins(view)


@measure("resource_management/process_collaboration/dispatch_timeliness", "event", "share",
         "resource_request.requested_on resource_request.assigned_on")
def dispatch_timeliness(view):
    for row in view.data.rows("resource_request"):
        requested, assigned = row["requested_on"], row["assigned_on"]
        if requested is None or requested < view.start or requested + view.params["dispatch_days"] > view.end:
            continue
        yield row, float(assigned is not None and assigned <= requested + view.params["dispatch_days"]), 1.0


@measure("resource_management/process_collaboration/role_clarity", "event", "share",
         ACTIVE + "participant.opportunity participant.function participant.responsibility")
def role_clarity(view):
    for row, _ in view.of_opportunity("participant", view.active):
        yield row, float(filled(row, "function responsibility") == 2), 1.0


CLOSED = "opportunity.outcome opportunity.closed_on participant.opportunity participant.score "


@measure("resource_management/process_collaboration/scoring_coverage", "event", "share", CLOSED)
def scoring_coverage(view):
    for row, _ in view.of_opportunity("participant", view.closed):
        yield row, float(row["score"] is not None), 1.0


@measure("resource_management/process_collaboration/scoring_acceptance", "event", "share",
         CLOSED + "participant.acknowledged participant.disputed")
def scoring_acceptance(view):
    for row, _ in view.of_opportunity("participant", view.closed):
        if row["score"] is not None:
            yield row, float(bool(row["acknowledged"]) and not row["disputed"]), 1.0


@measure("resource_management/resource_integration/function_coverage", "event", "share",
         ACTIVE + SIZE + "participant.opportunity participant.function")
def function_coverage(view):
    for row in active(view):
        if view.size(row) == "large":
            yield (row, *covered(view, row, "participant", "function", view.params["required_functions"]))


@measure("resource_management/resource_return/presales_roi", "event", "ratio", MONEY)
def presales_roi(view):
    for row, spent, amount in presales_and_wins(view):
        yield row, amount, spent


@measure("resource_management/resource_return/sales", "event", "sum", "order.signed_on order.amount")
def sales(view):
    for row in view.data.rows("order"):
        if view.holds(row["signed_on"]):
            yield row, view.amount(row) or 0.0, None


# D4

STAGE = "employee.hired_on growth_record.employee growth_record.stage growth_record.entered_on"
SUBSISTENCE, COMFORTABLE, AFFLUENT, FULFILLED = range(4)


def salespeople(view):
    """Everybody, where employee.sales is not mapped."""
    everybody = not view.data.mapped("employee", "sales")
    return (row for row in view.data.rows("employee") if everybody or row["sales"])


@measure("employee_growth/newcomer_survival/newcomer_retention", "event", "share", STAGE)
def newcomer_retention(view):
    for row in salespeople(view):
        newly = view.holds(row["hired_on"])
        if not newly and not view.employed(row, view.start):
            continue
        recorded, stage = view.stage_record(row, max(view.start, row["hired_on"]))
        if stage == SUBSISTENCE or (newly and not recorded):
            yield row, float(view.employed(row, view.end)), 1.0


@measure("employee_growth/advancement/advancement_rate", "event", "share", STAGE)
def advancement_rate(view):
    for row in salespeople(view):
        stage = view.stage(row, view.start)
        if view.employed(row, view.start) and stage in (SUBSISTENCE, COMFORTABLE):
            yield row, float(view.employed(row, view.end) and view.stage(row, view.end) > stage), 1.0


@measure("employee_growth/fulfilment/fulfilment_rate", "event", "share", STAGE)
def fulfilment_rate(view):
    for row in salespeople(view):
        if view.employed(row, view.start) and view.stage(row, view.start) == AFFLUENT:
            yield row, float(view.employed(row, view.end) and view.stage(row, view.end) == FULFILLED), 1.0
