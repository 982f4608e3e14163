# SPDX-License-Identifier: MIT
"""The figures as a page of Markdown."""
import os
import platform
import re

INTRODUCTION = """# How fast

*Written by `make bench`; not by hand.*

crmval and what else there is, on the same files, doing the same work: the whole evaluation of the demo job, that is all
measures of the model, for the period and the baseline, for the company and each unit of four breakdowns (team, employee,
region, size class). The SQL is in [`tests/bench/evaluation.py`](../tests/bench/evaluation.py): references are joined once,
each table of facts is passed once for all of its measures and both windows. **No time counts before the results are the
same**: rows, numerator and denominator of each measure, window and unit.

The comparison leans to the engines' side:

- Their results end at numerators and denominators. crmval also gives standard errors, scores with intervals, before and
  gained, and counts of odd cells; it checks ids and references, and runs each dimension in a confined process. Its time
  ends when its result (`--format csv`) is written.
- The data are made clean for them (`tests/bench/clean.py`): no second row of an id, no reference to nobody, no cell that is
  not of its type, so that types can be declared and keys trusted. crmval does not know that, and tries each cell.
- "At its best" is CSV into temporary tables of just the columns that are needed, with declared types and insertion order
  off. "Loaded before" has its own database file, and queries only. SQLite and PostgreSQL run without durability.
- Neither hashes its inputs (`limits.hash_inputs = "never"`); what that costs is in the last table.

%s

Figures are medians of pairs, one run of crmval and one of the other in turns; ratios are medians of the ratios within
pairs, so that what else a machine does weighs on both. Seconds are of the wall; CPU is that of all processes and threads,
memory the peak of all processes, with what they share counted once, from a run of its own.
"""
ENGINES = ("| %s | threads | its seconds | crmval's | ratio | CPU ratio | its MiB | crmval's | ratio | results equal | "
           "pairs |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
FLOORS = ("| %s | threads | its seconds | crmval's | crmval takes | crmval's CPU seconds | CPU ratio | pairs |\n"
          "| --- | --: | --: | --: | --: | --: | --: | --: |")
SELF = ("| %s | seconds | CPU seconds | MiB | against no breakdown | CPU | memory | pairs |\n"
        "| --- | --: | --: | --: | --: | --: | --: | --: |")


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        cpu = stream.read()
    with open("/proc/meminfo", encoding="ascii") as stream:
        memory = int(re.search(r"MemTotal: +(\d+)", stream.read())[1]) / 2 ** 20
    name = re.search(r"model name\s*: (.*)", cpu)
    widest = next((flag for flag in ("avx512bw", "avx2") if re.search(r"\b%s\b" % flag, cpu)), "neither AVX2 nor AVX-512")
    return "%s (family %s, %s), %d cores, %.0f GiB of memory, Linux %s" % (
        name[1] if name else platform.machine(), (re.search(r"cpu family\s*: (\d+)", cpu) or ["", "?"])[1], widest,
        os.cpu_count(), memory, ".".join(platform.release().split(".")[:2]))


def number(value):
    """With some three figures."""
    if value is None:
        return "–"
    return "%.*f" % (0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3, value)


def engine_line(name, threads, row):
    ours, peer, ratio = row["ours"], row["peer"], row["ratio"]
    return "| %s | %d | %s | %s | **%s** | **%s** | %s | %s | %s | %s | %d |" % (
        name, threads, number(peer["wall"]), number(ours["wall"]), number(ratio["wall"]), number(ratio["cpu"]),
        number(peer["memory"]), number(ours["memory"]), number(ratio.get("memory")),
        "{:,}".format(row["checked"]) if row["checked"] else "–", row["runs"])


def floor_line(name, threads, row):
    ours, peer, ratio = row["ours"], row["peer"], row["ratio"]
    return "| %s | %d | %s | %s | **%s** | %s | %s | %d |" % (
        name, threads, number(peer["wall"]), number(ours["wall"]), number(1 / ratio["wall"]), number(ours["cpu"]),
        number(1 / max(ratio["cpu"], 1e-6)), row["runs"])


def self_line(name, row):
    peer, ratio = row["peer"], row["ratio"]
    return "| %s | %s | %s | %s | **%s** | %s | %s | %d |" % (
        name, number(peer["wall"]), number(peer["cpu"]), number(peer["memory"]), number(ratio["wall"]), number(ratio["cpu"]),
        number(ratio.get("memory")), row["runs"])


def is_floor(name):
    return name.startswith(("cat", "inflating"))


def pick(figures, case, scale=None):
    return {key: row for key, row in figures.rows.items() if key[0] == case and scale in (None, key[1])}


def tables(rows, what):
    """The engines' table and that of what cannot be beaten, of one case."""
    lines = []
    for head, line, wanted in ((ENGINES, engine_line, False), (FLOORS, floor_line, True)):
        chosen = [(key, row) for key, row in rows.items() if is_floor(key[3]) == wanted]
        if chosen:
            lines += [head % what, *(line(key[3], key[2], row) for key, row in sorted(
                chosen, key=lambda pair: -pair[0][2])), ""]
    return lines


def short(figures):
    """Each engine on the largest files that it was given, all threads: what README repeats."""
    lines = ["| against | on | its time | its CPU time | its memory |", "| --- | --: | --: | --: | --: |"]
    rows = pick(figures, "csv")
    names = {key[3]: None for key in rows if not is_floor(key[3])}
    for name in names:
        key = max((key for key in rows if key[3] == name), key=lambda key: key[1:3])
        ratio = rows[key]["ratio"]
        lines.append("| %s | %.0f MB | %s times ours | %s times | %s times |" % (
            name, figures.facts["size-%d" % key[1]] / 1e6, number(ratio["wall"]), number(ratio["cpu"]),
            number(ratio.get("memory"))))
    return lines


def text(figures):
    facts = figures.facts
    dates = sorted({row["date"] for row in figures.rows.values()})
    there = "Machine: %s. Date: %s. Peers: %s." % (machine(), " to ".join(sorted({dates[0], dates[-1]})),
                                                  ", ".join(facts["versions"].values()))
    loads = sorted(row.get("load", 0) for row in figures.rows.values())
    there += (" Load of the machine while measuring, the bench itself included (about its threads): %.0f to %.0f, %.0f in "
              "the middle." % (loads[0], loads[-1], loads[len(loads) // 2]))
    if facts["absent"]:
        there += " Not there: %s." % "; ".join("%s (%s)" % pair for pair in sorted(facts["absent"].items()))
    if any(key[3] == "Polars" for key in figures.rows):
        there += (" Polars does 40 of the 43 measures: its SQL has no subquery that looks at the row around it, which the "
                  "three of employee growth take.")
    lines = [INTRODUCTION % there, "## In short", "", *short(figures), ""]
    for scale in sorted({key[1] for key in pick(figures, "csv")}):
        size = facts.get("size-%d" % scale, 0) / 1e6
        lines += ["## CSV, %.0f MB (`crmval demo --scale %d`), files in the page cache" % (size, scale), ""]
        lines += tables(pick(figures, "csv", scale), "peer")
    for case, title in (("cold", "CSV, files not in the page cache"), ("gz", "Gzipped CSV, files in the page cache"),
                        ("zip", "Salesforce weekly export, ZIP"), ("sqlite", "A SQLite database"),
                        ("postgresql", "A PostgreSQL database")):
        rows = pick(figures, case)
        for scale in sorted({key[1] for key in rows}, key=str):
            lines += ["## %s, %s" % (title, scale if isinstance(scale, str) else "scale %d" % scale), ""]
            lines += tables(pick(figures, case, scale), "peer")
    rows = pick(figures, "self")
    if rows:
        lines += ["## What crmval costs itself", ""]
        for scale in sorted({key[1] for key in rows}):
            if scale == 1:
                row = rows[next(key for key in rows if key[1] == 1)]
                lines += ["The demo data of scale 1 take %.0f ms of CPU and %.0f ms of the wall, five dimensions in "
                          "confined processes included." % (row["ours"]["cpu"] * 1000, row["ours"]["wall"] * 1000), ""]
                continue
            mine = pick(figures, "self", scale)
            lines += [SELF % ("at scale %d, %d threads" % (scale, max(key[2] for key in mine))),
                      *(self_line(key[3], row) for key, row in mine.items()), ""]
    return "\n".join(lines).rstrip() + "\n"


def write(figures, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as stream:
        stream.write(text(figures))
    os.replace(path + ".part", path)
