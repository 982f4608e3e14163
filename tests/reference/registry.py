# SPDX-License-Identifier: MIT
"""The list of measures, their kinds and needs, and the parameters of the dimensions (model, section 3)."""

PARAMS = {
    "customer_management": {"level_max": 5.0, "churn_after_days": 365, "verify_within_days": 180},
    "deal_control": {"verify_within_days": 180, "required_roles": ["economic", "technical", "user", "coach"]},
    "resource_management": {"dispatch_days": 2, "large_project_amount": None, "required_functions": [
        "presales", "test", "delivery", "aftersales", "development"]},
    "employee_growth": {},
    "strategic_alignment": {},
}
ACTIVE = "opportunity.approved_on opportunity.outcome opportunity.closed_on "
SIZE = "opportunity.project_size|$large_project_amount+opportunity.amount "
MEASURES = {}


class Measure:
    """kind is sum, share or ratio (a ratio that is no share); rows(view) yields (row, numerator, denominator)."""

    def __init__(self, path, state, kind, needs, lower_is_better, rows):
        self.dimension, self.indicator, self.id = path.split("/")
        self.state = state
        self.kind = kind
        self.needs = needs.split()
        self.better = "lower" if lower_is_better else "higher"
        self.rows = rows

    @property
    def per_day(self):
        return self.kind == "sum"

    @property
    def growth_per_day(self):
        return self.kind == "sum" or self.id == "units_per_customer"

    @property
    def default_basis(self):
        if self.kind == "sum" or self.id in ("units_per_customer", "presales_roi"):
            return "growth"
        return "change" if self.id == "strategic_market_share" else "value"

    def default_scale(self, basis):
        if basis == "value":
            if self.better == "lower":
                return [(0.0, 100.0), (0.2, 0.0)]
            return [(0.0, 0.0), (1.0, 100.0)] if self.kind == "share" else None
        reach = 0.3 if basis == "growth" else 0.1
        low, high = (100.0, 0.0) if self.better == "lower" else (0.0, 100.0)
        return [(-reach, low), (0.0, 50.0), (reach, high)]

    def missing_need(self, data, params):
        """The first field that is needed and unmapped, None where all is there."""
        for need in self.needs:
            if not any(all(is_there(name, data, params) for name in choice.split("+")) for choice in need.split("|")):
                return need
        return None


def is_there(name, data, params):
    if name.startswith("$"):
        return params[name[1:]] is not None
    return data.mapped(*name.split("."))


def measure(path, window, kind, needs, lower_is_better=False):
    """Enters the function that yields a measure's rows into the list; window is event or state."""
    def enter(rows):
        entry = Measure(path, window == "state", kind, needs, lower_is_better, rows)
        MEASURES[entry.id] = entry
        return rows
    return enter


def indicators(dimension):
    """{indicator: [measure, ...]} in the order of the model."""
    tree = {}
    for entry in MEASURES.values():
        if entry.dimension == dimension:
            tree.setdefault(entry.indicator, []).append(entry)
    return tree
