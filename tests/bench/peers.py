# SPDX-License-Identifier: MIT
"""The programs that crmval is held against: found, or put into a folder of the build tree; or absent, for a reason."""
import glob
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "functional"))

import database  # noqa: E402

NOT_ASKED_FOR = "not asked for"


class Absent(Exception):
    pass


def attempt(words, folder):
    """Runs an installer."""
    try:
        done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
                              check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(str(error)) from error
    if done.returncode:
        raise Absent((done.stderr.strip().splitlines() or ["%s failed" % words[0]])[0])


def from_npm(cache, package, pattern):
    """A file of a package."""
    if not glob.glob(os.path.join(cache, "node_modules", pattern)):
        attempt(["npm", "install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", package], cache)
    found = glob.glob(os.path.join(cache, "node_modules", pattern))
    if not found:
        raise Absent("%s has nothing for this machine" % package)
    return found[0]


def from_debian(cache, program, *packages):
    """A program that is installed, or unpacked from packages without being."""
    unpacked = os.path.join(cache, "debian", "usr", "bin", program)
    if shutil.which(program):
        return shutil.which(program)
    if not os.path.exists(unpacked):
        for package in packages:
            attempt(["apt-get", "download", package], cache)
            for archive in glob.glob(os.path.join(cache, package + "_*.deb")):
                attempt(["dpkg", "-x", archive, os.path.join(cache, "debian")], cache)
    if not os.path.exists(unpacked):
        raise Absent("no %s in %s" % (program, " ".join(packages)))
    return unpacked


def version(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip().splitlines()[0]


class Peers:
    """Each peer's place and version, or why there is none."""

    def __init__(self, cache, wanted):
        self.cache, self.places, self.versions, self.absent = cache, {}, {}, {}
        os.makedirs(cache, exist_ok=True)
        for name in ("duckdb", "sqlite", "postgresql", "miller", "igzip", "libdeflate", "gzip", "polars"):
            if name not in wanted:
                self.absent[name] = NOT_ASKED_FOR
                continue
            try:
                self.places[name], self.versions[name] = getattr(self, name)()
            except Absent as reason:
                self.absent[name] = str(reason)

    def __contains__(self, name):
        return name in self.places

    def duckdb(self):
        library = from_npm(self.cache, "@duckdb/node-api", "@duckdb/node-bindings-linux-*/libduckdb.so")
        return library, "DuckDB " + version(sys.executable, os.path.join(HERE, "engine_duckdb.py"), library)

    def sqlite(self):
        program = from_debian(self.cache, "sqlite3")
        return program, "SQLite " + version(program, "--version").split()[0]

    def postgresql(self):
        if not database.programs() or not shutil.which("psql"):
            raise Absent("not installed")
        return database.programs(), version(os.path.join(database.programs(), "postgres"), "--version").replace(
            "postgres (PostgreSQL)", "PostgreSQL")

    def miller(self):
        program = from_debian(self.cache, "mlr", "miller")
        return program, "Miller " + version(program, "--version").split()[1]

    def igzip(self):
        program = from_debian(self.cache, "igzip", "isal")
        return program, "ISA-L " + version(program, "--version").split()[-1]

    def libdeflate(self):
        program = from_debian(self.cache, "libdeflate-gunzip", "libdeflate-tools", "libdeflate0")
        libraries = glob.glob(os.path.join(self.cache, "debian", "usr", "lib", "*", "libdeflate.so.0"))
        words = ["env", "LD_LIBRARY_PATH=" + ":".join(map(os.path.dirname, libraries)), program]
        return " ".join(words), "libdeflate " + version(*words, "-V").split()[-1].lstrip("v")

    def gzip(self):
        program = from_debian(self.cache, "gzip")
        return program, version(program, "--version")

    def polars(self):
        place = from_npm(self.cache, "nodejs-polars", "nodejs-polars")
        native = "nodejs-polars-linux-%s-gnu" % {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "none")
        # npm leaves it out where the package asks for a newer node than there is, though it works.
        wanted = version("node", "-p", "require('%s/package.json').version" % place)
        from_npm(self.cache, "%s@%s" % (native, wanted), native + "/*.node")
        return place, "Polars (nodejs-polars %s)" % wanted
