# SPDX-License-Identifier: MIT
"""What the data look like in one window: the definitions of the model's section 2 and the units of its section 4.8.

DECISIONS where the text leaves room, with the other reading in brackets:
 1. The employee of a row is the first that is filled of: its own (where the model names one), the owner of its
    opportunity, the owner of the account in reach.  [An empty owner of its own ends the search.]
 2. "Its contact" is the field named contact; a project_history's decision_maker gives no account.  [It does.]
 3. Where entity account is unmapped, no account is in reach: the region is the employee's.  [In reach, so (none).]
 4. A row with an account in reach whose region is empty falls into (none).  [The employee's region.]
 5. Growth records of one day: a record with a stage goes before one without.
"""

from schema import STAGES

NONE = "(none)"
OWN_EMPLOYEE = {"account": "owner", "opportunity": "owner", "strategic_goal": "owner", "relationship": "employee"}


def clamp(number, low, high):
    return low if number < low else high if number > high else number


class View:
    """One window over the data, under the parameters of one dimension."""

    def __init__(self, data, params, window):
        self.data = data
        self.params = params
        self.start, self.end = window

    def holds(self, day):
        """Whether a day is filled and in the window."""
        return day is not None and self.start <= day <= self.end

    def amount(self, row):
        return self.data.amount(row, self.end)

    # opportunities

    def open_at(self, opportunity, day):
        closed = opportunity["closed_on"]
        return opportunity["outcome"] is None or (closed is not None and closed > day)

    def closed(self, opportunity):
        return opportunity["outcome"] is not None and self.holds(opportunity["closed_on"])

    def won(self, opportunity):
        return self.closed(opportunity) and opportunity["outcome"] == "won"

    def active(self, opportunity):
        approved, closed = opportunity["approved_on"], opportunity["closed_on"]
        if approved is None or approved > self.end:
            return False
        return not (opportunity["outcome"] is not None and closed is not None and closed < self.start)

    def size(self, opportunity):
        if opportunity["project_size"] is not None:
            return opportunity["project_size"]
        limit, amount = self.params["large_project_amount"], self.amount(opportunity)
        if limit is None or amount is None:
            return None
        return "large" if amount >= limit else "small"

    def of_opportunity(self, entity, condition):
        """The rows of an entity, each with its opportunity, where that is there and fulfils the condition."""
        for row in self.data.rows(entity):
            opportunity = self.data.follow(row, "opportunity")
            if opportunity is not None and condition(opportunity):
                yield row, opportunity

    # orders and customers

    def order_account(self, order):
        """The id of an order's account."""
        if order["account"] is not None:
            return order["account"]
        opportunity = self.data.follow(order, "opportunity")
        return opportunity["account"] if opportunity else None

    def account_orders(self):
        """(account row, its dated orders) for every account that has any."""
        orders = {}
        for order in self.data.rows("order"):
            account = self.data.find("account", self.order_account(order))
            if account is not None and order["signed_on"] is not None:
                orders.setdefault(account["id"], (account, []))[1].append(order)
        return orders.values()

    def history_start(self):
        """H, None without any dated order."""
        return min((order["signed_on"] for order in self.data.rows("order") if order["signed_on"] is not None),
                   default=None)

    # employees

    def gone(self, employee, day):
        return employee is not None and employee["left_on"] is not None and employee["left_on"] <= day

    def employed(self, employee, day):
        hired = employee["hired_on"]
        return hired is not None and hired <= day and not self.gone(employee, day)

    def stage_record(self, employee, day):
        """(has a record by then, rank of its stage or -1)."""
        records = [(record["entered_on"], -1 if record["stage"] is None else STAGES.index(record["stage"]))
                   for record in self.data.children("growth_record", "employee", employee)
                   if record["entered_on"] is not None and record["entered_on"] <= day]
        return (True, max(records)[1]) if records else (False, -1)

    def stage(self, employee, day):
        return self.stage_record(employee, day)[1]

    # relationships

    def level(self, relationship):
        return 0.0 if relationship["level"] is None else clamp(relationship["level"], 0.0, self.params["level_max"])

    def influence(self, contact):
        return 1.0 if contact is None or contact["influence"] is None else clamp(contact["influence"], 1.0, 5.0)

    def pairs(self):
        """{(employee id or None, contact id): (relationship, level)} at the latest relationship of each pair."""
        latest = {}
        for row in self.data.rows("relationship"):
            if row["contact"] is None or row["recorded_on"] is None or row["recorded_on"] > self.end:
                continue
            pair = (row["employee"], row["contact"])
            rank = (row["recorded_on"], self.level(row))
            if pair not in latest or rank > latest[pair][0]:
                latest[pair] = (rank, row)
        return {pair: (row, rank[1]) for pair, (rank, row) in latest.items()}

    def verified(self, row):
        days = self.params["verify_within_days"]
        return row["verified_on"] is not None and self.end - days <= row["verified_on"] <= self.end

    # units of the breakdowns

    def account_in_reach(self, row):
        """The id of the account in reach, None without one."""
        if row.entity == "account":
            return row["id"]
        for step in (row, self.data.follow(row, "opportunity") if row["opportunity"] else None,
                     self.data.follow(row, "contact") if row["contact"] else None):
            if step is not None and step["account"] is not None:
                return step["account"]
        return None

    def employee_of(self, row):
        """The id of a row's employee, None where it cannot be told."""
        if row.entity == "employee":
            return row["id"]
        own = row[OWN_EMPLOYEE[row.entity]] if row.entity in OWN_EMPLOYEE else None
        opportunity = self.data.follow(row, "opportunity") if row["opportunity"] else None
        account = self.data.find("account", self.account_in_reach(row))
        return own or (opportunity and opportunity["owner"]) or (account and account["owner"]) or None

    def unit(self, breakdown, row):
        """The name of the unit of a breakdown that a row falls into."""
        employee = row if row.entity == "employee" else self.data.find("employee", self.employee_of(row))
        account = row if row.entity == "account" else self.data.find("account", self.account_in_reach(row))
        if breakdown == "employee":
            name = self.employee_of(row)
        elif breakdown == "team" or (breakdown == "region" and account is None):
            name = employee and employee[breakdown]
        else:
            name = account and account[breakdown]
        return name or NONE
