#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random small data sets, full of edges, and a random job over them, for crmval and for the reference.

usage: generate.py SEED DIRECTORY [KIND]  writes DIRECTORY/export/, DIRECTORY/job.json and DIRECTORY/job.conf
       generate.py --stats [COUNT [KIND]]  how many of COUNT seeds (100) give each measure data

KIND is plain (ENTITY.csv in the model's own shape, the default), mapping (tables of any shape and the mapping of them)
or salesforce (an export).
"""

import csv
import datetime
import json
import os
import random
import sys
import tempfile

import generate_job
import generate_mapping
import generate_salesforce
from schema import ENTITIES, STAGES

UNITS = ["East", "West", "North, far", 'The "A" team', "华东", "east", "Ünit", "Zed;", "O'Neill"]
CATEGORIES = ["laser", "optics", "Optics", "service, on site", "维修"]
EMAILS = ["a@b.cn", "ann.lee@example.com", "o'neil+x@mail.example.co.uk", "no-at.example.com", "two@@example.com",
          "x@localhost", "x@-bad.com", "x@bad-.com", "x@a..com", "é@example.com", "x" * 64 + "@b.cn",
          "x" * 65 + "@b.cn", "x@" + "d" * 63 + ".cn", "x@" + "d" * 64 + ".cn", "a b@example.com", ".@b.cn",
          "x@b.cn."]
PHONES = ["+86 10 1234 5678", "(030) 123-4567", "1234567", "123456", "12.34.567", "ext 1234567",
          "１２３４５６７", "+-() .", "1234567/8"]
FLAG_WORDS = {True: ["true", "TRUE", "yes", "Y", "t", "1", "Yes", "T"], False: ["false", "No", "n", "F", "0", "FALSE"]}
BAD = {"date": ["2025-02-30", "2025-1-5", "05.01.2025", "2025-13-01", "soon", "20250105", "2025-01-05X"],
       "number": ["1,000", "abc", "nan", "inf", "0x10", "1e999", "9223372036854775808", "12 34", "--1", "1e", "."],
       "flag": ["maybe", "2", "on", "ja", "-1"],
       "closed": ["huge", "lossed", "won't", "小", "wo n"]}
BAD["money"] = BAD["number"]
REQUIRED_ROLES = ["economic", "technical", "user", "coach"]
FUNCTIONS = ["presales", "test", "delivery", "aftersales", "development"]


class Maker:
    """Makes the cells of one data set."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.job = generate_job.make(self.random)
        self.period = [datetime.date.fromisoformat(day) for day in self.job["period"]]
        base = self.job["baseline"] or self.job["spare_baseline"]
        self.base = [datetime.date.fromisoformat(day) for day in base]
        self.mess = self.random.choice([0.0, 0.3, 1.0, 1.0])
        self.ids = {entity: self.make_ids(entity) for entity in ENTITIES}

    def chance(self, probability):
        return self.random.random() < probability

    def make_ids(self, entity):
        kind = self.random.random()
        count = 0 if kind < 0.015 else self.random.randint(1, 6) if kind < 0.05 else self.random.randint(16, 30)
        if entity in ("account", "product"):
            count = min(count, self.random.randint(6, 14))
        names = []
        for number in range(count):
            style = self.random.random() if self.mess else 1.0
            prefix = entity[:3].upper() + "-"
            names.append(prefix + ("%03d" % number if style < 0.1 else "客户%d" % number if style < 0.13 else
                                   "a,\"%d" % number if style < 0.16 else str(number)))
        return names

    # days

    def edge(self):
        if self.chance(0.02 * self.mess):
            return datetime.date(9990, 12, 31)
        day = self.random.choice(self.period + self.base)
        return day + datetime.timedelta(self.random.choice([-1, 0, 0, 1]))

    def within(self, window):
        return window[0] + datetime.timedelta(self.random.randint(0, (window[1] - window[0]).days))

    def event(self):
        """A day for an event: mostly in one of the windows."""
        kind = self.random.random()
        if kind < 0.12:
            return self.edge()
        if kind < 0.55:
            return self.within(self.period)
        return self.within(self.base) if kind < 0.92 else self.early()

    def early(self):
        """A day before the baseline."""
        return self.base[0] - datetime.timedelta(self.random.choice([0, 1, 30, 200, 364, 365, 366, 500]))

    def verified(self):
        """A day for verified_on: around the edges of the time that counts as fresh."""
        back = self.random.choice([0, 0, 1, 10, 30, 60, 89, 90, 91, 179, 180, 181, 400, -1])
        return self.period[1] - datetime.timedelta(back)

    def near(self, day, reach):
        return None if day is None else day + datetime.timedelta(self.random.randint(-reach, reach))

    # cells

    def reference(self, entity):
        if self.chance(0.04 * self.mess):
            return self.random.choice(["nobody", entity.upper(), "000"])
        return self.random.choice(self.ids[entity]) if self.ids[entity] else "nobody"

    def flag(self, probability):
        return self.random.choice(FLAG_WORDS[self.chance(probability)])

    def number(self, low, high):
        kind = self.random.random()
        if kind < 0.6:
            return str(self.random.randint(int(low), int(high)))
        number = self.random.uniform(low, high)
        return "%.2f" % number if kind < 0.9 else "%.3e" % number if kind < 0.95 else "+%.1f" % number

    def money(self):
        kind = self.random.random()
        if kind < 0.04 * self.mess:
            return self.random.choice(["0", "-250.5", "-0", "9007199254740993", "1e-3"])
        if kind < 0.3:
            return self.random.choice(["100000", "99999.99", "100000.01", "250000"])
        return self.number(1, 300000)

    def currency(self):
        return self.random.choice(["EUR", "eur", "", "", "Eur", "USD", "usd", "CNY" if self.mess else "USD"])

    def word(self, words):
        word = self.random.choice(words)
        return self.random.choice([word, word, word.upper(), word.title()])

    def clock(self):
        return self.random.choice(["T00:00:00Z", " 23:59:59", "T23:30:00+0000", "T00:00:00.000-08:00", " 12:00",
                                   "T01:02:03+05:30", " 00:00:00"])

    def cell(self, kind, value, empty):
        """The text of a cell: the value, or nothing, or something odd."""
        if value is None or self.chance(empty):
            return self.random.choice(["", "", "", "  "]) if self.mess else ""
        text = value.isoformat() if isinstance(value, datetime.date) else str(value)
        if kind in BAD and self.chance(0.02 * self.mess):
            return self.random.choice(BAD[kind])
        if kind == "date" and self.chance(0.15):
            text += self.clock()
        if self.chance(0.05 * self.mess):
            text = self.random.choice([" ", "\t", "", "\n"]) + text + self.random.choice([" ", "  ", "\t", "\r\n"])
        return text

    # rows

    def row(self, entity, number):
        values = {"id": self.ids[entity][number] if entity != "exchange_rate" else None}
        if entity in MONEY:
            values["currency"] = self.currency()
        values.update(getattr(self, entity)(number))
        cells = {}
        for field, kind in ENTITIES[entity].items():
            if kind.startswith("->") and field not in values:
                values[field] = self.reference(kind[2:])
            if kind == "text" and field not in values:
                values[field] = self.random.choice(["text", "a, b", 'say "so"', "文", "x\ny", "\u3000"])
            empty = 0.03 * self.mess if field == "id" else 0.0 if field in values.get("always", ()) else 0.12
            cells[field] = self.cell(kind, values.get(field), empty)
        return cells

    def account(self, _):
        churned = self.event() if self.chance(0.25) else None
        return {"size_class": self.word(["large", "medium", "small"]), "region": self.random.choice(UNITS),
                "industry": "x", "key_market": self.flag(0.7), "churned_on": churned}

    def contact(self, number):
        superior = self.ids["contact"][number] if self.chance(0.1) else self.reference("contact")
        return {"email": self.random.choice(EMAILS), "phone": self.random.choice(PHONES), "is_key": self.flag(0.5),
                "influence": self.random.choice(["1", "2", "3", "4", "5", "5", "0", "6", "2.5"]),
                "reports_to": superior, "created_on": self.event(), "verified_on": self.verified()}

    def relationship(self, _):
        return {"contact": self.random.choice(self.ids["contact"][:8] + [self.reference("contact")]),
                "employee": self.random.choice(self.ids["employee"][:4] + [self.reference("employee"), None]),
                "level": self.random.choice(["0", "1", "2", "3", "4", "5", "6", "-1", "3.5"]),
                "recorded_on": self.event()}

    def project_history(self, _):
        return {"ours": self.flag(0.5), "amount": self.money(), "signed_on": self.event(), "created_on": self.event(),
                "verified_on": self.verified()}

    def product(self, _):
        return {"category": self.random.choice(CATEGORIES), "strategic": self.flag(0.7)}

    def order(self, number):
        signed = self.event()
        if number < 2:
            churn = datetime.timedelta(self.job["churn"] + self.random.choice([-1, 0, 0, 0, 5, 20]))
            signed = self.base[0] - churn
        return {"signed_on": signed, "amount": self.money(), "quantity": self.number(0, 40),
                "always": ("signed_on",) if number < 2 else ()}

    def opportunity(self, _):
        approved = self.event()
        outcome = self.word(["won", "won", "lost", "abandoned"]) if self.chance(0.7) else None
        closed = self.event() if outcome or self.chance(0.2) else None
        return {"stage": "Proposal", "project_size": self.word(["large", "small"]) if self.chance(0.85) else None,
                "amount": self.money(), "created_on": self.near(approved, 20), "approved_on": approved,
                "closed_on": closed, "outcome": outcome,
                "expected_close_on": self.random.choice([self.period[1], self.near(self.period[1], 40)]),
                "budget_participation": self.flag(0.5), "tender_participation": self.flag(0.5),
                "customer_time_rank": self.random.choice(["1", "2", "1.0", "3", None, None, None]),
                "competitor_minutes": self.random.choice(["0", "60", "90", "150"])}

    def decision_member(self, _):
        return {"role": self.word(REQUIRED_ROLES + ["blocker"]), "verified_on": self.verified(),
                "stance": self.random.choice(["-2", "2", "0", "3", "-2.5"]),
                "value_fit": self.random.choice(["0", "0.5", "1", "1.5", "-0.2", "0.25"])}

    def activity(self, _):
        return {"kind": "call", "occurred_on": self.event(), "minutes": self.random.choice(["30", "60", "90", "45.5"])}

    def resource_request(self, _):
        requested = self.event()
        needed = self.event()
        return {"function": self.word(FUNCTIONS), "requested_on": requested, "assigned_on": self.near(requested, 4),
                "needed_on": needed, "ready_on": self.random.choice([needed, self.near(needed, 5)]),
                "skill_match": self.random.choice(["0", "0.5", "1", "1.2", "-1", "0.75"])}

    def participant(self, _):
        return {"function": self.word(FUNCTIONS + ["sponsor"]), "score": self.number(0, 100),
                "acknowledged": self.flag(0.7), "disputed": self.flag(0.3)}

    def expense(self, _):
        return {"kind": self.word(["presales", "presales", "presales", "travel"]), "amount": self.money(),
                "spent_on": self.event()}

    def employee(self, number):
        hired = self.early() if self.chance(0.65) else self.event()
        left = self.random.choice([self.event(), self.period[1], self.period[0]]) if self.chance(0.25) else None
        return {"team": self.random.choice(UNITS), "region": self.random.choice(UNITS), "hired_on": hired,
                "left_on": left, "sales": self.flag(0.85)}

    def growth_record(self, _):
        return {"stage": self.word(list(STAGES[:3] * 2 + STAGES[3:])),
                "entered_on": self.early() if self.chance(0.6) else self.event()}

    def strategic_goal(self, _):
        target = self.number(0, 100)
        return {"baseline": target if self.chance(0.1) else self.number(0, 100), "target": target,
                "actual": self.number(0, 120), "weight": self.random.choice(["1", "2", "0", "-1", "0.5"])}

    def exchange_rate(self, number):
        early = self.base[0] - datetime.timedelta(900)
        always = ("from_on", "currency", "rate") if number < 2 else ()
        code = ["Usd", "cny"][number] if number < 2 else self.random.choice(["USD", "cny", "EUR"])
        return {"currency": code, "from_on": early if number == 0 else self.event(), "always": always,
                "rate": self.random.choice(["0.9", "0.125", "1.1", "0.85"]),
                "base": self.random.choice([None, self.word(["usd", "usd", "cny", "eur"])])}

    def tables(self):
        """{entity: (fields, rows)} after the last mischief: duplicates, absent columns, absent files."""
        tables, sparse = {}, self.chance(0.2)
        for entity, types in ENTITIES.items():
            rows = [self.row(entity, number) for number in range(len(self.ids[entity]))]
            if rows and self.chance(0.5 * self.mess) and len(rows) < 30:
                twin = self.row(entity, 0)
                twin["id"] = self.random.choice(rows).get("id", "")
                rows.append(twin)
            if entity != "order" or self.chance(0.5):
                self.random.shuffle(rows)
            fields = [field for field in types if not (sparse and self.chance(0.04)) or len(types) < 4]
            if self.chance(0.3):
                self.random.shuffle(fields)
            if not (sparse and self.chance(0.06)) and len(fields) > 1:
                tables[entity] = fields, [{field: row.get(field, "") for field in fields} for row in rows]
        if self.chance(0.3):
            tables.pop("exchange_rate", None)
        return tables


MONEY = ("order", "project_history", "expense", "opportunity")


def write_plain(maker, directory):
    for entity, (fields, rows) in maker.tables().items():
        write_csv(os.path.join(directory, "export", entity + ".csv"), fields, rows, maker.line_end)
    return {}


def write_mapped(maker, directory):
    made = generate_mapping.Remaker(maker.random, maker.tables())
    for name, sheet in made.files.items():
        write_csv(os.path.join(directory, "export", name + ".csv"), sheet.columns, sheet.lines(), maker.line_end)
    text = made.mapping_file()
    if text is not None:
        with open(os.path.join(directory, "mapping.conf"), "w", encoding="utf-8") as stream:
            stream.write(text)
    return {"sources": [made.source()]}


def write_salesforce(maker, directory):
    return {"sources": [generate_salesforce.write(maker, directory)]}


def write_csv(path, fields, rows, line_end):
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fields, lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)


