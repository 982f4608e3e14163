# SPDX-License-Identifier: MIT
"""The rows of dimensions D1 and D5, whose formulas rest on customers (model, section 3); the others: processes.py.

DECISIONS where the text leaves room, with the other reading in brackets:
 1. employee_relationship: a pair whose relationships are all undated or later than P.to is no row.  [A row, level 0.]
    Employees who have gone keep their pairs here.  [They are left out, as in company_relationship.]
 2. A reference to oneself counts as reports_to filled in network_completeness, and fails in network_accuracy.
 3. goal_attainment: an empty actual makes the whole term 0 - no data is no attainment.  [The actual counts as 0, which
    would fulfil every goal to bring a number down.]
 4. units_per_customer: an empty quantity adds 0, the account stays a row.
 5. project_history without a date has no rate, so a foreign amount is unreadable there.
 6. Growth records without a date, relationships without a date, orders without a date take part in nothing.
 7. Fields needed: the id of the entity whose rows are counted; contact.account for the "same account" checks;
    contact entity only where one of its fields is read (not for employee_relationship, history_completeness).
    relationship.employee, order.opportunity, left_on, sales, weight, churned_on, created_on of opportunity: optional.
 8. category_penetration: d counts the categories of all products, sold or not.
 9. lost_customers: an account with churned_on after P.to is not lost, however old its latest order.
10. decision_member.contact is needed by value_projection, though it only leads to a weight.  [Not needed: 1.]
11. customer_time_lead: the minutes of no activity add up to 0, and 0 > competitor_minutes is asked like any other.
12. decision_chain_accuracy, opportunity_accuracy, network and history: a row to which no check applies is a row 0/0.
13. newcomer_retention: "no record by then" is meant literally; a latest record without a stage is a record.
"""

import math
import re

from registry import measure
from view import clamp

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
                   r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                   r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+")
PHONE = re.compile(r"[0-9 +().-]*")


def email_is_sound(text):
    return EMAIL.fullmatch(text) is not None


def phone_is_sound(text):
    return PHONE.fullmatch(text) is not None and sum(text.count(digit) for digit in "0123456789") >= 7


def filled(row, fields):
    return sum(1 for field in fields.split() if row[field] is not None)


def same_account(one, other):
    """Whether two rows are there and belong to one account that is there."""
    return one is not None and other is not None and one["account"] is not None and one["account"] == other["account"]


# D1 relationship_closeness

@measure("customer_management/relationship_closeness/company_relationship", "state", "share",
         "contact.is_key relationship.contact relationship.level relationship.recorded_on")
def company_relationship(view):
    highest = {}
    for (employee, contact), (_, level) in view.pairs().items():
        if not view.gone(view.data.find("employee", employee), view.end):
            highest[contact] = max(level, highest.get(contact, 0.0))
    for contact in view.data.rows("contact"):
        if contact["is_key"]:
            weight = view.influence(contact)
            level = highest.get(contact["id"], 0.0) if contact["id"] is not None else 0.0
            yield contact, weight * (level / view.params["level_max"]), weight


@measure("customer_management/relationship_closeness/employee_relationship", "state", "share",
         "relationship.contact relationship.level relationship.recorded_on")
def employee_relationship(view):
    for row, level in view.pairs().values():
        weight = view.influence(view.data.follow(row, "contact"))
        yield row, weight * (level / view.params["level_max"]), weight


# D1 solution_penetration

@measure("customer_management/solution_penetration/category_penetration", "event", "share",
         "account.id order.account order.signed_on order.product product.category")
def category_penetration(view):
    categories = {product["category"] for product in view.data.rows("product")} - {None}
    for account, orders in view.account_orders():
        products = [view.data.follow(order, "product") for order in orders if order["signed_on"] <= view.end]
        if products:
            bought = {product["category"] for product in products if product is not None} - {None}
            yield account, float(len(bought)), float(len(categories))


@measure("customer_management/solution_penetration/units_per_customer", "event", "ratio",
         "account.id order.account order.signed_on order.quantity")
def units_per_customer(view):
    for account, orders in view.account_orders():
        quantities = [order["quantity"] or 0.0 for order in orders if view.holds(order["signed_on"])]
        if quantities:
            yield account, math.fsum(quantities), 1.0


@measure("customer_management/solution_penetration/solution_win_rate", "event", "share",
         "project_history.signed_on project_history.ours")
def solution_win_rate(view):
    for row in view.data.rows("project_history"):
        if view.holds(row["signed_on"]):
            yield row, float(bool(row["ours"])), 1.0


# D1 opportunity_incubation

def incubated(view):
    for row in view.data.rows("opportunity"):
        if view.holds(row["approved_on"]) and (row["created_on"] is None or row["created_on"] < row["approved_on"]):
            yield row


@measure("customer_management/opportunity_incubation/incubated_count", "event", "sum", "opportunity.approved_on")
def incubated_count(view):
    for row in incubated(view):
        yield row, 1.0, None


@measure("customer_management/opportunity_incubation/incubated_amount", "event", "sum",
         "opportunity.approved_on opportunity.amount")
def incubated_amount(view):
    for row in incubated(view):
        yield row, view.amount(row) or 0.0, None


# D1 customer_coverage; the rule of H stands in scoring.py, since it takes the measure away rather than rows

