# SPDX-License-Identifier: MIT
"""Where the keys of a mapping stand: in the job or its file, at an entity or its part, here and there overruled.

What is in the job must be there, so that whatever names an absent column or table goes into the file.
"""

LISTS = ("fields", "values", "date_formats", "skip")
ABSENT = ("Absent", "No such", "never", "nowhere")


def is_loose(value):
    return any(name in str(value) for name in ABSENT)


class Levels:
    """job and file are what the two say."""

    def __init__(self, random, has_file):
        self.random = random
        self.has_file = has_file
        self.own, self.file = {}, {}

    def chance(self, probability):
        return self.random.random() < probability

    def job(self):
        return {**self.own, **({"mapping": "mapping.conf"} if self.has_file else {})}

    def put(self, key, value, others):
        """A key of the source, at times with another value in the file."""
        if self.has_file and self.chance(0.5):
            self.file[key] = value
            return
        self.own[key] = value
        if self.has_file and self.chance(0.5):
            self.file[key] = self.random.choice(others)

    def lookups(self, lookups):
        for name, settings in lookups.items():
            self.group(["lookups", name], settings)
        if self.has_file and self.chance(0.2):
            self.set(self.file, ["lookups", "Never"], "from", "nowhere")
            self.set(self.file, ["lookups", "Never"], "by", "id")

    def set(self, root, path, key, value):
        for step in path:
            root = root.setdefault(step, {})
        root[key] = value

    def add(self, root, path, key, element):
        for step in path:
            root = root.setdefault(step, {})
        root.setdefault(key, []).append(element)

    def decoy(self, key, element):
        """Another element of the same name, which is overruled."""
        if key == "fields":
            return [element[0], self.random.choice(["Absent", "", "='decoy'", "id", "=1 + 1", "=coalesce(Absent, 1)"])]
        if key == "skip":
            return [element[0], self.random.choice(["true", "false", "Absent", "1 = 1", ""])]
        if key == "values":
            return [element[0], [["x", ""], ["true", ""]]]
        return [element[0], "%Y/%m/%d"]

    def group(self, path, settings):
        """Spreads the keys of a group over job and file."""
        only_file = self.has_file and self.chance(0.3)
        for key, value in settings.items():
            if key in LISTS:
                for element in value:
                    self.element(path, key, element, only_file)
            elif only_file or (self.has_file and (is_loose(value) or self.chance(0.5))):
                self.set(self.file, path, key, value)
            else:
                self.set(self.own, path, key, value)
                if self.has_file and key in ("from", "unless", "order") and self.chance(0.3):
                    self.set(self.file, path, key, {"from": "nowhere", "unless": "never", "order": "Absent"}[key])

    def element(self, path, key, element, only_file):
        if only_file or (self.has_file and (is_loose(element) or self.chance(0.4))):
            self.add(self.file, path, key, element)
            return
        self.add(self.own, path, key, element)
        if self.has_file and self.chance(0.4):
            self.add(self.file, path, key, self.decoy(key, element))

    def entity(self, entity, settings, parts=None):
        path = ["entities", entity]
        self.group(path, settings)
        for name, part in (parts or {}).items():
            self.group([*path, "parts", name], part)
            for key in ("fields", "skip"):
                own = {element[0] for element in part.get(key, [])}
                for element in settings.get(key, []):
                    if self.has_file and element[0] not in own and self.chance(0.2) \
                            and element in self.at(self.own, path).get(key, []):
                        # the job's entity overrules the file's part
                        self.add(self.file, [*path, "parts", name], key, self.decoy(key, element))
        if parts and self.has_file and self.chance(0.3):
            self.set(self.file, [*path, "parts", "ghost"], "from", "nowhere")

    def at(self, root, path):
        for step in path:
            root = root.get(step, {})
        return root
