# SPDX-License-Identifier: MIT
"""Makes of tables in the model's own shape tables of another shape, and the mapping that leads back."""

import datetime
import re

import generate_expression
import libconfig
from generate_levels import Levels
from schema import CLOSED, ENTITIES

NULLS = ["#N/A", "null", "-", "n/a"]
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
FORMATS = ["%d/%m/%Y", "%m/%d/%y", "%Y%m%d", "%d %b %Y"]
NAMES = ["Deal Value", "a.b", "Wert €", "Custom__c", "x-y", "or", "Col"]
DAYS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})")
JUNK = ["", "0", "junk", "17", "2025-01-02", "yes"]


class Sheet:
    """A table on its way to a file: {column: cells}."""

    def __init__(self, count):
        self.count = count
        self.columns = {}

    def lines(self):
        return [dict(zip(self.columns, cells)) for cells in zip(*self.columns.values())]

    def rows(self, chosen):
        """The same columns of some of the rows."""
        made = Sheet(len(chosen))
        made.columns = {name: [cells[row] for row in chosen] for name, cells in self.columns.items()}
        return made


class Remaker:
    """tables: {entity: (fields, rows)}; afterwards files: {name: Sheet}, source and what its mapping file says."""

    def __init__(self, random, tables):
        self.random = random
        self.files = {}
        self.number = 0
        self.has_file = self.chance(0.7)
        self.levels = Levels(random, self.has_file)
        self.ids = {} if self.chance(0.4) else None
        self.ignore_case = self.chance(0.3)
        self.nulls = random.sample(NULLS, random.randint(1, 3)) if self.chance(0.5) else []
        self.lookups, self.found = {}, {}
        for entity, (fields, rows) in tables.items():
            if entity == "exchange_rate" or self.chance(0.25):
                self.plain(entity, fields, rows)
            else:
                self.entity(entity, fields, rows)
        self.files["nothing"] = Sheet(0)
        self.files["nothing"].columns = {"id": []}
        self.finish()

    def chance(self, probability):
        return self.random.random() < probability

    def finish(self):
        for sheet in self.files.values():
            for name, cells in sheet.columns.items():
                sheet.columns[name] = [self.nullify(cell) for cell in cells]
        self.levels.put("ids", "salesforce" if self.ids is not None else "exact", ["exact", "salesforce"])
        self.levels.put("ignore_case", self.ignore_case, [True, False])
        self.levels.put("nulls", self.nulls, [[], ["abc"]])
        self.levels.lookups(self.lookups)

    def nullify(self, cell):
        if cell != "" or not self.nulls or self.chance(0.6):
            return cell
        return self.random.choice(["", " ", "\t"]) + self.random.choice(self.nulls)

    # names

    def fresh(self, base=None):
        """A name of its own, whatever its case."""
        self.number += 1
        return "%s %d" % (base or self.random.choice(NAMES), self.number) if self.chance(0.5) else "C%d" % self.number

    def seen_as(self, name):
        """A name as a mapping may write it."""
        if not self.ignore_case:
            return name
        return self.random.choice([name, name.upper() if name.isascii() else name,
                                   name.lower() if name.isascii() else name])

    def call(self, name):
        return generate_expression.name(self.seen_as(name))

    # ids

    def identify(self, text):
        """An id as Salesforce would write it, in one of its forms."""
        if self.ids is None:
            return text
        text = text.strip()
        if text == "":
            return self.random.choice(["", "000000000000000AAA", "000000000000000"])
        if text not in self.ids:
            short = "".join(self.random.choice(ALPHABET) for _ in range(15))
            twin = self.random.choice(list(self.ids.values()) or [short])
            self.ids[text] = short if twin.swapcase() in self.ids.values() or self.chance(0.8) else twin.swapcase()
        short = self.ids[text]
        digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
        check = "".join(digits[sum(2 ** j for j in range(5) if short[k + j].isupper())] for k in (0, 5, 10))
        kind = self.random.random()
        if kind < 0.03:
            return short + check[1:] + self.random.choice("aA9")
        return self.random.choice([" ", ""]) + short + (check if kind < 0.65 else "")

    # entities

    def plain(self, entity, fields, rows):
        """As it is, but for the ids, and the names where their case is of no account."""
        sheet = Sheet(len(rows))
        for field in fields:
            name = field.upper() if self.ignore_case and self.chance(0.3) else field
            sheet.columns[name] = self.cells(entity, field, rows)
        self.files[entity] = sheet

    def cells(self, entity, field, rows):
        kind = ENTITIES[entity][field]
        if kind == "key" or kind.startswith("->"):
            return [self.identify(row[field]) for row in rows]
        return [row[field] for row in rows]

    def entity(self, entity, fields, rows):
        sheet, settings = Sheet(len(rows)), {"fields": [], "values": [], "date_formats": [], "skip": []}
        self.absent = ["Absent", "No such"] if self.has_file else []
        order = [field for field in fields if ENTITIES[entity][field] == "key"]
        order += [field for field in fields if field not in order]
        self.key, self.raw = None, [row.get("id", "") for row in rows]
        for field in order:
            cells = self.cells(entity, field, rows)
            self.field(sheet, settings, entity, field, cells)
        if self.chance(0.3):
            self.fuzz(sheet, settings, entity)
        if self.chance(0.5) and sheet.count:
            self.skips(sheet, settings)
        self.place(sheet, settings, entity)

    def column(self, sheet, cells, base=None):
        name = self.fresh(base)
        sheet.columns[name] = list(cells)
        return name

    def field(self, sheet, settings, entity, field, cells):
        """Puts a field's cells somewhere, and says where."""
        kind = ENTITIES[entity][field]
        if self.absent and kind != "key" and self.chance(0.03):
            settings["fields"].append([field, self.random.choice(["Absent", "=Absent + 1", "=if(Absent, 'x')", ""])])
            return
        if kind == "key" or self.chance(0.5):
            name = field
            if self.chance(0.4):
                name = self.column(sheet, cells)
                settings["fields"].append([field, self.seen_as(name)])
            sheet.columns[name] = self.formatted(settings, kind, field, cells)
            self.key = name if kind == "key" else self.key
            return
        if kind in ("word", "closed", "flag") and self.chance(0.3):
            cells = self.coded(settings, entity, field, kind, cells)
        ways = [self.coalesced, self.coalesced, self.chosen, self.looked_up, self.looked_up, self.guarded]
        ways += {"number": [self.reckoned] * 3, "money": [self.reckoned] * 3, "flag": [self.judged] * 3,
                 "text": [self.joined] * 2, "symbol": [self.joined], "word": [self.joined]}.get(kind, [])
        expression = self.random.choice(ways)(sheet, cells)
        if field == "currency" and self.chance(0.5):
            expression = "coalesce(%s, $currency)" % expression
        settings["fields"].append([field, "=" + expression])

    def formatted(self, settings, kind, field, cells):
        if kind != "date" or self.chance(0.7):
            return cells
        form = self.random.choice(FORMATS)
        settings["date_formats"].append([field, form])

        def one(match):
            try:
                return datetime.date.fromisoformat(match.group()).strftime(form)
            except ValueError:
                return match.group()
        return [DAYS.sub(one, cell) for cell in cells]

    def coded(self, settings, entity, field, kind, cells):
        words = ["true", "false"] if kind == "flag" else list(CLOSED.get((entity, field), ("presales", "user")))
        pairs = [["Code %d" % number, word] for number, word in enumerate(words)] + [["None", ""]]
        if self.chance(0.2):
            pairs.append(["", self.random.choice(words)])
        settings["values"].append([field, pairs])
        back = {word: code for code, word in pairs if word}
        return [back.get(cell.strip().lower(), cell) if self.chance(0.8) else cell for cell in cells]

    # expressions that lead back to a field

    def missing(self):
        """Parts of expressions that are not there."""
        if not self.absent or self.chance(0.7):
            return []
        return [self.random.choice(["Absent", "[No such]", "Absent = 1", "if(Absent, 1, 2)", "-Absent"])]

    def coalesced(self, sheet, cells):
        first, second = [], []
        for cell in cells:
            kind = self.random.random()
            first.append(cell if kind < 0.5 else "")
            second.append(cell if kind >= 0.5 else self.random.choice(JUNK))
        names = [self.call(self.column(sheet, part)) for part in (first, second)]
        return "coalesce(%s)" % ", ".join(self.missing() + names + self.missing())

    def chosen(self, sheet, cells):
        flags = [self.chance(0.5) for _ in cells]
        words = self.random.choice([("1", "0"), ("TRUE", "no"), ("y", ""), ("t", "other")])
        mark = self.call(self.column(sheet, [words[not flag] for flag in flags]))
        names = [self.call(self.column(sheet, [cell if flag == side else self.random.choice(JUNK)
                                               for cell, flag in zip(cells, flags)])) for side in (True, False)]
        condition = self.random.choice([mark, "%s = '%s'" % (mark, words[0]), "%s in ('x', '%s')" % (mark, words[0])])
        return "if(%s, %s, %s)" % (condition, *names)

    def guarded(self, sheet, cells):
        number = self.call(self.column(sheet, [self.random.choice(["10", "50", "90", "50.0", "51"]) for _ in cells]))
        guard = self.random.choice(["%s >= 50", "not %s < 50", "%s > 9 and not %s = 10", "%s != 10",
                                    "%s not in (10, 9)"])
        return "if(%s, %s)" % (guard.replace("%s", number), self.call(self.column(sheet, cells)))

    def reckoned(self, sheet, cells):
        numbers = [self.random.choice(["2", "0", "0.5", "", "1e1", "-1", "x", "4", "3"]) for _ in cells]
        names = [self.call(self.column(sheet, part)) for part in (cells, numbers)]
        return self.random.choice(["%s * %s", "%s / %s", "%s - %s", "-(%s + %s)", "2 * %s + %s / 4", "%s - -%s * 3",
                                   "coalesce(%s * %s, 7)"]) % tuple(names)

    def judged(self, sheet, cells):
        name = self.call(self.column(sheet, [self.random.choice(["1", "10", "9", "x", "2025-05-01", ""])
                                             for _ in cells]))
        other = self.call(self.column(sheet, cells))
        return self.random.choice(["%s > 5", "%s in ('x', 9)", "%s not in (1, 10)", "not %s = 'x' or %o",
                                   "%s < '2025-06-01' and %s > '2025'", "%o", "if(%s, %o, 'no')"]
                                  ).replace("%s", name).replace("%o", other)

    def joined(self, sheet, cells):
        cut = [self.random.randint(0, len(cell)) for cell in cells]
        names = [self.call(self.column(sheet, part)) for part in (
            [cell[:place] for cell, place in zip(cells, cut)], [cell[place:] for cell, place in zip(cells, cut)])]
        names += [self.random.choice(["''", "' '", "' .'"])] * self.chance(0.2)
        return "concat(%s)" % ", ".join(names)

    def looked_up(self, sheet, cells):
        """The cells in another table, several rows for each."""
        if self.key is None:
            return self.coalesced(sheet, cells)
        lines = []
        orders = self.random.choice([["2025-01-0%d", "2024-12-1%d 03:04:05"], ["%d", "1%d", "-%d.50", "%da"]])
        for raw, cell in zip(self.raw, cells):
            for copy in range(self.random.choice([0, 1, 1, 1, 1, 2, 2, 3])):
                order = "" if self.chance(0.15) else self.random.choice(orders) % self.random.randint(1, 3)
                lines.append([self.identify(raw), order, self.random.choice(JUNK + [cell]) if copy else cell,
                              self.random.choice(["1", "", "0", "false"])])
        self.random.shuffle(lines)
        other = Sheet(len(lines))
        names = [self.fresh() for _ in range(4)]
        other.columns = dict(zip(names, [list(part) for part in zip(*lines)] if lines else [[], [], [], []]))
        number = len(self.lookups)
        table, lookup = "lookup_%d" % number, "L%d" % number
        self.files[table] = other
        settings = {"from": table, "by": self.call(names[0])}
        if self.chance(0.8):
            settings["order"] = self.call(names[1])
        if self.chance(0.7):
            settings["pick"] = self.random.choice(["first", "last"])
        if self.chance(0.5):
            settings["skip"] = [["gone", self.call(names[3])]]
        self.lookups[lookup] = settings
        self.found[lookup] = [self.seen_as(column) for column in names[1:3]] + self.absent[:1]
        found = "%s(%s)" % (lookup, self.call(self.key))
        return found if self.chance(0.05) else found + "." + self.call(names[2])

    def fuzz(self, sheet, settings, entity):
        """Fields of any expression, in the place of what was said about them."""
        columns = [self.column(sheet, [self.random.choice(generate_expression.CELLS) for _ in range(sheet.count)])
                   for _ in range(3)]
        fields = [field for field, kind in ENTITIES[entity].items() if kind in ("symbol", "text", "flag", "number")
                  and field != "currency"]
        columns = [self.seen_as(column) for column in columns + [self.key] * (self.key is not None)]
        maker = generate_expression.Maker(self.random, columns, self.found, self.absent)
        for field in self.random.sample(fields, min(len(fields), 2)):
            settings["fields"] = [pair for pair in settings["fields"] if pair[0] != field]
            settings["fields"].append([field, "=" + maker.make(4)])

    def skips(self, sheet, settings):
        """Rows to pass over, and conditions that say which."""
        for row in self.random.sample(range(sheet.count), min(3, sheet.count)):
            for cells in sheet.columns.values():
                cells.append(cells[row])
            sheet.count += 1
        gone = [self.random.choice(["1", "true"] if place >= sheet.count - 3 else ["0", "", "false", "no", "0", "0"])
                for place in range(sheet.count)]
        gone = [cell if self.chance(0.97) else "1" for cell in gone]
        mark = self.call(self.column(sheet, gone))
        other = self.call(self.column(sheet, [self.random.choice(["a", "b", "c", ""]) for _ in gone]))
        number = self.call(self.column(sheet, [self.random.choice(["1", "2", "10", "x", ""]) for _ in gone]))
        conditions = [mark, "%s = 1 or %s = 'true'" % (mark, mark), "%s and %s != 'a'" % (mark, other),
                      "%s = 'c' and %s > 2" % (other, number), "coalesce(%s, 'a') = 'b' and %s >= 10" % (other, number)]
        if self.absent:
            conditions += ["Absent", "not Absent", "coalesce(Absent, %s)" % mark, "%s and Absent = 'x'" % mark]
        chosen = self.random.sample(conditions, self.random.randint(1, 3))
        settings["skip"] = [["rule %d" % number, condition] for number, condition in enumerate(chosen)]

    # where it all stands

    def place(self, sheet, settings, entity):
        settings = {key: value for key, value in settings.items() if value}
        if self.chance(0.15):
            settings["date_format"] = "%Y-%m-%d"
        if self.chance(0.3) and sheet.count > 3:
            self.parts(sheet, settings, entity)
            return
        table = entity
        if self.chance(0.4):
            table = settings["from"] = "T_" + entity
        if self.chance(0.06):
            settings["unless"] = self.random.choice(["nothing", table, "never" if self.has_file else "nothing"])
        self.files[table] = sheet
        self.levels.entity(entity, settings)

    def parts(self, sheet, settings, entity):
        """The rows in two tables, some in both; at times a third part that is not there."""
        rows = list(range(sheet.count))
        cut = self.random.randint(1, len(rows) - 1)
        overlap = self.random.choice([0, 0, 1, 3])
        parts = {}
        for name, chosen in (("one", rows[:cut + overlap]), ("two", rows[cut:])):
            table = "%s_%s" % (entity, name)
            self.files[table] = sheet.rows(chosen)
            parts[name] = {"from": table}
        if self.chance(0.5):
            parts["two"]["unless"] = self.random.choice(["nothing", "never" if self.has_file else "nothing",
                                                         entity + "_one"])
        if self.chance(0.3):
            parts["two"]["skip"] = [["part", self.call(self.random.choice(sorted(sheet.columns))) + " in ('1', 'x')"]]
        if self.chance(0.3) and settings.get("fields"):
            parts["two"]["fields"] = [self.random.choice(settings["fields"])[:1] + [""]]
        self.levels.entity(entity, settings, parts)

    def source(self):
        return {"plugin": "csv", "directory": "export", **self.levels.job()}

    def mapping_file(self):
        """The text of the mapping file, None without one."""
        if not self.has_file:
            return None
        return "# made at random\n" + "".join("%s = %s;\n" % (key, libconfig.write(value))
                                              for key, value in self.levels.file.items())
