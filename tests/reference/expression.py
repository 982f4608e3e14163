# SPDX-License-Identifier: MIT
"""The expressions of mappings: parsed into a tree, evaluated on a row, asked whether they are available.

A value is a text, or None where it is missing.

DECISIONS where the specification leaves room, with the other reading in brackets:
 1. "x not in (...)" is a comparison: it does not hold where x is missing.  [It is the negation of "in".]
    Elements that are missing are passed over.
 2. A part that is unavailable is missing as a whole: where column U is not there, "not U = 1" does not hold,
    coalesce(U = 1, 'x') is 'x', coalesce(if(U, 'a', 'b'), 'c') is 'c'.  [Only the column itself is missing.]
 3. A text literal is trimmed as any text is, but concat joins it as it is written, and trims what comes of it;
    concat(A, ' ') is missing where A is.
 4. Comparisons do not chain: a = b = c is an error.
 5. The text of a whole number below 2^53 has neither point nor exponent; of others it is the shortest of %.15g, %.16g
    and %.17g that reads back.  Zero has no sign.
 6. $currency is in capitals, however the job writes it.
 7. Numbers go before texts that are none, so that every two texts compare and there is one order of all.
"""

import math
import re

from load import FLAGS, LOWER, NUMBER, WHITE

TOKEN = re.compile(r"""[ \t\n\v\f\r]*(?:(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<column>\[[^\]]*\])
                   |(?P<text>'(?:[^']|'')*')|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<job>\$currency)
                   |(?P<mark><=|>=|!=|[-+*/=<>(),.])|(?P<end>\Z))""", re.VERBOSE)
FUNCTIONS = ("coalesce", "if", "concat")
KEYWORDS = ("and", "or", "not", "in")
COMPARISONS = {"=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
               "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
CONDITIONS = ("not", "and", "or", "in", "not in", *COMPARISONS)
BYTES, DEPTH, USES = 4096, 64, 64


class BadExpression(ValueError):
    """A text that is no expression."""


def strip(text):
    return text.strip(WHITE)


def clean(text):
    """A text trimmed, None where it is missing."""
    return None if text is None else strip(text) or None


def as_number(text):
    """The double that a text reads as, None where it is none."""
    text = strip(text)
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) < 2.0 ** 63 else None


def number_text(number):
    if not math.isfinite(number) or abs(number) >= 2.0 ** 63:
        return None
    if number == math.floor(number) and abs(number) < 2.0 ** 53:
        return str(int(number))
    return next(text for text in ("%.*g" % (digits, number) for digits in (15, 16, 17)) if float(text) == number)


def encode(text):
    return text.encode("utf-8", "surrogateescape")


def compare(mark, left, right):
    """Whether a comparison of two texts that are there holds."""
    return COMPARISONS[mark](order_key(left), order_key(right))


def order_key(text):
    """Numbers come before texts, which go by their bytes."""
    number = as_number(text)
    return (1, encode(text)) if number is None else (0, number)


class Parser:
    """Recursive descent, from the weakest operator to the strongest; a node is a tuple that starts with its kind."""

    def __init__(self, text):
        if len(encode(text)) > BYTES:
            raise BadExpression("longer than %d bytes" % BYTES)
        self.text = text
        self.place = self.depth = self.uses = 0
        self.next()

    def next(self):
        match = TOKEN.match(self.text, self.place)
        if not match:
            raise BadExpression("at %d: %r" % (self.place, self.text[self.place:]))
        self.place = match.end()
        self.kind, self.token = match.lastgroup, match.group(match.lastgroup)

    def at(self, *tokens):
        return self.kind in ("mark", "name") and self.token in tokens

    def take(self, *tokens):
        token = self.token if self.at(*tokens) else None
        if token:
            self.next()
        return token

    def need(self, token):
        if not self.take(token):
            raise BadExpression("at %d: %s expected: %s" % (self.place, token, self.text))

    def whole(self):
        node = self.disjunction()
        if self.kind != "end":
            raise BadExpression("at %d: %r is too much: %s" % (self.place, self.token, self.text))
        return node

    def disjunction(self):
        self.depth += 1
        if self.depth > DEPTH:
            raise BadExpression("nested deeper than %d" % DEPTH)
        node = self.conjunction()
        while self.take("or"):
            node = ("or", node, self.conjunction())
        self.depth -= 1
        return node

    def conjunction(self):
        node = self.negation()
        while self.take("and"):
            node = ("and", node, self.negation())
        return node

    def negation(self):
        return ("not", self.negation()) if self.take("not") else self.comparison()

    def comparison(self):
        left = self.sum()
        negated = self.take("not")
        if negated and not self.at("in"):
            raise BadExpression("at %d: in expected: %s" % (self.place, self.text))
        if self.take("in"):
            return ("not in" if negated else "in", left, *self.arguments())
        mark = self.take(*COMPARISONS)
        return (mark, left, self.sum()) if mark else left

    def sum(self):
        node = self.product()
        while self.at("+", "-"):
            node = (self.take("+", "-"), node, self.product())
        return node

    def product(self):
        node = self.sign()
        while self.at("*", "/"):
            node = (self.take("*", "/"), node, self.sign())
        return node

    def sign(self):
        return ("negative", self.sign()) if self.take("-") else self.primary()

    def arguments(self):
        self.need("(")
        nodes = [self.disjunction()]
        while self.take(","):
            nodes.append(self.disjunction())
        self.need(")")
        return nodes

    def use(self):
        self.uses += 1
        if self.uses > USES:
            raise BadExpression("more than %d columns" % USES)

    def primary(self):
        kind, token = self.kind, self.token
        if self.take("("):
            node = self.disjunction()
            self.need(")")
            return node
        if kind in ("mark", "end") or token in KEYWORDS:
            raise BadExpression("at %d: %r: %s" % (self.place, token, self.text))
        self.next()
        if kind == "text":
            text = token[1:-1].replace("''", "'")
            return ("literal", clean(text), text)
        if kind == "number":
            return ("literal", token, token)
        if kind == "job":
            return ("currency",)
        if kind == "name" and self.at("("):
            return self.call(token)
        if kind == "name" and token in ("true", "false", "null"):
            return ("literal", None if token == "null" else token, "" if token == "null" else token)
        self.use()
        return ("column", token[1:-1] if kind == "column" else token)

    def call(self, name):
        arguments = self.arguments()
        if name in FUNCTIONS:
            if name == "if" and len(arguments) not in (2, 3):
                raise BadExpression("if takes 2 or 3: " + self.text)
            return (name, *arguments)
        if len(arguments) != 1:
            raise BadExpression("a lookup takes one key: " + self.text)
        self.use()
        if not self.take("."):
            return ("lookup", name, arguments[0], None)
        column = self.token[1:-1] if self.kind == "column" else self.token
        if self.kind not in ("column", "name"):
            raise BadExpression("at %d: a column expected: %s" % (self.place, self.text))
        self.next()
        return ("lookup", name, arguments[0], column)


