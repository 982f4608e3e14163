# SPDX-License-Identifier: MIT
"""The evaluation of the demo job in SQL: all measures of the model, both windows, the company and four breakdowns.

Written for engines as an analyst who knows them would: what references lead to is joined once (stages), each table of
facts is passed once for all its measures and both windows (facts, measures), grouped by employee, region and size class,
and the few thousand groups are added up to the company and the units of each breakdown.  Of a measure come rows, numerator
and denominator; what crmval does beyond that (standard errors, scores, counts of odd cells) is left out, to the engines'
favour.
"""
import datetime
import os
import re

PERIOD = ("2025-01-01", "2025-12-31")
BASELINE = ("2024-01-01", "2024-12-31")
BREAKDOWNS = ("team", "employee", "region", "size_class")
ROLES = ("economic", "technical", "user", "coach")
FUNCTIONS = ("presales", "test", "delivery", "aftersales", "development")
EMAIL = (r"^[-A-Za-z0-9.!#$%&''*+/=?^_`{|}~]{1,64}@[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?"
         r"([.][A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)+$")
PHONE = r"^[- +().]*([0-9][- +().]*){7,}$"


# The columns that the evaluation needs of each table, with their types; of a column marked ? only whether it is filled.
COLUMNS = {entity: dict(column.split(":") for column in columns.split()) for entity, columns in {
    "account": "id:text owner:text size_class:text region:text key_market:flag churned_on:date",
    "contact": "id:text account:text title:? department:? email:text phone:text is_key:flag influence:number "
               "reports_to:text created_on:date verified_on:date",
    "relationship": "employee:text contact:text level:number recorded_on:date",
    "project_history": "account:text product:text vendor:? ours:flag amount:number signed_on:date decision_maker:text "
                       "created_on:date verified_on:date",
    "product": "id:text category:text strategic:flag",
    "order": "account:text opportunity:text product:text signed_on:date amount:number quantity:number",
    "opportunity": "id:text account:text owner:text product:? project_size:text amount:number created_on:date "
                   "approved_on:date closed_on:date outcome:text need:? competitor:? next_step:? expected_close_on:date "
                   "budget_participation:flag tender_participation:flag customer_time_rank:number "
                   "competitor_minutes:number",
    "decision_member": "opportunity:text contact:text role:text stance:number value_proposition:? value_fit:number "
                       "verified_on:date",
    "activity": "opportunity:text occurred_on:date minutes:number",
    "resource_request": "opportunity:text requested_on:date assigned_on:date needed_on:date ready_on:date "
                        "skill_match:number",
    "participant": "opportunity:text function:text responsibility:? score:? acknowledged:flag disputed:flag",
    "expense": "opportunity:text kind:text amount:number spent_on:date",
    "employee": "id:text team:text region:text hired_on:date left_on:date sales:flag",
    "growth_record": "employee:text stage:text entered_on:date",
    "strategic_goal": "owner:text baseline:number target:number actual:number weight:number",
}.items()}


def table_of(entity):
    """ORDER is a word of SQL."""
    return "orders" if entity == "order" else entity


class Dialect:
    """What the engines do not say alike; a subclass for each."""
    without = ()  # facts that it cannot be asked for
    def day(self, date):
        return "DATE '%s'" % date

    def after(self, column, days):
        return "(%s + %d)" % (column, days)

    def matches(self, column, pattern):
        raise NotImplementedError

    def latest_pairs(self, end):
        """(employee, contact, level) of each pair's latest relationship."""
        raise NotImplementedError

    def prepare(self, table, key):
        """What makes a table quick to join by its key."""
        return []

    def write(self, query, path):
        """A statement that writes what a query gives as CSV with a header."""
        raise NotImplementedError


def levels(end):
    """What was recorded of pairs up to a day."""
    return ("SELECT employee, contact, recorded_on, CASE WHEN level < 0 THEN 0 WHEN level > 5 THEN 5 "
            "ELSE COALESCE(level, 0) END AS level FROM relationship "
            "WHERE contact IS NOT NULL AND recorded_on <= %s" % end)


def filled(*columns):
    return "(%s)" % " + ".join("CASE WHEN %s IS NOT NULL THEN 1 ELSE 0 END" % column for column in columns)


def passed(*checks):
    """How many checks hold; each is (what has to be there or None, condition)."""
    return "(%s)" % " + ".join("CASE WHEN %s%s THEN 1 ELSE 0 END" % (needs + " AND " if needs else "", check)
                               for needs, check in checks)


