#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hand-worked mappings of the reference: expressions, ids, lookups, parts, Salesforce exports."""

import os
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dates
import expression
import ident
import libconfig
import load
import sheet
import source
from mapping import merge


def table(text, **how):
    """A sheet from lines divided by ;."""
    made = sheet.Sheet(**how)
    made.add_file(text.replace(";", "\n"), ",")
    return made


def value(text, row="", header="A,B,C", currency=None):
    made = table(header + ";" + row)
    cells = made.rows[0] if made.rows else []
    return expression.Scope(made, {}, currency).value(expression.parse(text), cells)


def available(text, header="A,B"):
    return expression.Scope(table(header), {}, None).available(expression.parse(text))


class Folder(unittest.TestCase):
    """Files to read from."""

    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = self.holder.name
        self.addCleanup(self.holder.cleanup)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as stream:
            stream.write(text.replace(";", "\n") + "\n")

    def read(self, settings, **job):
        job.setdefault("sources", [{"plugin": "csv", **settings}])
        return source.read(job, self.folder)

    def cells(self, data, entity, *fields):
        return [tuple(row[field] for field in fields) for row in data.rows(entity)]


class Expressions(unittest.TestCase):
    def test_literals_and_columns(self):
        self.assertEqual(value("'it''s'"), "it's")
        self.assertEqual(value("12.50"), "12.50")
        self.assertEqual((value("true"), value("null"), value("' '")), ("true", None, None))
        self.assertEqual(value("A", " x , ,"), "x")
        self.assertIsNone(value("B", "x, ,"))
        self.assertEqual(value("[Deal Value]", "7", header="Deal Value"), "7")
        self.assertEqual(value("a.b", "7", header="a.b"), "7")
        self.assertEqual((value("$currency", currency="Eur"), value("$currency")), ("EUR", None))

    def test_arithmetic(self):
        self.assertEqual(value("1 + 2 * 3 - 4 / 8"), "6.5")  # 1 + 6 - 0.5
        self.assertEqual(value("-2 * -(3 + 1)"), "8")
        self.assertEqual(value("8 / 4 / 2"), "1")
        self.assertEqual(value("A + B", "1e2,.5,"), "100.5")
        self.assertEqual(value("0.1 + 0.2"), "0.30000000000000004")
        for text in ("A / 0", "A + B", "A * 'x'", "A * 9223372036854775808", "1 / 3 * null"):
            self.assertIsNone(value(text, "1,,"), text)
        self.assertIsNone(value("A * 2", "4611686018427387904,,"))  # is 2^63
        self.assertEqual(value("A - A", "-5,,"), "0")

    def test_comparisons(self):
        for text in ("10 > 9", "'10' > '9'", "9 != '-'", "1.0 = 1", "A = 'x'", "'a' < 'b'", "'B' < 'a'",
                     "concat(' ', A, ' ', B, '.') = 'x .'",
                     "'2025-01-02 03:00' > '2025-01-02'", "A != 'y'", "A in ('y', 'x')", "1 in (null, '1.0')",
                     "A not in ('y', null)", "not B = 'x'", "not B != 'x'", "A <= 'x' and A >= 'x'",
                     "B = 'x' or A = 'x'", "not A = 'y' and A = 'x'", "true or false and false"):
            self.assertEqual(value(text, "x,,"), "true", text)
        for text in ("B = ''", "B != 'x'", "B in ('x')", "B not in ('x')", "null = null", "A not in ('x')",
                     "not (A = 'x')", "'9223372036854775808' = '9223372036854775808.0'",
                     "'10a' > '9'", "9 < '-'", "'10%' >= 50", "'-' < 9",
                     "(true or false) and false", "A", "not 'yes'"):
            self.assertIn(value(text, "x,,"), ("false", "x"), text)

    def test_conditions_that_are_values(self):
        for text, holds in (("'Yes'", 1), ("'T'", 1), ("1", 1), ("1.0", 0), ("0", 0), ("'on'", 0), ("null", 0),
                            ("(1 = 2)", 0), ("'true'", 1)):
            self.assertEqual(value("if(%s, 'a', 'b')" % text), "a" if holds else "b", text)
        self.assertIsNone(value("if(false, 'a')"))

    def test_functions(self):
        self.assertEqual(value("coalesce(A, B, 'z')", ",b,"), "b")
        self.assertEqual(value("concat(A, '-', B)", "a,,"), "a-")
        self.assertIsNone(value("concat(A, B)", ",,"))
        self.assertEqual(value("coalesce(A = 'x', 'z')", ",,"), "false")
        self.assertEqual(value("if(A = 'x', if(B, 1, 2), 3)", "x,no,"), "2")

    def test_refused(self):
        for text in ("", "A +", "A = B = C", "if(A)", "coalesce()", "A in ()", "A not B", "(A", "A B", "'x", "x)",
                     "and", "in", "-", "[A", "$money", "A == B", "'" + "x" * 4096 + "'", "(" * 65 + "A" + ")" * 65):
            with self.assertRaises(expression.BadExpression, msg=text):
                expression.parse(text)

    def test_availability(self):
        for text in ("A", "'x'", "$currency", "coalesce(X, A)", "concat(X, A)", "X or A", "X and A", "if(A, X, B)",
                     "if(A, B, X)", "if(A, B)", "not A", "-A", "A in (X)", "null", "1 + A"):
            self.assertTrue(available(text), text)
        for text in ("X", "coalesce(X, Y)", "if(X, A, B)", "if(A, X)", "if(A, X, Y)", "not X", "-X", "A + X", "X = A",
                     "A = X", "X in (A)", "a"):
            self.assertFalse(available(text), text)

    def test_what_is_unavailable_is_missing(self):
        self.assertEqual(value("coalesce(X = 1, 'z')"), "z")
        self.assertEqual(value("coalesce(if(X, 'a', 'b'), 'c')"), "c")
        self.assertEqual(value("A = 'x' or not X = 1", "y,,"), "false")
        self.assertEqual(value("A in (X, 'x')", "x,,"), "true")


