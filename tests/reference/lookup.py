# SPDX-License-Identifier: MIT
"""Lookups: of the rows of a table with the same key, the one row that counts.

DECISIONS where the specification leaves room, with the other reading in brackets:
 1. A key whose check characters are wrong is in no group, as one that is missing.
 2. The rows of a lookup that are passed over are counted nowhere.
"""

import expression
import ident
from load import Unreadable
from mapping import conditions


class Lookup:
    """settings: from, by, order, pick, skip; sheet: its table, None where that is not there."""

    def __init__(self, settings, sheet, ids, currency):
        self.table = sheet
        self.form = ident.FORMS[ids]
        self.last = settings.get("pick", "first") == "last"
        self.rows = {}
        self.scope = expression.Scope(sheet, {}, currency)
        self.by = expression.parse(settings["by"])
        self.order = expression.parse(settings["order"]) if settings.get("order") else None
        self.skips = [expression.parse(condition) for _, condition in conditions(settings)]
        if sheet is not None and self.scope.available(self.by):
            self.group()

    def available(self, column):
        """Whether a column of it, or with None that a row is found, can be told."""
        if self.table is None or not self.scope.available(self.by):
            return False
        return column is None or self.table.has(column)

    def key(self, text):
        """The form in which keys are compared, None for one that finds nothing."""
        try:
            return None if text is None else self.form(text)
        except Unreadable:
            return None

    def goes_before(self, order, best):
        """Whether a row with this order goes before the best one so far, which stands before it in the source."""
        if order is None or best is None:
            return order is not None
        return expression.compare(">" if self.last else "<", order, best)

    def group(self):
        for row in self.table.rows:
            key = self.key(self.scope.value(self.by, row))
            if key is None or any(self.scope.holds(skip, row) for skip in self.skips):
                continue
            order = self.scope.value(self.order, row) if self.order else None
            if key not in self.rows or self.goes_before(order, self.rows[key][0]):
                self.rows[key] = (order, row)

    def find(self, text):
        found = self.rows.get(self.key(text))
        return found and found[1]
