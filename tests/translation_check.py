#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every message is translated, and every manual page: environment SRCDIR.

What to do where this fails: `make update-po` in the folder of the build, then translate what it counts as untranslated;
a page of man/ is changed together with its page of man/zh_CN/.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from counted import ROOT, check, counts, read

skipped = 0


# ---- messages


def entries(catalogue):
    """The messages of a catalogue with their translations, and the lines of comments before each."""
    found = {}
    string = r'((?:".*"\s*)+)'
    for block in catalogue.split("\n\n"):
        pair = re.search(rf"^msgid {string}msgstr {string}", block, flags=re.M)
        if pair:
            text, translated = ("".join(re.findall(r'"(.*)"', part)) for part in pair.groups())
            found[text] = (translated, [line for line in block.splitlines() if line.startswith("#")])
    return found


def check_messages():
    """Those of the sources, as they are now, are those of the catalogue."""
    po = read("po/zh_CN.po")
    check("\n#~" not in po, "po/zh_CN.po keeps messages that are no more: make update-po")
    catalogue = entries(po)
    catalogue.pop("")
    check(len(catalogue) > 800, "po/zh_CN.po was not understood: mend this check")
    for text, (translated, comments) in catalogue.items():
        check(translated != "", f"not translated: {text}")
        check(not any("fuzzy" in line for line in comments if line.startswith("#,")), f"not sure: {text}")
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "crmval.pot")
        subprocess.run([os.path.join(ROOT, "po/extract"), ROOT, template], check=True)
        with open(template, encoding="utf-8") as file:
            now = file.read()
        wanted = entries(now)
        wanted.pop("")
        for text in sorted(wanted.keys() - catalogue.keys()):
            check(False, f"not in po/zh_CN.po, run make update-po: {text}")
        for text in sorted(catalogue.keys() - wanted.keys()):
            check(False, f"no message any more, run make update-po: {text}")
        result = subprocess.run(["msgfmt", "--check", "-o", os.devnull, os.path.join(ROOT, "po/zh_CN.po")],
                                stderr=subprocess.PIPE, text=True, check=False)
        check(result.returncode == 0 and not result.stderr, "msgfmt: " + result.stderr)


# ---- bare texts

# Functions that show a text as it is, with the place of that text among their arguments.
SHOWING = {"html_text": 1, "html_element": 2, "screen_left": 2, "screen_right": 2, "screen_flow": 2, "report_heading": 1,
           "output_text": 1, "puts": 0, "fputs": 0}
# Files that write what only programs read, or what is no text of ours.
FOR_PROGRAMS = {"core/csv_out.c", "core/html.c", "core/json.c", "core/main.c", "core/report_change_csv.c",
                "core/report_conform.c", "core/report_csv.c", "core/report_prometheus.c", "core/report_worklist.c",
                "core/sensitivity_report.c", "core/trend_report.c", "core/worklist_line.c"}
SAME_EVERYWHERE = {"SHA-256", "CRMVAL UNKNOWN: ", "crmval: ", "zh", "zh-CN", "en"}


def arguments_at(text, start):
    """The arguments of a call, whose parenthesis was opened just before."""
    found, begin, depth, at = [], start, 0, start
    while at < len(text):
        if text[at] in "\"'":
            quote, at = text[at], at + 1
            while text[at] != quote:
                at += 2 if text[at] == "\\" else 1
        elif text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            if depth == 0:
                return found + [text[begin:at].strip()]
            depth -= 1
        elif text[at] == "," and depth == 0:
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    return found


def check_bare():
    """No text goes to people past gettext, and no sentence is put together from words that are not translated."""
    calls = 0
    for folder in ("core", "plugins/sources"):
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            path = folder + "/" + name
            if not name.endswith(".c") or name.startswith("demo"):
                continue
            source = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
            check(re.search(r'\? "" : "e?s"|\? "e?s" : ""', source) is None,
                  f"{path}: a plural that is put together: write both sentences")
            for match in re.finditer(r"\b(\w+)\(", source):
                if match[1] not in SHOWING or (path in FOR_PROGRAMS and match[1] in ("output_text", "puts", "fputs")):
                    continue
                words = arguments_at(source, match.end())
                calls += 1
                if len(words) <= SHOWING[match[1]]:
                    continue
                for text in re.findall(r'(?<![\w_(])"((?:[^"\\]|\\.)*)"', re.sub(r"\b[N_]*_\((?:[^()]|\([^()]*\))*\)", "",
                                                                               words[SHOWING[match[1]]])):
                    check(text in SAME_EVERYWHERE or not re.search(r"[A-Za-z]{2}", re.sub(r"\\.|%[\w.*]+", "", text)),
                          f"{path}: not translated: \"{text}\"")
    check(calls > 100, "the calls were not understood: mend this check")


# ---- plugins


def check_plugins():
    """In Chinese, our own plugins say nothing in English."""
    program = os.environ.get("CRMVAL")
    if not program:
        return
    sources = ("plugins/dimensions", "plugins/sources")
    names = [name[:-5] for folder in sources for name in os.listdir(os.path.join(ROOT, folder)) if name.endswith("_zh.h")]
    check(len(names) >= 8, "the plugins were not found")
    for name in sorted(names):
        page = subprocess.run([program, "plugin", "describe", name, "--language", "zh_CN"], stdout=subprocess.PIPE,
                              text=True, encoding="utf-8", check=True).stdout
        check(len(page.splitlines()) > 20, f"{name} is not described")
        for line in page.splitlines()[2:]:
            if re.search(r"[a-z]{2,} [a-z]{2,}", line):
                check(re.search(r"[\u4e00-\u9fff]", line) is not None, f"plugin {name}, not translated: {line.strip()}")


# ---- manual pages


def skeleton(page):
    """What a translation keeps: the sections, the tags of lists, the literal words."""
    lines = page.splitlines()
    return {
        "sections": [line.split()[0] for line in lines if re.match(r"\.S[hs]\b", line)],
        "tags": sorted(re.sub(r' Ta .*|[ "]', "", line) for line in lines if re.match(r"\.It (Fl|Cm|Ic|Va|Li|Vt|Ev|Pa)\b", line)),
        "references": sorted(set(re.findall(r"^\.Xr (\S+ \d)", page, flags=re.M))),
        "displays": page.count("\n.Bd "),
        "lists": page.count("\n.Bl "),
    }


def check_pages():
    names = sorted(name for name in os.listdir(os.path.join(ROOT, "man")) if re.search(r"\.[1-9]$", name))
    check(len(names) >= 6, "the manual pages were not found")
    for name in names:
        path = os.path.join("man/zh_CN", name)
        if not os.path.exists(os.path.join(ROOT, path)):
            check(False, f"{path} is missing")
            continue
        page, translated = skeleton(read("man/" + name)), skeleton(read(path))
        for what, value in page.items():
            other = translated[what]
            if what in ("tags", "references"):
                lacks = [tag for tag in value if value.count(tag) > other.count(tag)]
                check(not lacks, f"{path} lacks {what}: {', '.join(lacks)}")
                lacks = [tag for tag in other if other.count(tag) > value.count(tag)]
                check(not lacks, f"{path} has {what} that man/{name} has not: {', '.join(lacks)}")
            else:
                check(value == other, f"{path} has other {what} than man/{name}")


if shutil.which("xgettext"):
    check_messages()
else:
    print("skipped: xgettext is not installed")
    skipped += 1
check_bare()
check_plugins()
check_pages()
print(f"{counts[True]} passed, {counts[False]} failed, {skipped} skipped")
sys.exit(1 if counts[False] else 0)
