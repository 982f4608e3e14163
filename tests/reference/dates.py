# SPDX-License-Identifier: MIT
"""Days in formats of strptime(3), with the conversions that crmval.conf(5) knows."""

import datetime
import re

from load import DATE, Unreadable, parse_day

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december")
PIECES = {"Y": "(?P<Y>[0-9]{1,4})", "y": "(?P<y>[0-9]{1,2})", "m": "(?P<m>[0-9]{1,2})", "d": "(?P<d>[0-9]{1,2})",
          "H": "([01]?[0-9]|2[0-3])", "I": "(0?[1-9]|1[0-2])", "M": "[0-5]?[0-9]", "S": "([0-5]?[0-9]|60)",
          "T": "([01]?[0-9]|2[0-3]):[0-5]?[0-9]:([0-5]?[0-9]|60)", "p": "(?i:[ap]m)", "%": "%",
          "b": "(?P<b>(?i:%s))" % "|".join(LONG + MONTHS)}


def pattern(form):
    made, place = "", 0
    while place < len(form):
        if form[place] == "%":
            made += r"\s*" * (form[place + 1] != "%") + PIECES[form[place + 1]]
            place += 2
        else:
            made += r"\s*" if form[place].isspace() else re.escape(form[place])
            place += 1
    return made


def parse(text, form):
    """The day of a cell, None where it is missing; a time and a zone may follow."""
    text = text.strip(" \t\n\v\f\r")
    if text == "":
        return None
    match = re.match(pattern(form), text)
    if not match or not is_time(text[match.end():]):
        raise Unreadable(text)
    found = match.groupdict()
    year = int(found["Y"]) if found.get("Y") else int(found["y"]) + (1900 if int(found["y"]) > 68 else 2000)
    month = int(found["m"]) if found.get("m") else month_number(found["b"].lower())
    try:
        return datetime.date(year, month, int(found["d"])).toordinal()
    except ValueError as error:
        raise Unreadable(text) from error


def month_number(word):
    return (LONG.index(word) if word in LONG else MONTHS.index(word)) + 1


def is_time(text):
    """Whether nothing follows the day, or what may follow one."""
    if text == "":
        return True
    if not DATE.fullmatch("2000-01-01" + text):
        return False
    parse_day("2000-01-01" + text)
    return True