KINDS = {"plain": write_plain, "mapping": write_mapped, "salesforce": write_salesforce}


def generate(seed, directory, kind="plain"):
    """Writes a data set and its job; returns the job as the reference takes it."""
    maker = Maker(seed)
    os.makedirs(os.path.join(directory, "export"), exist_ok=True)
    maker.line_end = maker.random.choice(["\n", "\r\n"])
    job = {key: value for key, value in maker.job.items() if key not in ("churn", "spare_baseline")}
    job.update(KINDS[kind](maker, directory))
    job["score"].update(generate_job.ranges(maker.random))
    with open(os.path.join(directory, "job.json"), "w", encoding="utf-8") as stream:
        json.dump(job, stream, indent=1)
    with open(os.path.join(directory, "job.conf"), "w", encoding="utf-8") as stream:
        stream.write(generate_job.as_libconfig(job, maker.random))
    return job


def evaluate(directory, job):
    """The reference's result of what was generated."""
    import reference
    return reference.evaluate(directory if "sources" in job else os.path.join(directory, "export"), job)


def statistics(count, kind):
    """Prints how many of the seeds give each measure data, and which fall short of half of them."""
    import reference
    found, failed = dict.fromkeys(reference.MEASURES, 0), 0
    for seed in range(count):
        with tempfile.TemporaryDirectory() as directory:
            job = generate(seed, directory, kind)
            job["dimensions"] = [dict(setting) for setting in job["dimensions"]]
            job["score"]["missing"] = "renormalise"
            result = evaluate(directory, job)
        for dimension in result["dimensions"]:
            for indicator in dimension["indicators"]:
                for measure in indicator["measures"]:
                    found[measure["id"]] += measure["status"] == "ok"
    for name, number in found.items():
        print("%-30s %4d of %d%s" % (name, number, count, "" if 2 * number >= count else "  TOO FEW"))
        failed += 2 * number < count
    return 1 if failed else 0


def main(arguments):
    if len(arguments) in (2, 3, 4) and arguments[1] == "--stats":
        return statistics(int((arguments + ["100"])[2]), (arguments[3:] + ["plain"])[0])
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 64
    generate(int(arguments[1]), *arguments[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
