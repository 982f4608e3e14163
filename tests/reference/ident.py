# SPDX-License-Identifier: MIT
"""Ids as Salesforce writes them: 15 characters where case tells, or the same and 3 check characters."""

import re

from load import Unreadable

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
ALNUM = re.compile(r"[0-9A-Za-z]*")
NOBODY = "000000000000000AAA"


def check_characters(text):
    """The 3 characters that follow 15: which characters of each group of five are upper case."""
    return "".join(DIGITS[sum(1 << place for place in range(5) if "A" <= text[group + place] <= "Z")]
                   for group in (0, 5, 10))


def exact(text):
    return text


def salesforce(text):
    """The form in which ids are compared; None where missing."""
    if len(text) in (15, 18) and ALNUM.fullmatch(text):
        whole = text[:15] + check_characters(text)
        if len(text) == 18 and text != whole:
            raise Unreadable(text)
        return None if whole == NOBODY else whole
    return text


FORMS = {"exact": exact, "salesforce": salesforce}
