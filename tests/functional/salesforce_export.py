# SPDX-License-Identifier: MIT
"""Exports of an org in the forms in which Salesforce hands them out, and ZIP archives broken in known ways."""

import csv
import dataclasses
import io
import os
import re
import struct
import zipfile
import zlib

import kit

ORG = "00D000000000000EAA"
OTHER_ORG = "00D00000000000BEAQ"
NULL_ID = "000000000000000AAA"

# Objects whose rows Salesforce exports without the column IsDeleted.
UNDELETABLE = {"CurrencyType", "DatedConversionRate", "User", "UserRole"}
# Weekly exports write days as midnights; only the field's name tells them from moments.
DAYS = {"ActivityDate", "Birthdate", "CloseDate", "EffectiveDate", "EndDate", "LastActivityDate", "NextStartDate",
        "PurchaseDate", "ServiceDate", "StartDate"}
FLAG = re.compile(r"(Is|Has)[A-Z]")
NUMBERS = {"Amount", "AnnualRevenue", "ConversionRate", "Probability", "Quantity", "TotalPrice", "UnitPrice"}
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|\+0000)?\Z")


# ---- ids

def check_characters(short):
    """The three that follow the 15 of an id: which of each five are upper-case letters."""
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[sum((short[i + j] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") << j
                                                          for j in range(5))] for i in (0, 5, 10))


def ident(prefix, number):
    """The id of a record as exports have it: 18 characters."""
    short = "%sAb%010d" % (prefix, number)
    return short + check_characters(short)


def expanded(cell):
    """A cell in which 006#1 stands for the id of the first opportunity, and so on."""
    match = re.fullmatch(r"(\w{3})#(\d+)", cell)
    return ident(match[1], int(match[2])) if match else cell


def shortened(cell):
    """An id as some exports write it: without its check characters."""
    is_id = len(cell) == 18 and cell.isascii() and cell.isalnum() and check_characters(cell[:15]) == cell[15:]
    return cell[:15] if is_id else cell


# ---- the forms of a table

def weekly_cell(name, cell):
    """A cell of the API's form in that of the weekly export."""
    match = MOMENT.match(cell)
    if match:
        return "%s %s" % (match[1], match[2])
    if name in DAYS and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return cell + " 00:00:00"
    if FLAG.match(name):
        return {"": "0", "true": "1", "false": "0"}.get(cell, cell)
    return cell


def api_cell(name, cell):
    """A cell of the weekly export in the API's form."""
    match = MOMENT.match(cell)
    if match:
        return match[1] if name in DAYS else "%sT%s.000Z" % (match[1], match[2])
    if FLAG.match(name):
        return {"0": "false", "1": "true"}.get(cell, cell)
    if name in NUMBERS and re.fullmatch(r"-?\d+", cell):
        return cell + ".0"
    return cell


def weekly(header, rows, **form):
    """Every field in quotes, LF, a final newline, no byte order mark."""
    return kit.encode_table(header, rows, quoting=csv.QUOTE_ALL, **form)


def data_loader(header, rows, **form):
    """Names in upper case, true and false, days without midnight, moments in Zulu time, 500000.0."""
    converted = [[api_cell(name, cell) for name, cell in zip(header, row)] for row in rows]
    return kit.encode_table([name.upper() for name in header], converted, quoting=csv.QUOTE_ALL, **form)


def bulk(header, rows, delimiter=",", newline="\r\n", null="#N/A"):
    """As the Bulk API has it: a delimiter out of six, quotes where needed, #N/A for what is missing, exponents."""
    def cell_of(name, cell):
        cell = api_cell(name, cell)
        if name in NUMBERS and cell:
            cell = "%.17e" % float(cell)
        return cell if cell and cell != NULL_ID else null
    converted = [[cell_of(name, cell) for name, cell in zip(header, row)] for row in rows]
    return kit.encode_table(header, converted, delimiter=delimiter, newline=newline)


class Export:
    """The objects of an org, their cells as the weekly export writes them."""

    def __init__(self):
        self.objects = {}  # name: (header, rows)

    def add(self, name, header, *rows):
        """Header and rows as lists, or as texts with commas in them; 006#1 is an id; IsDeleted comes by itself."""
        header = header.split(",") if isinstance(header, str) else list(header)
        rows = [row.split(",") if isinstance(row, str) else list(row) for row in rows]
        if "IsDeleted" not in header and name not in UNDELETABLE:
            header, rows = header + ["IsDeleted"], [row + ["0"] for row in rows]
        for row in rows:
            assert len(row) == len(header), (name, row)
        self.objects[name] = (header, [[weekly_cell(column, expanded(cell)) for column, cell in zip(header, row)]
                                       for row in rows])
        return self

    def add_file(self, path):
        """An object out of a CSV file in the API's form."""
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        return self.add(os.path.basename(path)[:-len(".csv")], rows[0], *rows[1:])

    def changed(self, change):
        """The same org with change(name, header, rows) applied to each object; None drops it."""
        other = Export()
        for name, (header, rows) in self.objects.items():
            table = change(name, list(header), [list(row) for row in rows])
            if table:
                other.objects[name] = table
        return other

    def files(self, form=weekly, **how):
        """{"Account.csv": bytes, ...}."""
        return {name + ".csv": form(header, rows, **how) for name, (header, rows) in self.objects.items()}