@measure("customer_management/customer_coverage/new_customers", "event", "sum",
         "account.id order.account order.signed_on")
def new_customers(view):
    for account, orders in view.account_orders():
        if view.holds(min(order["signed_on"] for order in orders)):
            yield account, 1.0, None


@measure("customer_management/customer_coverage/lost_customers", "event", "share",
         "account.id order.account order.signed_on", lower_is_better=True)
def lost_customers(view):
    churn = view.params["churn_after_days"]
    for account, orders in view.account_orders():
        churned = account["churned_on"]
        before = [order["signed_on"] for order in orders if order["signed_on"] < view.start]
        if not before or max(before) + churn < view.start or (churned is not None and churned < view.start):
            continue
        latest = max(order["signed_on"] for order in orders if order["signed_on"] <= view.end)
        lost = view.holds(churned) or (churned is None and latest + churn <= view.end)
        yield account, float(lost), 1.0


# D1 customer_insight

@measure("customer_management/customer_insight/network_completeness", "state", "share",
         "contact.title contact.department contact.email|contact.phone contact.influence contact.reports_to"
         " contact.verified_on")
def network_completeness(view):
    for row in view.data.rows("contact"):
        reporters = [other for other in view.data.children("contact", "reports_to", row) if other is not row]
        held = filled(row, "title department influence verified_on")
        held += row["email"] is not None or row["phone"] is not None
        held += row["reports_to"] is not None or bool(reporters)
        yield row, float(held), 6.0


@measure("customer_management/customer_insight/network_accuracy", "state", "share",
         "contact.email|contact.phone contact.influence contact.reports_to contact.account contact.verified_on")
def network_accuracy(view):
    for row in view.data.rows("contact"):
        checks = [view.verified(row)]
        if row["email"] is not None:
            checks.append(email_is_sound(row["email"]))
        if row["phone"] is not None:
            checks.append(phone_is_sound(row["phone"]))
        if row["influence"] is not None:
            checks.append(1 <= row["influence"] <= 5)
        if row.filled_reference("reports_to"):
            superior = view.data.follow(row, "reports_to")
            checks.append(superior is not row and same_account(superior, row))
        yield row, float(sum(checks)), float(len(checks))


@measure("customer_management/customer_insight/network_accumulation", "event", "sum", "contact.created_on")
def network_accumulation(view):
    for row in view.data.rows("contact"):
        if view.holds(row["created_on"]):
            yield row, 1.0, None


def history(view):
    for row in view.data.rows("project_history"):
        if row["signed_on"] is None or row["signed_on"] <= view.end:
            yield row


@measure("customer_management/customer_insight/history_completeness", "state", "share",
         "project_history.product project_history.vendor project_history.amount project_history.signed_on"
         " project_history.decision_maker project_history.verified_on")
def history_completeness(view):
    for row in history(view):
        held = filled(row, "product vendor signed_on decision_maker verified_on") + (view.amount(row) is not None)
        yield row, float(held), 6.0


@measure("customer_management/customer_insight/history_accuracy", "state", "share",
         "project_history.signed_on project_history.amount project_history.product project_history.decision_maker"
         " project_history.account project_history.verified_on contact.account")
def history_accuracy(view):
    for row in history(view):
        checks = [view.verified(row)]
        if view.amount(row) is not None:
            checks.append(view.amount(row) > 0)
        if "product" in view.data.tables and row.filled_reference("product"):
            checks.append(row["product"] is not None)
        if row.filled_reference("decision_maker"):
            checks.append(same_account(view.data.follow(row, "decision_maker"), row))
        yield row, float(sum(checks)), float(len(checks))


@measure("customer_management/customer_insight/history_accumulation", "event", "sum", "project_history.created_on")
def history_accumulation(view):
    for row in view.data.rows("project_history"):
        if view.holds(row["created_on"]):
            yield row, 1.0, None


# D5

@measure("strategic_alignment/direction_achievement/goal_attainment", "state", "share",
         "strategic_goal.baseline strategic_goal.target strategic_goal.actual")
def goal_attainment(view):
    for row in view.data.rows("strategic_goal"):
        baseline, target, actual = row["baseline"], row["target"], row["actual"]
        if baseline is None or target is None or baseline == target:
            continue
        weight = 1.0 if row["weight"] is None else max(row["weight"], 0.0)
        reached = 0.0 if actual is None else clamp((actual - baseline) / (target - baseline), 0.0, 1.0)
        yield row, weight * reached, weight


@measure("strategic_alignment/direction_achievement/strategic_sales", "event", "sum",
         "order.signed_on order.product order.amount product.strategic")
def strategic_sales(view):
    for row in view.data.rows("order"):
        product = view.data.follow(row, "product")
        if view.holds(row["signed_on"]) and product is not None and product["strategic"]:
            yield row, view.amount(row) or 0.0, None


@measure("strategic_alignment/direction_achievement/strategic_market_share", "event", "share",
         "project_history.signed_on project_history.product project_history.account project_history.ours"
         " project_history.amount product.strategic account.key_market")
def strategic_market_share(view):
    for row in view.data.rows("project_history"):
        product, account = view.data.follow(row, "product"), view.data.follow(row, "account")
        if view.holds(row["signed_on"]) and product and product["strategic"] and account and account["key_market"]:
            amount = view.amount(row) or 0.0
            yield row, amount if row["ours"] else 0.0, amount
