#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks demo data sets (directories that `crmval demo` wrote): every measure has data in each of its windows,
the figures are those of a plausible company, and the mess of real data is there.  Usage: demo_check.py DIR..."""

import csv
import datetime
import os
import re
import sys
from collections import Counter, defaultdict

P = (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
B = (datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))
YEAR = datetime.timedelta(days=365)
LEVELS = {"subsistence": 1, "comfortable": 2, "affluent": 3, "fulfilled": 4}
ENTITIES = ("account contact relationship project_history product order opportunity decision_member activity "
            "resource_request participant expense employee growth_record strategic_goal").split()
REFERENCES = {
    "account": {"owner": "employee"},
    "contact": {"account": "account", "reports_to": "contact"},
    "relationship": {"employee": "employee", "contact": "contact"},
    "project_history": {"account": "account", "product": "product", "decision_maker": "contact"},
    "order": {"account": "account", "opportunity": "opportunity", "product": "product"},
    "opportunity": {"account": "account", "owner": "employee", "product": "product"},
    "decision_member": {"opportunity": "opportunity", "contact": "contact"},
    "activity": {"opportunity": "opportunity", "account": "account", "employee": "employee"},
    "resource_request": {"opportunity": "opportunity"},
    "participant": {"opportunity": "opportunity", "employee": "employee"},
    "expense": {"opportunity": "opportunity"},
    "employee": {"manager": "employee"},
    "growth_record": {"employee": "employee"},
    "strategic_goal": {"owner": "employee"},
}

passed = failed = 0


def check(holds, what):
    global passed, failed
    passed += bool(holds)
    failed += not holds
    if not holds:
        print("FAILED:", what)


def day(cell):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)([T ].*)?", cell)
    try:
        return datetime.date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def number(cell):
    return float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else None


def yes(cell):
    return cell.lower() in ("true", "yes", "y", "t", "1")


def within(date, window):
    return date is not None and window[0] <= date <= window[1]


class Data:
    """The rows of each entity, cells trimmed, as dictionaries; the first of an id only; dangling references emptied."""

    def __init__(self, directory):
        self.raw, self.ids, self.duplicates, self.dangling = {}, {}, {}, Counter()
        for entity in ENTITIES:
            with open(os.path.join(directory, entity + ".csv"), encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file, strict=True))
            check(all(len(row) == len(rows[0]) for row in rows), entity + ": every row has all cells")
            self.raw[entity] = [dict(zip(rows[0], row)) for row in rows[1:]]
            first = {}
            for row in self.raw[entity]:
                first.setdefault(row["id"], {name: cell.strip(" \t\r\n") for name, cell in row.items()})
            self.duplicates[entity] = len(self.raw[entity]) - len(first)
            self.ids[entity] = first
        for entity, fields in REFERENCES.items():
            for row in self.ids[entity].values():
                for field, target in fields.items():
                    if row[field] and row[field] not in self.ids[target]:
                        self.dangling[entity, field] += 1
                        row[field] = ""

    def rows(self, entity):
        return self.ids[entity].values()

    def parent(self, row, field, entity):
        return self.ids[entity].get(row[field])


def ratio(rows):
    """(rows, value) of pairs (numerator, denominator)."""
    rows = list(rows)
    below = sum(d for _, d in rows)
    return len(rows), sum(n for n, _ in rows) / below if below > 0 else None


def total(values):
    values = list(values)
    return len(values), sum(values)


def filled(row, *names):
    return sum(row[name] != "" for name in names)


def active(row, window):
    approved, closed = day(row["approved_on"]), day(row["closed_on"])
    return approved is not None and approved <= window[1] and not (row["outcome"] and closed and closed < window[0])


def closed_in(row, window):
    return row["outcome"] and within(day(row["closed_on"]), window)


def won_in(row, window):
    return closed_in(row, window) and row["outcome"].lower() == "won"


def customers(data, w):
    orders = defaultdict(list)
    for row in data.rows("order"):
        account = row["account"] or (data.parent(row, "opportunity", "opportunity") or {"account": ""})["account"]
        if account:
            orders[account].append(row)
    first = {a: min((day(o["signed_on"]) for o in rows if day(o["signed_on"])), default=None)
             for a, rows in orders.items()}
    categories = len({row["category"] for row in data.rows("product")})
    bought, units, lost = [], [], []
    for account, rows in orders.items():
        dates = [day(o["signed_on"]) for o in rows if day(o["signed_on"])]
        until = [o for o in rows if day(o["signed_on"]) and day(o["signed_on"]) <= w[1]]
        if until:
            seen = {data.ids["product"][o["product"]]["category"] for o in until if o["product"]}
            bought.append((len(seen), categories))
        inside = [o for o in rows if within(day(o["signed_on"]), w)]
        if inside:
            units.append((sum(number(o["quantity"]) or 0 for o in inside), 1))
        before = [d for d in dates if d < w[0]]
        churned = day(data.ids["account"][account]["churned_on"])
        if before and max(before) + YEAR >= w[0] and not (churned and churned < w[0]):
            gone = within(churned, w) or (not churned and max(d for d in dates if d <= w[1]) + YEAR <= w[1])
            lost.append((int(gone), 1))
    return {"category_penetration": ratio(bought), "units_per_customer": ratio(units), "lost_customers": ratio(lost),
            "new_customers": total(1 for d in first.values() if within(d, w))}


def choices(data, w):
    chosen = [r for r in data.rows("project_history") if within(day(r["signed_on"]), w)]
    strategic = [r for r in chosen if r["product"] and yes(data.ids["product"][r["product"]]["strategic"])]
    market = [r for r in strategic if r["account"] and yes(data.ids["account"][r["account"]]["key_market"])]
    amounts = [(number(r["amount"]) or 0, yes(r["ours"])) for r in market]
    sold = [r for r in data.rows("order") if within(day(r["signed_on"]), w)]
    return {"solution_win_rate": ratio((yes(r["ours"]), 1) for r in chosen),
            "network_accumulation": total(1 for r in data.rows("contact") if within(day(r["created_on"]), w)),
            "history_accumulation": total(1 for r in data.rows("project_history") if within(day(r["created_on"]), w)),
            "strategic_market_share": ratio((a if ours else 0, a) for a, ours in amounts),
            "sales": total(number(r["amount"]) or 0 for r in sold),
            "strategic_sales": total(number(r["amount"]) or 0 for r in sold
                                     if r["product"] and yes(data.ids["product"][r["product"]]["strategic"]))}


def deals(data, w):
    minutes = Counter()
    for row in data.rows("activity"):
        date = day(row["occurred_on"])
        if date and date <= w[1]:
            minutes[row["opportunity"]] += number(row["minutes"]) or 0
    rows = list(data.rows("opportunity"))
    incubated = [r for r in rows if within(day(r["approved_on"]), w) and
                 (not day(r["created_on"]) or day(r["created_on"]) < day(r["approved_on"]))]

    def leads(row):
        rank, theirs = number(row["customer_time_rank"]), number(row["competitor_minutes"])
        return rank == 1 if rank is not None else theirs is not None and minutes[row["id"]] > theirs
    now = [r for r in rows if active(r, w)]
    won = [number(r["amount"]) or 0 for r in rows if won_in(r, w)]
    spent = [number(e["amount"]) or 0 for e in data.rows("expense")
             if e["kind"].lower() == "presales" and within(day(e["spent_on"]), w)]
    return {"incubated_count": total(1 for _ in incubated),
            "incubated_amount": total(number(r["amount"]) or 0 for r in incubated),
            "approved_to_won": ratio((r["outcome"].lower() == "won", 1) for r in rows
                                     if closed_in(r, w) and day(r["approved_on"])),
            "customer_time_lead": ratio((leads(r), 1) for r in now),
            "budget_participation": ratio((yes(r["budget_participation"]), 1) for r in now),
            "tender_participation": ratio((yes(r["tender_participation"]), 1) for r in now),
            "presales_cost_ratio": ratio([(a, 0) for a in spent] + [(0, a) for a in won]),
            "presales_roi": ratio([(a, 0) for a in won] + [(0, a) for a in spent])}


def support(data, w):
    result = {}
    requests = [(r, data.parent(r, "opportunity", "opportunity")) for r in data.rows("resource_request")]
    for size in ("large", "small"):
        ours = [r for r, o in requests if o and o["project_size"].lower() == size]
        result[size + "_on_time"] = ratio((bool(day(r["ready_on"])) and day(r["ready_on"]) <= day(r["needed_on"]), 1)
                                          for r in ours if within(day(r["needed_on"]), w))
        result[size + "_skill_match"] = ratio((number(r["skill_match"]) or 0, 1)
                                              for r in ours if within(day(r["ready_on"]), w))
    two = datetime.timedelta(days=2)
    result["dispatch_timeliness"] = ratio(
        (bool(day(r["assigned_on"])) and day(r["assigned_on"]) <= day(r["requested_on"]) + two, 1) for r, _ in requests
        if day(r["requested_on"]) and w[0] <= day(r["requested_on"]) <= w[1] - two)
    members = [(r, data.parent(r, "opportunity", "opportunity")) for r in data.rows("participant")]
    members = [(r, o) for r, o in members if o]
    scored = [r for r, o in members if closed_in(o, w) and r["score"]]
    result["role_clarity"] = ratio((filled(r, "function", "responsibility") == 2, 1)
                                   for r, o in members if active(o, w))
    result["scoring_coverage"] = ratio((r["score"] != "", 1) for r, o in members if closed_in(o, w))
    result["scoring_acceptance"] = ratio((yes(r["acknowledged"]) and not yes(r["disputed"]), 1) for r in scored)
    wanted = {"presales", "test", "delivery", "aftersales", "development"}
    functions = defaultdict(set)
    for r, o in members:
        functions[o["id"]].add(r["function"].lower())
    result["function_coverage"] = ratio((len(wanted & functions[o["id"]]), 5) for o in data.rows("opportunity")
                                        if active(o, w) and o["project_size"].lower() == "large")
    return result


def growth(data, w):
    records = defaultdict(list)
    for row in data.rows("growth_record"):
        if day(row["entered_on"]) and row["stage"]:
            records[row["employee"]].append((day(row["entered_on"]), LEVELS[row["stage"].lower()]))

    def employed(row, at):
        hired, left = day(row["hired_on"]), day(row["left_on"])
        return hired is not None and hired <= at and (left is None or left > at)

    def stage(row, at):
        return max((r for r in records[row["id"]] if r[0] <= at), default=(None, 0))[1]
    newcomers, advanced, fulfilled = [], [], []
    for row in data.rows("employee"):
        if not yes(row["sales"]):
            continue
        hired = day(row["hired_on"])
        stays, at_end = employed(row, w[1]), stage(row, w[1])
        if employed(row, w[0]) or within(hired, w):
            at = stage(row, max(w[0], hired))
            if at == 1 or (at == 0 and within(hired, w)):
                newcomers.append((stays, 1))
        if employed(row, w[0]) and stage(row, w[0]) in (1, 2):
            advanced.append((stays and at_end > stage(row, w[0]), 1))
        if employed(row, w[0]) and stage(row, w[0]) == 3:
            fulfilled.append((stays and at_end == 4, 1))
    return {"newcomer_retention": ratio(newcomers), "advancement_rate": ratio(advanced),
            "fulfilment_rate": ratio(fulfilled)}


def verified(row):
    date = day(row["verified_on"])
    return date is not None and P[1] - datetime.timedelta(days=180) <= date <= P[1]


def states(data):
    """State measures; those of accuracy by their check of verified_on alone, which always applies."""
    latest, clamp = {}, lambda x, low, high: min(max(x, low), high)
    influence = {c["id"]: clamp(number(c["influence"]) or 1, 1, 5) for c in data.rows("contact")}
    for row in data.rows("relationship"):
        key, date = (row["employee"], row["contact"]), day(row["recorded_on"])
        if row["contact"] and date and date <= P[1]:
            latest[key] = max(latest.get(key, (date, 0)), (date, number(row["level"]) or 0))
    best = Counter()
    for (_, contact), (_, level) in latest.items():
        best[contact] = max(best[contact], level)
    now = {o["id"]: o for o in data.rows("opportunity") if active(o, P)}
    members = [m for m in data.rows("decision_member") if m["opportunity"] in now]
    roles = defaultdict(set)
    for row in members:
        roles[row["opportunity"]].add(row["role"].lower())
    history = [h for h in data.rows("project_history") if not day(h["signed_on"]) or day(h["signed_on"]) <= P[1]]
    goals = [(number(g["baseline"]), number(g["target"]), number(g["actual"]) or 0, number(g["weight"]) or 1)
             for g in data.rows("strategic_goal")]
    bosses = {c["reports_to"] for c in data.rows("contact")}
    return {
        "company_relationship": ratio((influence[c["id"]] * best[c["id"]] / 5, influence[c["id"]])
                                      for c in data.rows("contact") if yes(c["is_key"])),
        "employee_relationship": ratio((influence[c] * v[1] / 5, influence[c]) for (_, c), v in latest.items()),
        "network_completeness": ratio((filled(c, "title", "department", "influence", "verified_on") +
                                       bool(c["email"] or c["phone"]) + bool(c["reports_to"] or c["id"] in bosses), 6)
                                      for c in data.rows("contact")),
        "network_accuracy": ratio((verified(c), 1) for c in data.rows("contact")),
        "history_completeness": ratio((filled(h, "product", "vendor", "amount", "signed_on", "decision_maker",
                                              "verified_on"), 6) for h in history),
        "history_accuracy": ratio((verified(h), 1) for h in history),
        "decision_role_coverage": ratio((len(roles[o] & {"economic", "technical", "user", "coach"}), 4) for o in now),
        "decision_chain_completeness": ratio((filled(m, "contact", "role", "stance", "value_proposition",
                                                     "verified_on"), 5) for m in members),
        "decision_chain_accuracy": ratio((verified(m), 1) for m in members),
        "value_projection": ratio((influence.get(m["contact"], 1) * (number(m["value_fit"]) or 0),
                                   influence.get(m["contact"], 1)) for m in members),
        "opportunity_completeness": ratio((filled(o, "amount", "product", "need", "competitor", "next_step",
                                                  "expected_close_on"), 6) for o in now.values()),
        "opportunity_accuracy": ratio(((number(o["amount"]) or 0) > 0, 1) for o in now.values() if number(o["amount"])),
        "goal_attainment": ratio((w * clamp((a - b) / (t - b), 0, 1), w) for b, t, a, w in goals
                                 if b is not None and t is not None and b != t)}


SUMS = {"incubated_count", "incubated_amount", "new_customers", "network_accumulation", "history_accumulation", "sales",
        "strategic_sales"}
GROWTH = SUMS | {"units_per_customer", "presales_roi"}
# Where a share of a company of this size lies; the people's measures rest on a few rows and may be anything.
RANGES = {"lost_customers": (0, 0.25), "presales_cost_ratio": (0.01, 0.3), "category_penetration": (0.15, 0.9),
          "solution_win_rate": (0.2, 0.75), "approved_to_won": (0.2, 0.65), "strategic_market_share": (0, 1),
          "opportunity_accuracy": (0.9, 1), "newcomer_retention": (0, 1), "advancement_rate": (0, 1),
          "fulfilment_rate": (0, 1), "goal_attainment": (0.05, 1)}


def check_measures(data, verbose):
    period, baseline = {}, {}
    for window, measures in ((P, period), (B, baseline)):
        for part in (customers, choices, deals, support, growth):
            measures.update(part(data, window))
    state = states(data)
    check(len(period) + len(state) == 43, "all 43 measures are computed")
    better = 0
    for name in period:
        (rows, value), (rows_before, before) = period[name], baseline[name]
        check(rows > 0 and rows_before > 0, "%s: rows in both windows" % name)
        check(value is not None and before is not None, "%s: a value in both windows" % name)
        if value is None or before is None:
            continue
        if name in GROWTH:
            check(before > 0, "%s: baseline value above 0" % name)
            check(0.1 * before < value < 10 * before, "%s: growth is plausible" % name)
        if verbose:
            print("%-24s %6d %14.4f   before %6d %14.4f" % (name, rows, value, rows_before, before))
        better += value < before if name in ("lost_customers", "presales_cost_ratio") else value > before
    for name, (rows, value) in state.items():
        check(rows > 0 and value is not None, "%s: has data" % name)
        if verbose and value is not None:
            print("%-24s %6d %14.4f" % (name, rows, value))
    for measures in (period, baseline, state):
        for name, (_, value) in measures.items():
            low, high = RANGES.get(name, (0.2, 0.97))
            check(name in GROWTH or value is None or low <= value <= high, "%s: %s is plausible" % (name, value))
    check(better * 2 > len(period), "most measures improve")
    check(better < len(period), "but not all")


def check_rows(data, scale):
    count = {entity: len(data.raw[entity]) for entity in ENTITIES}
    if scale >= 0.5:
        check(9000 * scale < sum(count.values()) < 13000 * scale, "about 10,000 rows at scale 1")
    members = Counter(m["opportunity"] for m in data.rows("decision_member") if m["opportunity"])
    check(set(members.values()) <= {1, 2, 3, 4, 5} and max(members.values()) == 5, "decision chains of up to five")
    first = min(d for d in (day(o["signed_on"]) for o in data.rows("order")) if d)
    check(first <= B[0] - YEAR, "orders start early enough to tell new customers from old")
    outcomes = Counter(o["outcome"].lower() for o in data.rows("opportunity"))
    check(set(outcomes) == {"", "won", "lost", "abandoned"}, "all outcomes")
    quarters = Counter((day(o["signed_on"]).month - 1) // 3 for o in data.rows("order") if day(o["signed_on"]))
    check(scale < 0.5 or quarters[3] * 4 > sum(quarters.values()), "the last quarter is the briskest")
    domains = {c["email"].split("@")[1] for c in data.rows("contact") if re.fullmatch("[^@ ]+@[^@ ]+", c["email"])}
    check(domains == {"example.com", "example.cn"}, "mail addresses of nobody")
    for entity, low in (("account", 20), ("employee", 12), ("product", 24), ("strategic_goal", 8)):
        check(count[entity] >= low, entity + ": rows")


def check_mess(data):
    cells = [(e, name, cell) for e in ENTITIES for row in data.raw[e] for name, cell in row.items()]
    kinds = {"gap": lambda e, n, c: c == "",
             "stray space": lambda e, n, c: c != c.strip(),
             "date with a time": lambda e, n, c: n.endswith("_on") and len(c.strip()) > 10 and c.strip()[4] == "-",
             "unreadable date": lambda e, n, c: n.endswith("_on") and c and not day(c.strip()),
             "unreadable amount": lambda e, n, c: n == "amount" and c and number(c.strip()) is None,
             "amount of 0 or less": lambda e, n, c: n == "amount" and (number(c.strip()) or 1) <= 0 or c == "0",
             "flag other than true and false": lambda e, n, c: n in ("is_key", "ours", "acknowledged") and
             c.strip() not in ("", "true", "false"),
             "wrong mail address": lambda e, n, c: n == "email" and c and
             not re.fullmatch(r"[^@ ]+@[a-z.]+", c.strip()),
             "wrong phone": lambda e, n, c: n == "phone" and c and
             (len(re.findall(r"\d", c)) < 7 or re.search(r"[^0-9 +().-]", c)),
             "comma": lambda e, n, c: n == "name" and "," in c,
             "quote": lambda e, n, c: '"' in c,
             "newline": lambda e, n, c: "\n" in c,
             "Chinese": lambda e, n, c: re.search("[\u4e00-\u9fff]", c)}
    for kind, test in kinds.items():
        share = sum(bool(test(*cell)) for cell in cells) / len(cells)
        check(0 < share < (0.2 if kind in ("gap", "Chinese") else 0.05), "mess: %s, %.4f of all cells" % (kind, share))
    rows = sum(len(r) for r in data.raw.values())
    check(0 < sum(data.duplicates.values()) < 0.01 * rows, "mess: duplicate ids")
    check(0 < sum(data.dangling.values()) < 0.03 * rows, "mess: dangling references")
    late = [c for c in data.rows("contact") if day(c["verified_on"])]
    check(0.1 < sum(not verified(c) for c in late) / len(late) < 0.6, "mess: late verification")


def main():
    verbose = "-v" in sys.argv[1:]
    for directory in (a for a in sys.argv[1:] if a != "-v"):
        with open(os.path.join(directory, "job.conf"), encoding="ascii") as file:
            scale = float(re.search(r"# Scale (\d+\.\d{3}), seed \d+", file.read()).group(1))
        data = Data(directory)
        check_rows(data, scale)
        if scale >= 0.5:
            check_measures(data, verbose)
            check_mess(data)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


sys.exit(main())
