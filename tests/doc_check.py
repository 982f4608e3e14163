#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the manual page of the plugin contract, and the test that freezes it, against the header."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from counted import ROOT, check, counts, read


def header_names(header):
    """The structs with their members, and all constants."""
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    structs = {}
    for name, body in re.findall(r"\nstruct (\w+) \{(.*?)\};", code, flags=re.S):
        members = []
        for declaration in body.split(";"):
            # A member's name stands before a comma, a bracket, or the end; a function's in (*name).
            function = re.search(r"\(\*(\w+)\)", declaration)
            if function:
                members.append(function.group(1))
            else:
                members += re.findall(r"(\w+)\s*(?:\[\w+\])?\s*(?:,|$)", declaration.strip())
        structs[name] = members
    constants = set(re.findall(r"\bCRMVAL_\w+", code)) - {"CRMVAL_PLUGIN_H"}
    return structs, constants


def page_sections(page):
    """The page's text by `.Ss` (and, where there is none, `.Sh`) heading."""
    parts = re.split(r"^\.S[hs] (.*)$", page, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def member_tags(section):
    """The tags of a struct's list: a member that only another one's text mentions is not described."""
    one_line = r"^\.It Vt .*$"
    several_lines = r"^\.It Xo$.*?^\.Xc$"
    return "\n".join(re.findall(f"{one_line}|(?s:{several_lines})", section, flags=re.M))


def check_names(structs, constants, page, frozen):
    sections = page_sections(page)
    for struct, members in structs.items():
        heading = "struct " + struct
        check(heading in sections, f"crmval-plugin.3 has no section on {heading}")
        tags = member_tags(sections.get(heading, ""))
        for member in members:
            check(re.search(rf"\b{member}\b", tags) is not None, f"crmval-plugin.3 does not describe {struct}.{member}")
            check(f"FIELD({struct}, {member}," in frozen, f"tests/abi.c does not freeze {struct}.{member}")
        check(f"SIZE({struct}," in frozen, f"tests/abi.c does not freeze the size of {struct}")
    for constant in sorted(constants):
        check(re.search(rf"\b{constant}\b", page) is not None, f"crmval-plugin.3 does not mention {constant}")
        if constant != "CRMVAL_EXPORT":
            check(f"CONSTANT({constant}," in frozen, f"tests/abi.c does not freeze {constant}")
    for name in sorted(set(re.findall(r"\bCRMVAL_[A-Z_]+\b", page)) - constants):
        check(name == "CRMVAL_PLUGIN_PATH", f"crmval-plugin.3 mentions {name}, which the header does not have")


def check_example(page):
    """The page's example is what vendors copy: it must compile, import nothing, and be as short as we say."""
    example = page_sections(page)["EXAMPLES"].split(".Bd -literal\n")[1].split(".Ed\n")[0].replace("\\e", "\\")
    compiler = shutil.which("cc") or shutil.which("gcc")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "punctuality.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(example)
        command = [compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
                   "-Wl,-z,defs", "-I" + os.path.join(ROOT, "core"), "-o", os.path.join(folder, "punctuality.so"), source]
        result = subprocess.run(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, check=False)
        check(result.returncode == 0, "the example of crmval-plugin.3 does not compile:\n" + result.stdout)
    lines = sum(1 for line in example.splitlines() if line.strip())
    check(lines < 60, f"the example of crmval-plugin.3 has {lines} lines")


def main():
    page = read("man/crmval-plugin.3")
    structs, constants = header_names(read("core/crmval/plugin.h"))
    check(len(structs) > 15 and len(constants) > 50, "the header's names were not found: mend this check")
    check_names(structs, constants, page, read("tests/abi.c"))
    check_example(page)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


sys.exit(main())