class Ids(unittest.TestCase):
    def test_check_characters(self):
        # groups 00DA0, 00000, 000aB: bits 2 and 3 -> 4 + 8 = 12 = M; 0 = A; bit 4 = 16 = Q
        self.assertEqual(ident.salesforce("00DA000000000aB"), "00DA000000000aBMAQ")
        self.assertEqual(ident.salesforce("00DA000000000aBMAQ"), "00DA000000000aBMAQ")
        self.assertEqual(ident.salesforce("ABCDEABCDEABCDE"), "ABCDEABCDEABCDE555")  # all five bits: 31 = 5
        for text in ("00DA000000000aBMAA", "00DA000000000aBmaq"):
            with self.assertRaises(load.Unreadable):
                ident.salesforce(text)
        self.assertIsNone(ident.salesforce("000000000000000AAA"))
        self.assertIsNone(ident.salesforce("000000000000000"))
        for text in ("abc", "00DA000000000a-", "00DA000000000é00", "0" * 17):
            self.assertEqual(ident.salesforce(text), text)


class Texts(unittest.TestCase):
    def test_libconfig(self):
        text = 'a = { b = "x\\"y" "z"; c: ( 1, 2.5, ("p", "q") ) # no\n d = [ true ] }; /* no; */ // no\n e = "#";'
        self.assertEqual(libconfig.parse(text), {"a": {"b": 'x"yz', "c": [1.0, 2.5, ["p", "q"]], "d": [True]},
                                                 "e": "#"})
        value_ = {"a": {"b": 'x"\\y\n', "c": [["p", ["q"]]], "d": True, "e": 2.5, "f": 3.0}}
        self.assertEqual(libconfig.parse("v = " + libconfig.write(value_))["v"], value_)

    def test_merge(self):
        weak = {"a": {"fields": [["x", "1"], ["y", "2"]], "nulls": ["n"], "k": 1}, "b": 2}
        strong = {"a": {"fields": [["z", "3"], ["x", "4"]], "nulls": []}, "b": 5}
        self.assertEqual(merge(weak, strong), {"a": {"fields": [["x", "4"], ["y", "2"], ["z", "3"]], "nulls": [],
                                                     "k": 1}, "b": 5})

    def test_encodings(self):
        self.assertEqual(sheet.decode("é".encode()), "é")
        self.assertEqual(sheet.decode(b"\xe9\x80\x81"), "\u9001")  # UTF-8 by chance
        self.assertEqual(sheet.decode(b"\xe9,\x80\x81"), "é,€\x81")
        self.assertEqual(sheet.decode(b"a\xe9"), "aé")  # the end of the file cuts nothing
        self.assertEqual(sheet.decode(b"\xef\xbb\xbfa"), "a")
        self.assertEqual(sheet.decode("é".encode("utf-16")), "é")
        block = sheet.BLOCK
        cut = b"a" * (block - 1) + "é".encode()
        self.assertEqual(sheet.decode(cut)[-1], "é")  # the first block ends within a character
        # the first block with a byte that is not ASCII decides, whatever comes later
        self.assertEqual(sheet.decode(b"a" * block + "é".encode() + b"b" * block + b"\xe9")[block], "é")
        self.assertEqual(sheet.decode(b"a" * block + b"\xe9b" + b"b" * block + "é".encode())[-2:], "Ã©")

    def test_delimiters(self):
        for text, delimiter in (("Id;Name,x\n", ";"), ('"I;d"|x', "|"), ('"a""b,"^c', "^"), ("Id\n1;2", ","),
                                ("Id\tName", "\t"), ("Id`a", "`")):
            self.assertEqual(sheet.find_delimiter(text), delimiter, text)

    def test_dates(self):
        day = load.parse_day("2025-02-01")
        for text, form in (("01/02/2025", "%d/%m/%Y"), ("2/1/25 03:04", "%m/%d/%y"), ("1 Feb 2025", "%d %b %Y"),
                           ("02/01/25 08:55 PM", "%m/%d/%y %I:%M %p")):
            self.assertEqual(dates.parse(text, form), day, text)
        self.assertEqual(dates.parse("1.1.69", "%d.%m.%y"), load.parse_day("1969-01-01"))
        for text in ("2025-02-01", "31/02/2025", "01/02/2025x"):
            with self.assertRaises(load.Unreadable):
                dates.parse(text, "%d/%m/%Y")