def parse(text):
    return Parser(text).whole()


class Scope:
    """What an expression sees: a table's columns, the lookups of its source (none: {}), the job's currency."""

    def __init__(self, table, lookups, currency):
        self.table = table
        self.lookups = lookups
        self.currency = clean(currency and currency.upper())
        self.known = {}

    def available(self, node):
        if node not in self.known:
            self.known[node] = self.is_available(node)
        return self.known[node]

    def is_available(self, node):
        kind, parts = node[0], node[1:]
        if kind in ("literal", "currency"):
            return True
        if kind == "column":
            return self.table.has(parts[0])
        if kind == "lookup":
            lookup = self.lookup(parts[0])
            return lookup.available(parts[2]) and self.available(parts[1])
        if kind in ("coalesce", "concat", "and", "or"):
            return any(self.available(part) for part in parts)
        if kind == "if":
            return self.available(parts[0]) and any(self.available(part) for part in parts[1:])
        if kind in ("in", "not in"):
            return self.available(parts[0])
        return all(self.available(part) for part in parts)

    def lookup(self, name):
        if name not in self.lookups:
            raise BadExpression("no lookup is called " + name)
        return self.lookups[name]

    def holds(self, node, row):
        if not self.available(node):
            return False
        kind, parts = node[0], node[1:]
        if kind not in CONDITIONS:
            text = self.value(node, row)
            return text is not None and FLAGS.get(strip(text).translate(LOWER), False)
        if kind == "not":
            return not self.holds(parts[0], row)
        if kind == "and":
            return self.holds(parts[0], row) and self.holds(parts[1], row)
        if kind == "or":
            return self.holds(parts[0], row) or self.holds(parts[1], row)
        values = [self.value(part, row) for part in parts]
        if values[0] is None:
            return False
        if kind in ("in", "not in"):
            found = any(value is not None and compare("=", values[0], value) for value in values[1:])
            return found == (kind == "in")
        if values[1] is None or (kind in ("<", "<=", ">", ">=") and
                                 (as_number(values[0]) is None) != (as_number(values[1]) is None)):
            return False
        return compare(kind, values[0], values[1])

    def value(self, node, row):
        if not self.available(node):
            return None
        kind, parts = node[0], node[1:]
        if kind in CONDITIONS:
            return "true" if self.holds(node, row) else "false"
        return clean(getattr(self, "value_" + NAMES.get(kind, kind))(row, *parts))

    def value_literal(self, _row, text, _written):
        return text

    def value_currency(self, _):
        return self.currency

    def value_column(self, row, name):
        return self.table.cell(row, name)

    def value_lookup(self, row, name, key, column):
        lookup = self.lookups[name]
        found = lookup.find(self.value(key, row))
        if found is None:
            return None
        return "true" if column is None else lookup.table.cell(found, column)

    def value_coalesce(self, row, *parts):
        return next((value for value in (self.value(part, row) for part in parts) if value is not None), None)

    def value_if(self, row, condition, *branches):
        if self.holds(condition, row):
            return self.value(branches[0], row)
        return self.value(branches[1], row) if len(branches) > 1 else None

    def value_concat(self, row, *parts):
        values = [self.value(part, row) for part in parts]
        if not any(values):
            return None
        return "".join(part[2] if part[0] == "literal" else value or "" for part, value in zip(parts, values))

    def value_negative(self, row, part):
        return self.value_arithmetic(row, "-", ("literal", "0", "0"), part)

    def value_arithmetic(self, row, mark, left, right):
        values = [self.value(part, row) for part in (left, right)]
        numbers = [None if value is None else as_number(value) for value in values]
        if None in numbers or (mark == "/" and numbers[1] == 0):
            return None
        a, b = numbers
        try:
            return number_text(a + b if mark == "+" else a - b if mark == "-" else a * b if mark == "*" else a / b)
        except OverflowError:
            return None

    def value_plus(self, row, left, right):
        return self.value_arithmetic(row, "+", left, right)

    def value_minus(self, row, left, right):
        return self.value_arithmetic(row, "-", left, right)

    def value_times(self, row, left, right):
        return self.value_arithmetic(row, "*", left, right)

    def value_over(self, row, left, right):
        return self.value_arithmetic(row, "/", left, right)


NAMES = {"+": "plus", "-": "minus", "*": "times", "/": "over"}
