# SPDX-License-Identifier: MIT
"""A table as its source has it: named columns, rows of texts, read from the bytes of one or more CSV files.

DECISIONS where the specification leaves room, with the other reading in brackets:
 1. Where case is ignored, a column of exactly that name goes before others; else the first counts.
 2. A file without any of the delimiters behind its first header name has one column.
 3. A file that ends within a character is not UTF-8.  [The end of the file is an edge like those of blocks.]
 4. Of a table in several files the columns are those of all files; a cell of a column that a file lacks is missing.
"""

import csv
import io

from load import LOWER, WHITE

DELIMITERS = ",;\t|^`"
BLOCK = 1 << 20
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
         (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

csv.field_size_limit(1 << 30)


def is_utf8(block, is_last):
    """Whether a block is UTF-8, but for a character that its end cuts where more follows.  Its start cuts none: the
    block before would have had the first byte of it, and decided."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and not is_last
    return True


def windows_1252(content):
    """Bytes as windows-1252, those without a character there as ISO-8859-1."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in content)


def decode(content):
    """A file's text: by its byte order mark, else by the first block with a byte that is not ASCII."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content[len(mark):].decode(encoding)
    for start in range(0, len(content), BLOCK):
        block = content[start:start + BLOCK]
        if not block.isascii():
            sound = is_utf8(block, start + BLOCK >= len(content))
            return content.decode("utf-8", "surrogateescape") if sound else windows_1252(content)
    return content.decode("ascii")


def find_delimiter(text):
    """The first of the delimiters behind the first header name."""
    place = 0
    text = text.lstrip("\r\n")
    if text.startswith('"'):
        place = 1
        while place < len(text) and (text[place] != '"' or text[place + 1:place + 2] == '"'):
            place += 2 if text[place] == '"' else 1
    for character in text[place:].partition("\n")[0]:
        if character in DELIMITERS:
            return character
    return ","


class Sheet:
    """Rows are lists in the order of columns; texts are trimmed when they are asked for."""

    def __init__(self, ignore_case=False, nulls=()):
        self.columns = []
        self.rows = []
        self.blank = self.rejected = 0
        self.ignore_case = ignore_case
        self.nulls = frozenset(nulls)
        self.places = {}

    def add_file(self, text, delimiter=None):
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter or find_delimiter(text))
        header = None
        for record in reader:
            if not record:
                self.blank += 1
            elif header is None:
                header = [name.strip(WHITE) for name in record]
                self.columns += [name for name in header if name not in self.columns]
                places = [self.columns.index(name) for name in header]
            elif len(record) != len(header):
                self.rejected += 1
            else:
                row = [""] * len(self.columns)
                for place, cell in zip(places, record):
                    row[place] = cell
                self.rows.append(row)

    def fold(self, name):
        return name.translate(LOWER) if self.ignore_case else name

    def place(self, name):
        """The place of a column, None where there is none of that name."""
        if name not in self.places:
            like = [place for place, column in enumerate(self.columns) if self.fold(column) == self.fold(name)]
            same = [place for place in like if self.columns[place] == name]
            self.places[name] = (same or like or [None])[0]
        return self.places[name]

    def has(self, name):
        return self.place(name) is not None

    def cell(self, row, name):
        """The trimmed text of a cell, None where it is missing."""
        place = self.place(name)
        text = row[place].strip(WHITE) if place is not None and place < len(row) else ""
        return None if text == "" or text in self.nulls else text