def applied(*checks):
    return "(%s)" % " + ".join("CASE WHEN %s THEN 1 ELSE 0 END" % needs if needs else "1" for needs, _ in checks)


def shown(column, words):
    """An aggregate: how many of some words a group shows."""
    return " + ".join("max(CASE WHEN %s = '%s' THEN 1 ELSE 0 END)" % (column, word) for word in words)


def columns_of(entity, alias):
    return ", ".join("%s.%s" % (alias, name) for name in COLUMNS[entity])


class Window:
    """The literals of a window."""

    def __init__(self, dialect, name, days):
        start, end = map(datetime.date.fromisoformat, days)
        day = dialect.day
        self.name = name
        self.words = {"w": name, "start": day(start), "end": day(end)}
        for word, date, days in (("churn_start", start, 365), ("churn_end", end, 365), ("dispatch_end", end, 2),
                                 ("verify_start", end, 180)):
            self.words[word] = day(date - datetime.timedelta(days))

    def fill(self, text):
        """Puts the window's days where a text names them."""
        return re.sub(r"\{(\w+)\}", lambda match: self.words[match[1]], text)


def both(windows, text):
    """A text for each window, joined by commas."""
    return ", ".join(window.fill(text) for window in windows)


def stages(dialect, windows):
    """[(table, key, query)]: what is joined before any fact is looked at."""
    end = windows[0].words["end"]
    return [
        ("growth", "employee", "SELECT employee, entered_on, CASE stage WHEN 'fulfilled' THEN 3 WHEN 'affluent' THEN 2 "
         "WHEN 'comfortable' THEN 1 WHEN 'subsistence' THEN 0 ELSE -1 END AS grade FROM growth_record "
         "WHERE entered_on IS NOT NULL"),
        ("deal", "id", "SELECT " + columns_of("opportunity", "o") + ", COALESCE(o.owner, a.owner) AS employee, "
         "CASE WHEN o.account IS NULL THEN e.region ELSE a.region END AS region, a.size_class, " +
         both(windows, "o.approved_on IS NOT NULL AND o.approved_on <= {end} AND NOT (o.outcome IS NOT NULL AND "
              "o.closed_on IS NOT NULL AND o.closed_on < {start}) AS active_{w}, o.outcome IS NOT NULL AND "
              "o.closed_on IS NOT NULL AND o.closed_on BETWEEN {start} AND {end} AS closed_{w}") +
         " FROM opportunity o LEFT JOIN account a ON a.id = o.account LEFT JOIN employee e ON e.id = o.owner"),
        ("person", "id", "SELECT " + columns_of("contact", "c") +
         ", CASE WHEN c.influence IS NULL OR c.influence < 1 THEN 1 "
         "WHEN c.influence > 5 THEN 5 ELSE c.influence END AS weight, a.owner AS employee, a.region, a.size_class "
         "FROM contact c LEFT JOIN account a ON a.id = c.account"),
        ("pair", "contact", "SELECT n.employee, n.contact, n.level, e.region, "
         "n.employee IS NULL OR e.left_on IS NULL OR e.left_on > %s AS stays "
         "FROM (%s) n LEFT JOIN employee e ON e.id = n.employee" % (end, dialect.latest_pairs(end))),
        ("purchase", "account", "SELECT COALESCE(o.account, d.account) AS account, d.owner, o.signed_on, o.amount, "
         "o.quantity, p.category, p.strategic FROM orders o LEFT JOIN opportunity d ON d.id = o.opportunity "
         "LEFT JOIN product p ON p.id = o.product"),
    ]


def stage_at(day):
    """The rank of an employee's stage on a day: -1 without one, NULL without a record."""
    return ("(SELECT g.grade FROM growth g WHERE g.employee = e.id AND g.entered_on <= %s "
            "ORDER BY g.entered_on DESC, g.grade DESC LIMIT 1)" % day)


# Where the employee, region and size class of a row with a deal, or with none, come from.
OF_DEAL = "d.employee, d.region, d.size_class"


