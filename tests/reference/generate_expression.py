# SPDX-License-Identifier: MIT
"""Random expressions, by the grammar, over columns whose cells are such that most of them say something."""

CELLS = ["", "0", "1", "10", "9", "1.0", "-3.5", "1e2", "abc", "ABC", "true", "No", "2025-01-02", "2025-01-02 03:00",
         "x'y", "文", " padded ", "9223372036854775808", "0.1", "3", "y", "7.25", "", "2", "5", "25",
         "9a", "-"]
LITERALS = ["0", "1", "10", "2.50", "3", "'abc'", "'x''y'", "'文'", "'2025-01-02'", "true", "false", "null", "'y'",
            "'-2'", "0.1", "' '", "' pad '", "'1e1'", "100"]


def name(column):
    """A column as expressions call it."""
    plain = column.isascii() and column.replace(".", "_").isidentifier()
    return column if plain and column not in ("and", "or", "not", "in", "true", "false", "null") else "[%s]" % column


class Maker:
    """columns: names that are there; lookups: {name: its columns}; absent: names that may be there or not."""

    def __init__(self, random, columns, lookups, absent=()):
        self.random = random
        self.columns = columns
        self.lookups = lookups
        self.absent = absent

    def chance(self, probability):
        return self.random.random() < probability

    def make(self, depth=3):
        return self.disjunction(depth)

    def chain(self, part, marks, depth, probability):
        text = part(depth)
        while depth > 0 and self.chance(probability):
            depth -= 1
            text += self.random.choice([" ", " ", "  "]) + self.random.choice(marks) + " " + part(depth)
        return text

    def disjunction(self, depth):
        return self.chain(self.conjunction, ["or"], depth, 0.12)

    def conjunction(self, depth):
        return self.chain(self.negation, ["and"], depth, 0.12)

    def negation(self, depth):
        return ("not " if self.chance(0.08) else "") + self.comparison(depth)

    def comparison(self, depth):
        text = self.sum(depth)
        if depth > 0 and self.chance(0.25):
            text += " %s " % self.random.choice(["=", "!=", "<", "<=", ">", ">="]) + self.sum(depth - 1)
        elif depth > 0 and self.chance(0.12):
            text += self.random.choice([" in (", " not in ("]) + self.several(self.sum, depth - 1) + ")"
        return text

    def sum(self, depth):
        return self.chain(self.product, ["+", "-"], depth, 0.12)

    def product(self, depth):
        return self.chain(self.sign, ["*", "/"], depth, 0.12)

    def sign(self, depth):
        return ("-" if self.chance(0.07) else "") + self.primary(depth)

    def several(self, part, depth):
        return ", ".join(part(depth) for _ in range(self.random.randint(1, 3)))

    def condition(self, depth):
        return self.random.choice([self.comparison, self.disjunction, self.column])(depth)

    def column(self, _):
        if self.absent and self.chance(0.15):
            return name(self.random.choice(self.absent))
        return name(self.random.choice(self.columns))

    def primary(self, depth):
        kind = self.random.random()
        if depth > 0 and kind < 0.14:
            return "(%s)" % self.disjunction(depth - 1)
        if depth > 0 and kind < 0.26:
            more = ", " + self.disjunction(depth - 1) if self.chance(0.6) else ""
            return "if(%s, %s%s)" % (self.condition(depth - 1), self.disjunction(depth - 1), more)
        if depth > 0 and kind < 0.38:
            return "coalesce(%s)" % self.several(self.disjunction, depth - 1)
        if depth > 0 and kind < 0.46:
            return "concat(%s)" % self.several(self.sum, depth - 1)
        if depth > 0 and kind < 0.56 and self.lookups:
            lookup = self.random.choice(sorted(self.lookups))
            column = self.random.choice(self.lookups[lookup])
            return "%s(%s)%s" % (lookup, self.column(0), "" if self.chance(0.3) else "." + name(column))
        if self.chance(0.03):
            return "$currency"
        return self.random.choice(LITERALS) if self.chance(0.3) else self.column(depth)