class Mappings(Folder):
    def test_fields(self):
        self.write("account.csv", "Key,NAME,region,owner;a,x,East,e1;b,N/A,N/A,;c, N/A ,n/a,")
        data = self.read({"ignore_case": True, "nulls": ["N/A"], "entities": {"account": {
            "fields": [["id", "key"], ["owner", ""], ["industry", "=concat(region, '!')"], ["key_market", "=Gone"]],
            "values": [["region", [["East", "Orient"], ["", "None"]]]]}}})
        self.assertEqual(self.cells(data, "account", "id", "name", "region", "industry"),
                         [("a", "x", "Orient", "East!"), ("b", None, "None", "!"), ("c", None, "n/a", "n/a!")])
        self.assertEqual(data.counts(0)["account"]["missing_fields"],
                         ["owner", "size_class", "key_market", "churned_on"])

    def test_skip(self):
        self.write("account.csv", "id,gone,name;a,1,x;b,0,x;b,1,y;c,0,y;,TRUE,y;b,no,z")
        data = self.read({"entities": {"account": {"skip": [["deleted", "gone"], ["y", "name = 'y'"], ["no", "X"],
                                                                ["never", ""]]}}})
        counts = data.counts(0)["account"]
        self.assertEqual((counts["rows"], counts["duplicates"]), (1, 1))  # b; of the two b that stay, one
        self.assertEqual(counts["skipped"], {"deleted": 3, "y": 1})

    def test_ids(self):
        good, short = "00DA000000000aBMAQ", "00DA000000000aB"
        self.write("account.csv", "id,owner;%s,e;%s,%s;x,%s;y,000000000000000AAA;00DA000000000aBAAA,%s"
                   % (good, short, good, short, good[:-1] + "A"))
        self.write("employee.csv", "id;" + short)
        data = self.read({"ids": "salesforce"})
        self.assertEqual(self.cells(data, "account", "id", "owner"),
                         [(good, None), ("x", good), ("y", None), (None, None)])
        counts = data.counts(0)["account"]
        self.assertEqual((counts["duplicates"], counts["dangling"]), (1, {"owner": 1}))
        self.assertEqual(counts["unreadable"], {"id": 1, "owner": 1})

    def test_lookups(self):
        self.write("h.csv", "O,On,Stage,P,Del;o,2025-01-03,c,60,;o,2025-01-02,b,60,;o,2025-01-02,B,60,;o,,d,60,"
                            ";o,2025-01-01,a,10,;o,2025-01-01,z,99,1;,2025-01-01,n,60,;p,,q,60,;p,,r,60,;r,9,x,60,"
                            ";r,10,y,60,")
        self.write("opportunity.csv", "id,ref;o,o;p,p;q,q;r,r;s,")
        fields = [["stage", "=F(id).Stage"], ["name", "=L(id).[Stage]"], ["need", "=if(F(ref), 'y', 'n')"],
                  ["competitor", "=N(id).Stage"], ["next_step", "=coalesce(U(id).Stage, V(id), F(id).Gone, 'u')"],
                  ["product", "=U(id).Stage"], ["owner", "=F(Gone).Stage"], ["amount", "=F(id).P / 4"]]
        skip = [["low", "P < 50"], ["gone", "Del"]]
        base = {"from": "h", "by": "O", "order": "On", "skip": skip}
        data = self.read({"entities": {"opportunity": {"fields": fields}}, "lookups": {
            "F": base, "L": {**base, "pick": "last"}, "N": {"from": "h", "by": "O", "order": "Gone"},
            "U": {**base, "from": "none"}, "V": {**base, "by": "Gone"}}})
        # o: the earlier of two on the 2nd, the later on the 3rd; as it stands, c comes first.  p: no order, so the
        # first.  r: 9 and 10 are numbers.
        self.assertEqual(self.cells(data, "opportunity", "stage", "name", "need", "competitor", "next_step", "amount"),
                         [("b", "c", "y", "c", "u", 15.0), ("q", "q", "y", "q", "u", 15.0),
                          (None, None, "n", None, "u", None), ("x", "y", "y", "x", "u", 15.0),
                          (None, None, "n", None, "u", None)])
        self.assertFalse(data.mapped("opportunity", "product") or data.mapped("opportunity", "owner"))

    def test_parts(self):
        self.write("order_2.csv", "id,Value,x;1,10,;2,20,1;1,30,")
        self.write("deals.csv", "id,Value,amount,quantity;1,5,7,2;3,6,8,x")
        self.write("empty.csv", "id")
        self.write("mapping.conf", """entities = { order = { fields = ( ("amount", "Value") ); skip = ( ("x", "x") );
            parts = { a = { from = "order_2"; }; b = { from = "deals"; fields = ( ("quantity", "") ); };
                      c = { from = "none"; }; d = { from = ""; }; }; }; };""")
        own = {"order": {"parts": {"b": {"fields": [["amount", "=Value * 2"]]}}}}
        data = self.read({"mapping": "mapping.conf", "entities": own})
        self.assertEqual(self.cells(data, "order", "id", "amount", "quantity"),
                         [("1", 10.0, None), ("3", 12.0, None)])
        counts = data.counts(0)["order"]
        self.assertEqual((counts["duplicates"], counts["skipped"]), (2, {"x": 1}))
        for unless, rows in (("empty", 2), ("none", 2), ("deals", 1)):
            own["order"]["parts"]["b"]["unless"] = unless
            counts = self.read({"mapping": "mapping.conf", "entities": own}).counts(0)["order"]
            self.assertEqual(counts["rows"], rows, unless)

    def test_parts_without_an_id(self):
        self.write("t.csv", "id,name;1,a")
        self.write("u.csv", "name,b;b,2")
        self.write("m.conf", """entities = { account = { parts = { t = { from = "t"; };
            u = { from = "u"; fields = ( ("id", "c") ); }; }; }; };""")
        for part, rows in (({}, 1), ({"fields": [["region", "b"]]}, 1), ({"from": "u", "fields": [["region", "b"]]}, 2)):
            own = {"account": {"parts": {"u": part}}} if part else {}
            counts = self.read({"mapping": "m.conf", "entities": own}).counts(0)["account"]
            self.assertEqual(counts["rows"], rows)

    def test_precedence(self):
        self.write("t.csv", "id,a,b,c,d;1,a,b,c,d")
        self.write("m.conf", """entities = { account = { fields = ( ("name", "a"), ("region", "a"), ("industry", "a") );
            parts = { p = { from = "t"; fields = ( ("region", "b"), ("industry", "b"), ("owner", "b") ); }; }; }; };""")
        own = {"account": {"fields": [["industry", "c"], ["owner", "c"]], "parts": {"p": {"fields": [["owner", "d"]]}}}}
        data = self.read({"mapping": "m.conf", "entities": own})
        self.assertEqual(self.cells(data, "account", "name", "region", "industry", "owner"), [("a", "b", "c", "d")])

    def test_sources_in_their_order(self):
        self.write("account.csv", "id,name;a,1")
        self.write("b.csv", "id,name,region;a,2,x;b,2,x")
        data = source.read({"sources": [{"plugin": "csv", "entities": {"account": {"from": "b"}}}, {"plugin": "csv"}]},
                           self.folder)
        self.assertEqual(self.cells(data, "account", "id", "name"), [("a", "2"), ("b", "2")])


class Exports(Folder):
    def archive(self, name, **members):
        with zipfile.ZipFile(os.path.join(self.folder, name), "w") as archive:
            for member, text in members.items():
                archive.writestr(member + ".csv", text if isinstance(text, bytes) else text.replace(";", "\n"))

    def test_archives(self):
        self.archive("WE_x_10.ZIP", Account="Id,Zone;b,late;c,z")
        self.archive("WE_x_2.ZIP", Account=b"Id|Name\na|\xe9\nb|x\n", Other="Id;1")
        settings = {"plugin": "salesforce", "path": ".", "mapping": "", "ignore_case": True, "entities": {"account": {
            "from": "Account", "fields": [["region", "Zone"]]}}}
        for path in (".", ["WE_x_10.ZIP", "WE_x_2.ZIP"]):
            data = self.read({}, sources=[{**settings, "path": path}])
            self.assertEqual(self.cells(data, "account", "id", "name", "region"),
                             [("a", "é", None), ("b", "x", None), ("c", None, "z")])
            self.assertEqual(data.counts(0)["account"]["duplicates"], 1)


if __name__ == "__main__":
    unittest.main()