def facts(dialect, windows):
    """{fact: query}: one row for each that measures look at, with its employee, region and size class."""
    moments = ("CASE WHEN signed_on < {start} THEN signed_on END", "CASE WHEN signed_on <= {end} THEN signed_on END",
               "CASE WHEN signed_on BETWEEN {start} AND {end} THEN quantity END",
               "CASE WHEN signed_on BETWEEN {start} AND {end} THEN 1 END")
    return {
        "contact": "SELECT c.*, h.level, "
        "u.id <> c.id AND u.account = c.account AS is_superior, s.reports_to IS NOT NULL AS has_reports "
        "FROM person c LEFT JOIN contact u ON u.id = c.reports_to "
        "LEFT JOIN (SELECT contact, max(level) AS level FROM pair WHERE stays GROUP BY contact) h ON h.contact = c.id "
        "LEFT JOIN (SELECT DISTINCT reports_to FROM contact WHERE reports_to <> id) s ON s.reports_to = c.id",
        "relationship": "SELECT COALESCE(l.employee, p.employee) AS employee, "
        "CASE WHEN p.account IS NULL THEN l.region ELSE p.region END AS region, p.size_class, l.level, p.weight "
        "FROM pair l JOIN person p ON p.id = l.contact",
        "account": "SELECT a.owner AS employee, a.region, a.size_class, a.churned_on, k.of_all, h.first_on, " +
        both(windows, "h.before_{w}, h.until_{w}, h.units_{w}, h.orders_{w}, h.categories_{w}") +
        " FROM (SELECT account, "
        "min(first_on) AS first_on, " + both(windows, (
            "max(before_{w}) AS before_{w}, max(until_{w}) AS until_{w}, sum(units_{w}) AS units_{w}, "
            "sum(orders_{w}) AS orders_{w}, sum(CASE WHEN category IS NOT NULL AND first_on <= {end} THEN 1 ELSE 0 END) "
            "AS categories_{w}")) + " FROM (SELECT account, category, min(signed_on) AS first_on, " + both(windows, (
                "max(%s) AS before_{w}, max(%s) AS until_{w}, sum(%s) AS units_{w}, count(%s) AS orders_{w}" % moments)) +
        " FROM purchase WHERE account IS NOT NULL AND signed_on IS NOT NULL GROUP BY account, category) c "
        "GROUP BY account) h JOIN account a ON a.id = h.account "
        "CROSS JOIN (SELECT count(DISTINCT category) AS of_all FROM product) k",
        "history": "SELECT h.*, a.owner AS employee, a.region, a.size_class, a.key_market, p.strategic, "
        "c.account = h.account AS is_theirs FROM project_history h LEFT JOIN account a ON a.id = h.account "
        "LEFT JOIN product p ON p.id = h.product LEFT JOIN contact c ON c.id = h.decision_maker",
        "opportunity": "SELECT o.*, r.roles, f.functions, " +
        both(windows, "COALESCE(v.minutes_{w}, 0) AS minutes_{w}") + " FROM deal o "
        "LEFT JOIN (SELECT opportunity, " + shown("role", ROLES) + " AS roles FROM decision_member "
        "GROUP BY opportunity) r ON r.opportunity = o.id "
        "LEFT JOIN (SELECT opportunity, " + shown("function", FUNCTIONS) + " AS functions FROM participant "
        "GROUP BY opportunity) f ON f.opportunity = o.id "
        "LEFT JOIN (SELECT opportunity, " +
        both(windows, "sum(CASE WHEN occurred_on <= {end} THEN minutes END) AS minutes_{w}") +
        " FROM activity GROUP BY opportunity) v ON v.opportunity = o.id",
        "member": "SELECT m.*, COALESCE(p.weight, 1) AS weight, p.account = d.account AS is_theirs, "
        "CASE WHEN d.account IS NULL THEN COALESCE(d.owner, p.employee) ELSE d.employee END AS employee, "
        "CASE WHEN d.account IS NULL AND p.account IS NOT NULL THEN p.region ELSE d.region END AS region, "
        "CASE WHEN d.account IS NULL THEN p.size_class ELSE d.size_class END AS size_class "
        "FROM decision_member m JOIN deal d ON d.id = m.opportunity LEFT JOIN person p ON p.id = m.contact "
        "WHERE d.active_p",
        "request": "SELECT q.*, d.project_size, " + OF_DEAL + " FROM resource_request q "
        "LEFT JOIN deal d ON d.id = q.opportunity",
        "participant": "SELECT q.function, q.responsibility, q.score, q.acknowledged, q.disputed, " + OF_DEAL + ", " +
        both(windows, "d.active_{w}, d.closed_{w}") + " FROM participant q JOIN deal d ON d.id = q.opportunity",
        "expense": "SELECT q.amount, q.spent_on, " + OF_DEAL + " FROM expense q "
        "LEFT JOIN deal d ON d.id = q.opportunity WHERE q.kind = 'presales'",
        "purchase": "SELECT o.signed_on, o.amount, o.strategic, COALESCE(o.owner, a.owner) AS employee, "
        "CASE WHEN o.account IS NULL THEN e.region ELSE a.region END AS region, a.size_class "
        "FROM purchase o LEFT JOIN account a ON a.id = o.account LEFT JOIN employee e ON e.id = o.owner",
        "employee": "SELECT e.id AS employee, e.region, CAST(NULL AS VARCHAR(9)) AS size_class, e.hired_on, "
        "e.left_on, " +
        both(windows, "%s AS stage_start_{w}, %s AS stage_end_{w}, %s AS stage_new_{w}" % (
            stage_at("{start}"), stage_at("{end}"), stage_at("e.hired_on"))) +
        " FROM employee e WHERE e.sales",
        "goal": "SELECT g.*, e.id AS employee, e.region, CAST(NULL AS VARCHAR(9)) AS size_class, "
        "CASE WHEN g.weight IS NULL THEN 1 WHEN g.weight < 0 THEN 0 ELSE g.weight END AS share, "
        "(g.actual - g.baseline) * 1.0 / (g.target - g.baseline) AS reached FROM strategic_goal g LEFT JOIN employee e ON e.id = g.owner "
        "WHERE g.baseline IS NOT NULL AND g.target IS NOT NULL AND g.baseline <> g.target",
    }