def set_name(number, org=ORG):
    return "WE_%s_%d.ZIP" % (org, number)


def zipped(files, **how):
    """Files in an archive as any tool writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how.pop("method", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = how.pop("comment", b"")
    assert not how
    return out.getvalue()


class Pipe(io.RawIOBase):
    """What can only be written on and on."""

    def __init__(self):
        super().__init__()
        self.content = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.content += data
        return len(data)


def streamed(files, is_large=True):
    """As a server writes it that does not know the sizes beforehand: data descriptors, of 64 bits if large."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=is_large) as member:
                member.write(content)
    return bytes(pipe.content)


# ---- archives byte by byte

def deflated(content):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


@dataclasses.dataclass
class Member:
    """A member of an archive; what is set beyond name and content is what the archive says, true or not."""
    name: str
    content: bytes
    method: int = 8
    packed: bytes = None       # the bytes as they lie in the archive
    flags: int = 0
    crc: int = None
    size: int = None
    packed_size: int = None
    offset: int = None         # where the directory says that it lies
    extra: bytes = b""
    padding: bytes = b""       # behind it
    is_written: bool = True    # False: only the directory knows it
    is_zip64: bool = False     # sizes and offset stand in the extra field of the directory
    local_name: str = None

    def __post_init__(self):
        if self.packed is None:
            self.packed = deflated(self.content) if self.method == 8 else self.content
        self.crc = zlib.crc32(self.content) if self.crc is None else self.crc
        self.size = len(self.content) if self.size is None else self.size
        self.packed_size = len(self.packed) if self.packed_size is None else self.packed_size

    def local(self):
        """Local header and data."""
        name = (self.local_name or self.name).encode()
        return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, self.flags, self.method, 0, 0x5A21, self.crc,
                           self.packed_size, self.size, len(name), len(self.extra)) + name + self.extra + self.packed

    def entry(self, offset):
        """Its entry in the directory."""
        name, extra = self.name.encode(), self.extra
        packed_size, size = self.packed_size, self.size
        if self.is_zip64:
            extra += struct.pack("<HHQQQ", 1, 24, size, packed_size, offset)
            packed_size = size = offset = 0xFFFFFFFF
        return struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 45 if self.is_zip64 else 20, 20, self.flags, self.method,
                           0, 0x5A21, self.crc, packed_size, size, len(name), len(extra), 0, 0, 0, 0,
                           offset) + name + extra


def archive(*members, before=b"", comment=b"", is_zip64=False, entries=None):
    """An archive of members as they are; entries: how many the directory's end says there are."""
    body, directory = bytearray(before), bytearray()
    for member in members:
        offset = len(body) if member.offset is None else member.offset
        directory += member.entry(offset)
        if member.is_written:
            body += member.local() + member.padding
    count, start = len(members) if entries is None else entries, len(body)
    end = b""
    if is_zip64:
        end += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start)
        end += struct.pack("<4sIQI", b"PK\6\7", 0, start + len(directory), 1)
        count, start, size = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    else:
        size = len(directory)
    end += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, start, len(comment)) + comment
    return bytes(body + directory + end)


def encrypted(name, content):
    """A member with a password, by the old method: without it, 12 bytes and what looks like noise."""
    packed = bytes(range(12)) + deflated(content)[::-1]
    return Member(name, content, packed=packed, flags=1)


def encrypted_aes(name, content):
    """The same by AES: method 99, which says what the method is in an extra field."""
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 1, b"AE", 3, 8)
    return Member(name, content, packed=bytes(28) + deflated(content)[::-1], method=99, flags=1, extra=extra)


def overlapping(outer, inner, how="quoted", padding=0):
    """Members of which one lies in the other.

    same: two entries lead to one local header; quoted: the one that is stored has the whole of the other in its data;
    tail: the outer one's data end within the inner one's.  padding: bytes that nobody has, so that the sum of sizes
    does not exceed the file's.
    """
    hidden = inner.local()
    if how == "same":
        twin = dataclasses.replace(outer, name=inner.name, offset=0, is_written=False)
        return archive(dataclasses.replace(outer, padding=bytes(padding)), twin)
    whole = outer.content + hidden if how == "quoted" else outer.content + hidden[:len(hidden) // 2]
    carrier = Member(outer.name, whole, method=0)
    place = len(carrier.local()) - (len(whole) - len(outer.content))
    rest = hidden[len(whole) - len(outer.content):]
    return archive(dataclasses.replace(carrier, padding=rest + bytes(padding)),
                   dataclasses.replace(inner, offset=place, is_written=False))


def cut(content, place):
    """An archive that ends too early: in a member's data, in the directory, or before the directory's end."""
    at = {"data": content.index(b"PK\1\2") // 2, "directory": content.rindex(b"PK\1\2") + 30,
          "end": content.rindex(b"PK\5\6"), "last": len(content) - 5}[place]
    return content[:at]


# ---- jobs over exports

class Case(kit.Case):
    def export_job(self, path, entities="", more="", **job):
        source = '{ plugin = "salesforce"; path = %s; %s entities = { %s }; }' % (kit.quoted(path), more, entities)
        return self.job([source], **job)

    def write_folder(self, folder, files):
        for name, content in files.items():
            self.write("%s/%s" % (folder, name), content)
        return folder
