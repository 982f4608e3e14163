# SPDX-License-Identifier: MIT
"""How a source's tables become entities: the keys of the job over those of its mapping, key by key.

DECISIONS where the specification leaves room, with the other reading in brackets:
 1. Lists that merge by first element keep the order of the weaker one, its elements replaced in place; what the
    stronger one adds follows.  [The stronger one's elements come first.]
 2. ("FIELD", (...)) of `values` is replaced as a whole: the words of a field do not merge.  [They do.]
 3. Parts that the job adds come after those of the mapping.
 4. Where an entity has parts, from, unless and table options beside them have no effect.
 5. A field that `fields` names is never found under its own name, be its column there or not.
"""

import os

import libconfig

LISTS = ("fields", "values", "date_formats", "skip", "advice")
SHARED = ("skip", "fields", "values", "date_format", "date_formats", "advice")
KEYS = (*SHARED, "from", "unless", "parts")
LOOKUP_KEYS = ("from", "by", "order", "pick", "skip")
SOURCE_KEYS = ("mapping", "ids", "ignore_case", "nulls", "lookups", "entities")
CONF = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf")
DEFAULTS = {"salesforce": os.path.join(CONF, "salesforce.conf")}


def merge_list(weak, strong):
    merged = {element[0]: element for element in weak}
    merged.update({element[0]: element for element in strong})
    return list(merged.values())


def merge(weak, strong):
    """Two groups as one."""
    merged = dict(weak)
    for key, value in strong.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        elif key in LISTS and key in merged:
            merged[key] = merge_list(merged[key], value)
        else:
            merged[key] = value
    return merged


def mapping_of(source, folder):
    """What the mapping of a source says, {} without one."""
    path = source.get("mapping")
    path = DEFAULTS.get(source["plugin"]) if path is None else os.path.join(folder, path) if path else None
    if path is None:
        return {}
    with open(path, encoding="utf-8") as stream:
        return libconfig.parse(stream.read())


def conditions(settings):
    """What `skip` says: [(name, condition)]; an empty condition never holds."""
    return [(what, condition) for what, condition in settings.get("skip", []) if condition]


class Part:
    """Where rows of an entity come from, and how they become its fields; by_default: its table is not named by the job."""

    def __init__(self, entity, settings, by_default=False):
        self.table = settings.get("from", entity)
        self.unless = settings.get("unless")
        self.fields = {field: column for field, column in settings.get("fields", [])}
        self.values = {field: dict(map(tuple, words)) for field, words in settings.get("values", [])}
        self.dates = dict(map(tuple, settings.get("date_formats", [])))
        self.date = settings.get("date_format")
        self.skip = conditions(settings)
        self.options = {key: value for key, value in settings.items() if key not in KEYS}
        self.by_default = by_default


class Mapping:
    """All that a source's mapping and job say, merged."""

    def __init__(self, source, folder):
        default = mapping_of(source, folder)
        own = {key: source[key] for key in SOURCE_KEYS if key in source}
        whole = merge(default, own)
        self.ids = whole.get("ids", "exact")
        self.ignore_case = whole.get("ignore_case", False)
        self.nulls = frozenset(whole.get("nulls", []))
        self.lookups = whole.get("lookups", {})
        self.default = default.get("entities", {})
        self.own = own.get("entities", {})

    def parts(self, entity):
        """The parts of an entity, one where it has none."""
        default, own = self.default.get(entity, {}), self.own.get(entity, {})
        names = merge(default.get("parts", {}), own.get("parts", {}))
        if not names:
            return [Part(entity, merge(default, own))]
        made = []
        for name in names:
            settings = {}
            for level in (share(default), default.get("parts", {}).get(name, {}),
                          share(own), own.get("parts", {}).get(name, {})):
                settings = merge(settings, level)
            by_default = name in default.get("parts", {}) and "from" not in own.get("parts", {}).get(name, {})
            made.append(Part(entity, settings, by_default))
        return made


def share(settings):
    """What an entity says for all of its parts."""
    return {key: value for key, value in settings.items() if key in SHARED}