def measures(dialect):
    """[(fact, measure, windows, rows, numerator, denominator)].

    A numerator "?condition" counts rows, any other is added up; a denominator 1 is the number of rows, None is none.
    Measures on two tables stand here twice.
    """
    verified = "verified_on IS NOT NULL AND verified_on BETWEEN {verify_start} AND {end}"
    network = ((None, verified), ("email IS NOT NULL", dialect.matches("email", EMAIL)),
               ("phone IS NOT NULL", dialect.matches("phone", PHONE)),
               ("influence IS NOT NULL", "influence BETWEEN 1 AND 5"), ("reports_to IS NOT NULL", "is_superior"))
    history = ((None, verified), ("amount IS NOT NULL", "amount > 0"), ("product IS NOT NULL", "product IS NOT NULL"),
               ("decision_maker IS NOT NULL", "is_theirs"))
    chain = ((None, verified), ("contact IS NOT NULL", "is_theirs"), ("stance IS NOT NULL", "stance BETWEEN -2 AND 2"))
    open_at = "(outcome IS NULL OR (closed_on IS NOT NULL AND closed_on > {end}))"
    deal = (("amount IS NOT NULL", "amount > 0"), ("created_on IS NOT NULL", "approved_on >= created_on"),
            ("outcome IS NOT NULL AND closed_on IS NOT NULL", "closed_on >= approved_on"),
            (open_at + " AND expected_close_on IS NOT NULL", "expected_close_on >= {end}"))
    signed, won = "signed_on BETWEEN {start} AND {end}", "closed_{w} AND outcome = 'won'"
    incubated = "approved_on BETWEEN {start} AND {end} AND (created_on IS NULL OR created_on < approved_on)"
    past = "(signed_on IS NULL OR signed_on <= {end})"
    at_start = "hired_on <= {start} AND (left_on IS NULL OR left_on > {start})"
    at_end = "hired_on <= {end} AND (left_on IS NULL OR left_on > {end})"
    hired = "hired_on BETWEEN {start} AND {end}"
    skill = "CASE WHEN skill_match < 0 THEN 0 WHEN skill_match > 1 THEN 1 ELSE COALESCE(skill_match, 0) END"
    listed = [
        ("contact", "company_relationship", "p", "is_key", "weight * (COALESCE(level, 0) / 5.0)", "weight"),
        ("relationship", "employee_relationship", "p", "1 = 1", "weight * (level / 5.0)", "weight"),
        ("account", "category_penetration", "pb", "first_on <= {end}", "categories_{w}",
         "of_all"),
        ("account", "units_per_customer", "pb", "orders_{w} > 0", "units_{w}", 1),
        ("history", "solution_win_rate", "pb", signed, "?ours", 1),
        ("opportunity", "incubated_count", "pb", incubated, "?1 = 1", None),
        ("opportunity", "incubated_amount", "pb", incubated, "amount", None),
        ("account", "new_customers", "pb", "first_on BETWEEN {start} AND {end}", "?1 = 1", None),
        ("account", "lost_customers", "pb",
         "before_{w} >= {churn_start} AND (churned_on IS NULL OR churned_on >= {start})",
         "?(churned_on BETWEEN {start} AND {end} OR (churned_on IS NULL AND until_{w} <= {churn_end}))", 1),
        ("contact", "network_completeness", "p", "1 = 1", filled("title", "department", "influence", "verified_on") +
         " + CASE WHEN email IS NOT NULL OR phone IS NOT NULL THEN 1 ELSE 0 END"
         " + CASE WHEN reports_to IS NOT NULL OR has_reports THEN 1 ELSE 0 END", 6),
        ("contact", "network_accuracy", "p", "1 = 1", passed(*network), applied(*network)),
        ("contact", "network_accumulation", "pb", "created_on BETWEEN {start} AND {end}", "?1 = 1", None),
        ("history", "history_completeness", "p", past,
         filled("product", "vendor", "amount", "signed_on", "decision_maker", "verified_on"), 6),
        ("history", "history_accuracy", "p", past, passed(*history), applied(*history)),
        ("history", "history_accumulation", "pb", "created_on BETWEEN {start} AND {end}", "?1 = 1", None),
        ("opportunity", "approved_to_won", "pb", "approved_on IS NOT NULL AND closed_{w}", "?outcome = 'won'", 1),
        ("opportunity", "customer_time_lead", "pb", "active_{w}", "?(customer_time_rank = 1 OR "
         "(customer_time_rank IS NULL AND minutes_{w} > competitor_minutes))", 1),
        ("opportunity", "budget_participation", "pb", "active_{w}", "?budget_participation", 1),
        ("opportunity", "tender_participation", "pb", "active_{w}", "?tender_participation", 1),
        ("opportunity", "decision_role_coverage", "p", "active_{w}", "COALESCE(roles, 0)", len(ROLES)),
        ("member", "decision_chain_completeness", "p", "1 = 1",
         filled("contact", "role", "stance", "value_proposition", "verified_on"), 5),
        ("member", "decision_chain_accuracy", "p", "1 = 1", passed(*chain), applied(*chain)),
        ("member", "value_projection", "p", "1 = 1", "weight * CASE WHEN value_fit < 0 THEN 0 WHEN value_fit > 1 "
         "THEN 1 ELSE COALESCE(value_fit, 0) END", "weight"),
        ("opportunity", "opportunity_completeness", "p", "active_{w}",
         filled("amount", "product", "need", "competitor", "next_step", "expected_close_on"), 6),
        ("opportunity", "opportunity_accuracy", "p", "active_{w}", passed(*deal), applied(*deal)),
        ("expense", "presales_cost_ratio", "pb", "spent_on BETWEEN {start} AND {end}", "amount", 0),
        ("opportunity", "presales_cost_ratio", "pb", won, "0", "amount"),
        ("request", "dispatch_timeliness", "pb", "requested_on BETWEEN {start} AND {dispatch_end}",
         "?assigned_on <= " + dialect.after("requested_on", 2), 1),
        ("participant", "role_clarity", "pb", "active_{w}", "?function IS NOT NULL AND responsibility IS NOT NULL", 1),
        ("participant", "scoring_coverage", "pb", "closed_{w}", "?score IS NOT NULL", 1),
        ("participant", "scoring_acceptance", "pb", "closed_{w} AND score IS NOT NULL",
         "?acknowledged AND (disputed IS NULL OR NOT disputed)", 1),
        ("opportunity", "function_coverage", "pb", "active_{w} AND project_size = 'large'", "COALESCE(functions, 0)",
         len(FUNCTIONS)),
        ("expense", "presales_roi", "pb", "spent_on BETWEEN {start} AND {end}", "0", "amount"),
        ("opportunity", "presales_roi", "pb", won, "amount", 0),
        ("purchase", "sales", "pb", signed, "amount", None),
        ("employee", "newcomer_retention", "pb", "((%s) OR (%s)) AND CASE WHEN hired_on > {start} THEN "
         "COALESCE(stage_new_{w}, 0) = 0 ELSE stage_start_{w} = 0 OR (stage_start_{w} IS NULL AND %s) END" % (
             at_start, hired, hired), "?" + at_end, 1),
        ("employee", "advancement_rate", "pb", at_start + " AND stage_start_{w} IN (0, 1)",
         "?%s AND stage_end_{w} > stage_start_{w}" % at_end, 1),
        ("employee", "fulfilment_rate", "pb", at_start + " AND stage_start_{w} = 2",
         "?%s AND stage_end_{w} = 3" % at_end, 1),
        ("goal", "goal_attainment", "p", "1 = 1", "share * CASE WHEN actual IS NULL OR reached < 0 THEN 0 "
         "WHEN reached > 1 THEN 1 ELSE reached END", "share"),
        ("purchase", "strategic_sales", "pb", signed + " AND strategic", "amount", None),
        ("history", "strategic_market_share", "pb", signed + " AND strategic AND key_market",
         "CASE WHEN ours THEN amount ELSE 0 END", "amount"),
    ]
    for size in ("large", "small"):
        mine = "project_size = '%s' AND " % size
        listed.append(("request", size + "_on_time", "pb", mine + "needed_on BETWEEN {start} AND {end}",
                       "?ready_on <= needed_on", 1))
        listed.append(("request", size + "_skill_match", "pb", mine + "ready_on BETWEEN {start} AND {end}", skill, 1))
    return listed


