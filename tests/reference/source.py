# SPDX-License-Identifier: MIT
"""Sources with mappings, read into the tables of the model.

DECISIONS where the specification leaves room, with the other reading in brackets:
 1. A row that is passed over counts under the first condition that holds, and under nothing else: it is neither a row
    nor a duplicate, and its cells are not read.
 2. Words are mapped after the nulls: ("", "x") among the values of a field also turns nulls into x.
 3. The rows of one entity in several sources come source by source, then part by part.
 4. `unless` asks for the table with no table options; rows that a reader would reject count as rows.
 5. A part whose table only the mapping names, and that has no id, is not read.  [Its rows count, as they do where the
    job names its table, or where the entity has no parts.]
"""

import dates
import expression
import ident
from export import PLUGINS
from load import Data, Table, Unreadable, parse_cell
from lookup import Lookup
from mapping import LOOKUP_KEYS, Mapping
from schema import ENTITIES


class Feed:
    """A part of an entity in one source, with what it takes to read its fields."""

    def __init__(self, entity, part, sheet, lookups, mapping, currency):
        self.entity = entity
        self.part = part
        self.sheet = sheet
        self.form = ident.FORMS[mapping.ids]
        self.scope = expression.Scope(sheet, lookups, currency)
        nodes = {field: self.node(field) for field in ENTITIES[entity]}
        self.nodes = {field: node for field, node in nodes.items() if node and self.scope.available(node)}
        self.skips = [(what, expression.parse(condition)) for what, condition in part.skip]

    def node(self, field):
        column = self.part.fields.get(field, field)
        if column.startswith("="):
            return expression.parse(column[1:])
        return ("column", column) if column else None

    def typed(self, field, row):
        """A field's value, None where it is missing."""
        kind = ENTITIES[self.entity][field]
        text = self.scope.value(self.nodes[field], row) or ""
        if kind in ("symbol", "word", "closed", "flag"):
            text = self.part.values.get(field, {}).get(expression.strip(text), text)
        form = self.part.dates.get(field, self.part.date) if kind == "date" else None
        if form:
            return dates.parse(text, form)
        value = parse_cell(self.entity, field, text)
        return self.form(value) if value is not None and (kind == "key" or kind.startswith("->")) else value

    def read(self, table):
        table.rejected += self.sheet.rejected
        if self.sheet.blank:
            table.skipped["blank lines"] = table.skipped.get("blank lines", 0) + self.sheet.blank
        for row in self.sheet.rows:
            what = next((what for what, condition in self.skips if self.scope.holds(condition, row)), None)
            if what is not None:
                table.skipped[what] = table.skipped.get(what, 0) + 1
                continue
            cells, unreadable = {}, []
            for field in self.nodes:
                try:
                    cells[field] = self.typed(field, row)
                except Unreadable:
                    unreadable.append(field)
            table.take(cells, unreadable)


class Source:
    """One source of a job."""

    def __init__(self, settings, folder, currency):
        self.currency = currency
        self.mapping = Mapping(settings, folder)
        self.export = PLUGINS[settings["plugin"]](settings, folder)
        self.lookups = {}
        for name, lookup in self.mapping.lookups.items():
            options = {key: value for key, value in lookup.items() if key not in LOOKUP_KEYS}
            self.lookups[name] = Lookup(lookup, self.sheet(lookup["from"], options), self.mapping.ids, currency)

    def sheet(self, name, options):
        return self.export.sheet(name, options, ignore_case=self.mapping.ignore_case, nulls=self.mapping.nulls)

    def feeds(self, entity):
        for part in self.mapping.parts(entity):
            if part.unless:
                other = self.sheet(part.unless, {})
                if other is not None and other.rows:
                    continue
            sheet = self.sheet(part.table, part.options) if part.table else None
            if sheet is None:
                continue
            feed = Feed(entity, part, sheet, self.lookups, self.mapping, self.currency)
            if "id" in feed.nodes or "id" not in ENTITIES[entity] or not part.by_default:
                yield feed


def read(job, folder):
    """The data of a job whose sources are listed; paths start from the folder."""
    tables, currency = {}, job.get("currency")
    sources = [Source(settings, folder, currency) for settings in job["sources"]]
    for entity, fields in ENTITIES.items():
        feeds = [feed for source in sources for feed in source.feeds(entity)]
        mapped = [field for field in fields if any(field in feed.nodes for feed in feeds)]
        if not mapped or ("id" in fields and "id" not in mapped):
            continue
        table = Table(entity, mapped)
        for feed in feeds:
            feed.read(table)
        tables[entity] = table
    return Data(tables, currency)
