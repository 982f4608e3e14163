# SPDX-License-Identifier: MIT
"""The places that sheets come from: a folder of CSV files, a Salesforce export."""

import glob
import os
import re
import zipfile

from sheet import Sheet, decode

PART = re.compile(r"WE_[0-9A-Za-z]+_([0-9]+)\.ZIP")


def listed(value):
    return [value] if isinstance(value, str) else list(value)


class CsvExport:
    """The source plugin csv."""

    def __init__(self, settings, folder):
        self.directory = os.path.join(folder, settings.get("directory", "."))

    def files(self, name, options):
        if "file" in options:
            return [path for pattern in listed(options["file"])
                    for path in sorted(glob.glob(os.path.join(self.directory, pattern)))]
        path = os.path.join(self.directory, name + ".csv")
        return [path] if os.path.exists(path) else []

    def sheet(self, name, options, **how):
        """The table of that name, None where there is none."""
        paths = self.files(name, options)
        if not paths:
            return None
        made = Sheet(**how)
        delimiter = options.get("delimiter", ",")
        for path in paths:
            with open(path, newline="", encoding=options.get("encoding", "utf-8-sig")) as stream:
                made.add_file(stream.read(), "\t" if delimiter == "tab" else delimiter)
        return made


class SalesforceExport:
    """The source plugin salesforce: archives in the order of their numbers, or a folder of the files in them."""

    def __init__(self, settings, folder):
        self.archives, self.folders = [], []
        for path in listed(settings["path"]):
            path = os.path.join(folder, path)
            if not os.path.isdir(path):
                self.archives.append(path)
                continue
            inside = [os.path.join(path, name) for name in os.listdir(path) if PART.fullmatch(name)]
            self.archives += inside
            self.folders += [] if inside else [path]
        self.archives.sort(key=lambda path: int(PART.fullmatch(os.path.basename(path)).group(1)))

    def contents(self, member):
        for path in self.archives:
            with zipfile.ZipFile(path) as archive:
                if member in archive.namelist():
                    yield archive.read(member)
        for folder in self.folders:
            path = os.path.join(folder, member)
            if os.path.exists(path):
                with open(path, "rb") as stream:
                    yield stream.read()

    def sheet(self, name, _, **how):
        contents = list(self.contents(name + ".csv"))
        if not contents:
            return None
        made = Sheet(**how)
        for content in contents:
            made.add_file(decode(content))
        return made


PLUGINS = {"csv": CsvExport, "salesforce": SalesforceExport}