class Plan:
    """The statements of an evaluation, and where in their results each measure stands."""

    def __init__(self, dialect):
        windows = [Window(dialect, "p", PERIOD), Window(dialect, "b", BASELINE)]
        self.aggregates = {}  # fact: {expression: column}
        self.places = {}      # (measure, window): [(fact, rows, numerator, denominator)]; columns, or (column, factor)
        for fact, measure, where, rows, numerator, denominator in measures(dialect):
            for window in windows:
                if window.name in where and fact not in dialect.without:
                    self.place(fact, measure, window, rows, numerator, denominator)
        queries = facts(dialect, windows)
        self.stages = stages(dialect, windows) + [
            ("tally_" + fact, None, "SELECT employee, region, size_class, %s FROM (%s) f "
             "GROUP BY employee, region, size_class" % (", ".join("%s AS %s" % pair for pair in columns.items()),
                                                        queries[fact]))
            for fact, columns in self.aggregates.items()]
        self.results = {fact: self.sums(fact) for fact in self.aggregates}

    def script(self, dialect, folder):
        """All statements, and a file of results for each table of facts."""
        statements = []
        for table, key, query in self.stages:
            statements.append("CREATE TEMP TABLE %s AS %s;\n" % (table, query))
            statements += dialect.prepare(table, key) if key else []
        return statements + [dialect.write(query, os.path.join(folder, fact + ".csv"))
                             for fact, query in self.results.items()]

    def measures(self):
        """What it tells of."""
        return {measure for measure, _ in self.places}

    def column(self, fact, expression):
        columns = self.aggregates.setdefault(fact, {})
        return columns.setdefault(expression, "c%d" % len(columns))

    def place(self, fact, measure, window, rows, numerator, denominator):
        rows = window.fill(rows)
        condition = "" if rows == "1 = 1" else " FILTER (WHERE %s)" % rows
        count = self.column(fact, "count(*)" + condition)

        def column(expression):
            if expression is None or expression == "0":
                return None
            if isinstance(expression, int):
                return (count, expression)
            if expression == "?1 = 1":
                return (count, 1)
            if expression.startswith("?"):
                return (self.column(fact, "count(*) FILTER (WHERE %s AND %s)" % (rows, window.fill(expression[1:]))), 1)
            return (self.column(fact, "sum(%s)%s" % (window.fill(expression), condition)), 1)

        self.places.setdefault((measure, window.name), []).append(
            (fact, (count, 1), column(numerator), column(denominator)))

    def sums(self, fact):
        """The query that adds groups up to the company and the units of each breakdown."""
        columns = ", ".join("sum(%s) AS %s" % (name, name) for name in self.aggregates[fact].values())
        table = "tally_" + fact
        parts = ["SELECT 'company' AS breakdown, '' AS unit, %s FROM %s" % (columns, table)]
        for breakdown in BREAKDOWNS:
            source = table + " t"
            if breakdown == "team":
                source += " LEFT JOIN employee e ON e.id = t.employee"
            unit = "e.team" if breakdown == "team" else "t." + breakdown
            parts.append("SELECT '%s' AS breakdown, COALESCE(u, '(none)') AS unit, %s FROM (SELECT %s AS u, %s FROM %s "
                         "GROUP BY %s) q" % (breakdown, ", ".join(self.aggregates[fact].values()), unit, columns,
                                             source, unit))
        return " UNION ALL ".join(parts)
