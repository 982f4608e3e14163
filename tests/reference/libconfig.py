# SPDX-License-Identifier: MIT
"""Reads libconfig's syntax, as far as mapping files use it: groups become dictionaries, lists and arrays lists."""

import re

TOKEN = re.compile(r"""(?:\s|\#[^\n]*|//[^\n]*|/\*.*?\*/)*
                       (?:(?P<text>"(?:[^"\\]|\\.)*")
                       |(?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?L?L?)
                       |(?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
                       |(?P<mark>[={}()\[\];:,])
                       |(?P<end>\Z))""", re.VERBOSE | re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "a": "\a", "b": "\b", "v": "\v"}


class Reader:
    """A place in a text."""

    def __init__(self, text):
        self.text = text
        self.place = 0
        self.next()

    def next(self):
        match = TOKEN.match(self.text, self.place)
        if not match:
            raise ValueError("line %d: no token" % (self.text.count("\n", 0, self.place) + 1))
        self.place = match.end()
        self.kind, self.token = match.lastgroup, match.group(match.lastgroup)

    def take(self, *tokens):
        """Passes over a mark if it is one of these."""
        if self.kind != "mark" or self.token not in tokens:
            return False
        self.next()
        return True

    def need(self, *tokens):
        if not self.take(*tokens):
            raise ValueError("line %d: %s expected, not %r" % (
                self.text.count("\n", 0, self.place) + 1, " or ".join(tokens), self.token))

    def settings(self, end):
        group = {}
        while not (self.kind == "end" if end is None else self.take(end)):
            if self.kind != "name" or self.token in group:
                raise ValueError("line %d: %r is no name, or stands twice" % (
                    self.text.count("\n", 0, self.place) + 1, self.token))
            name = self.token
            self.next()
            self.need("=", ":")
            group[name] = self.value()
            self.take(";", ",")
        return group

    def elements(self, end):
        values = []
        while not self.take(end):
            values.append(self.value())
            if not self.take(","):
                self.need(end)
                break
        return values

    def value(self):
        for opening, closing, read in (("{", "}", self.settings), ("(", ")", self.elements),
                                       ("[", "]", self.elements)):
            if self.take(opening):
                return read(closing)
        kind, token = self.kind, self.token
        self.next()
        if kind == "text":
            text = unescape(token)
            while self.kind == "text":  # texts that stand side by side are one
                text += unescape(self.token)
                self.next()
            return text
        if kind == "number":
            return float(token.rstrip("L"))
        if kind == "name" and token.lower() in ("true", "false"):
            return token.lower() == "true"
        raise ValueError("line %d: %r is no value" % (self.text.count("\n", 0, self.place) + 1, token))


def unescape(token):
    def one(match):
        if match.group(1)[0] == "x":
            return chr(int(match.group(1)[1:], 16))
        return ESCAPES.get(match.group(1), match.group(1))
    return re.sub(r"\\(x[0-9A-Fa-f]{2}|.)", one, token[1:-1], flags=re.DOTALL)


def parse(text):
    """The settings at the top level of a text."""
    return Reader(text.removeprefix("\ufeff")).settings(None)


def write(value):
    """A value in libconfig's syntax."""
    if isinstance(value, dict):
        return "{ " + " ".join("%s = %s;" % (key, write(part)) for key, part in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "( " + ", ".join(write(part) for part in value) + " )"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f]", lambda match: "\\x%02x" % ord(match.group()), text) + '"'
    return str(int(value)) if value == int(value) else repr(float(value))
