# SPDX-License-Identifier: MIT
"""Reads what abidiff says on standard input; complains of all but what a minor version may do: structs that begin with
their size, or hold it, grow at their end."""

import re
import sys

MAY_GROW = {"crmval_" + name for name in ("plugin", "source", "plan", "table", "rows", "sink", "batch", "dimension",
                                          "store", "part")}
# What leads to a change further down, and sums up.
WAY = (r"(Functions|Variables) changes summary: 0 Removed, \d+ Changed( \(\d+ filtered out\))?, 0 Added",
       r"\d+ (function|variable)s? with some", r"\[C\] '.*' (at .* )?has some indirect sub-type changes:",
       r"return type changed:", r"type of '.*' changed:", r"in .*type '.*'( at .*)?:",
       r"parameter \d+ of type '.*' has sub-type changes:", r"array element type '.*' changed:",
       r"\d+ data member (changes?|insertions?):", r"'.*' at offset .* has sub-type changes:")


def complaints(lines):
    struct, size = None, 0
    for line in map(str.strip, lines):
        inside = re.match(r"in .*type '(?:const )?(?:struct )?(\w+)'( at .*)?:", line)
        grown = re.match(r"type size changed from (\d+) to (\d+) \(in bits\)", line)
        inserted = re.match(r"'.*', at offset (\d+) \(in bits\)", line)
        if inside:
            struct, size = inside[1], 0
        elif grown:
            size = int(grown[1])
            if struct not in MAY_GROW or int(grown[2]) < size:
                yield "%s: %s" % (struct, line)
        elif inserted:
            if not size or int(inserted[1]) < size:
                yield "%s: inserted %s" % (struct, line)
        elif line and not any(re.match(way, line) for way in WAY):
            yield "%s: %s" % (struct, line)


found = list(complaints(sys.stdin))
print("\n".join(found))
sys.exit(1 if found else 0)
