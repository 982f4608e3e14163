#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The mapping of a source, with plugin csv: expressions, lookups, parts, ids, defaults, overrides; mistakes in it."""

import kit

DIMENSIONS = 'dimensions = ( { plugin = "resource_management"; } );'
ORDERS = '( "id", "id" ), ( "account", "id" ), ( "amount", "w" ), ( "signed_on", "=\'2025-06-01\'" )'
SIGNED = "id,signed_on,amount"


class Mapping(kit.Case):
    def source(self, entities="", more=""):
        return '{ plugin = "csv"; %s\n entities = {\n%s\n}; }' % (more, entities)

    def one(self, entities="", more="", **job):
        """A job of one source; only the dimension with the measure `sales` is evaluated."""
        return self.job([self.source(entities, more)], more=DIMENSIONS, **job)

    def sales(self, *words):
        return kit.measures(self.result(*words))["sales"]["numerator"]

    def data(self, *words):
        return self.result(*words)["data"]

    def values(self, expression, header, *rows, more="", in_job="", lookups=""):
        """What an expression gives for each row of a table: it becomes the region of the row's account, and tells by
        the sales in it, of which each row has another power of two, which rows those are."""
        self.table("t.csv", "id,w," + header, *("%d,%d,%s" % (i, 1 << i, row) for i, row in enumerate(rows)))
        job = self.one('account = { from = "t"; fields = ( ( "id", "id" ), ( "region", %s ) ); };\n'
                       'order = { from = "t"; fields = ( %s ); };' % (kit.quoted("=" + expression), ORDERS),
                       more + (" lookups = { %s };" % lookups if lookups else ""),
                       in_job=in_job + ' breakdown = "region";')
        values = [None] * len(rows)
        for unit in self.result(job)["breakdowns"]["region"]:
            sum_of = int(kit.measures(unit)["sales"]["numerator"])
            for i in range(len(rows)):
                if sum_of >> i & 1 and unit["unit"] != "(none)":
                    values[i] = unit["unit"]
        return values

    def check_values(self, expression, header, **expected):
        """Rows as keywords: r1=("cells", value)."""
        rows, values = zip(*expected.values())
        self.assertEqual(self.values(expression, header, *rows), list(values), expression)


class Expression(Mapping):
    def check_constants(self, **values):
        """Expressions of a row with a = 7, b = "x", c missing."""
        for expression, value in values.values():
            self.assertEqual(self.values(expression, "a,b,c,d e,f.g", "7,x,,sp ace,dot"), [value], expression)

    def test_primaries(self):
        self.check_constants(a=("a", "7"), b=("[d e]", "sp ace"), c=("f.g", "dot"), d=("c", None), e=("'x y'", "x y"),
                             f=("'it''s'", "it's"), g=("12.5", "12.5"), h=("true", "true"), i=("false", "false"),
                             j=("null", None), k=("((a))", "7"), l=("[b]", "x"))

    def test_arithmetic(self):
        self.check_constants(
            a=("1 + 2 * 3", "7"), b=("(1 + 2) * 3", "9"), c=("10 - 4 - 3", "3"), d=("12 / 3 / 2", "2"),
            e=("-a + 1", "-6"), f=("2 - -3", "5"), g=("0.1 + 0.2", "0.30000000000000004"), h=("1 / 3 * 3", "1"),
            i=("a / 0", None), j=("a + b", None), k=("a + c", None), l=("1000 + 0.5", "1000.5"), m=("1 / 8", "0.125"),
            n=("3037000500 * 3037000500", None), o=("-(a)", "-7"), p=("a - a", "0"))

    def test_comparisons(self):
        self.check_constants(
            a=("a = 7.0", "true"), b=("a = '7.00'", "true"), c=("b = 'x'", "true"), d=("b = 'X'", "false"),
            e=("a < 10", "true"), f=("'10' < '9'", "false"), g=("'b10' < 'b9'", "true"), h=("a != 8", "true"),
            i=("a != 7", "false"), j=("c = c", "false"), k=("c != 'x'", "false"), l=("c < 1", "false"),
            m=("a >= 7 and a <= 7 and not a > 7", "true"), n=("'2025-02-01' > '2025-01-31'", "true"),
            o=("2 < '10'", "true"), p=("a = null", "false"))

    def test_logic(self):
        self.check_constants(
            a=("true or false and false", "true"), b=("(true or false) and false", "false"),
            c=("not a = 8", "true"), d=("not a = 7 or true", "true"), e=("not false and false", "false"),
            f=("not c", "true"), g=("not not true", "true"), h=("b in ('y', 'x')", "true"),
            i=("b not in ('y', 'x')", "false"), j=("a in (6 + 1)", "true"), k=("c in ('x', null)", "false"),
            l=("b not in ('y', 'z')", "true"), m=("a and true", "false"))

    def test_functions(self):
        self.check_constants(
            a=("coalesce(c, null, b, a)", "x"), b=("coalesce(c, c)", None), c=("if(a > 5, 'big', 'small')", "big"),
            d=("if(a > 7, 'big', 'small')", "small"), e=("if(c, 'yes')", None), f=("concat(a, c, b)", "7x"),
            g=("concat(c, c)", None), h=("if(not c, concat('n', 1 + 1))", "n2"), i=("concat(a)", "7"),
            j=("if(true, c, b)", None))

    def test_flags(self):
        self.check_values("if(a, 'holds', 'not')", "a", r1=("true", "holds"), r2=("TRUE", "holds"), r3=("1", "holds"),
                          r4=("Yes", "holds"), r5=("t", "holds"), r6=("y", "holds"), r7=("0", "not"),
                          r8=("false", "not"), r9=("", "not"), r10=("on", "not"), r11=("2", "not"), r12=("no", "not"))

    def test_cells_are_trimmed(self):
        self.check_values("a", "a", r1=("  x y\t", "x y"), r2=("   ", None), r3=("\t", None))
        self.check_values("if(a = 'x', b)", "a,b", r1=(" x , 1 ", "1"), r2=("x,", None))

    def test_numbers_of_the_data(self):
        self.check_values("a * 2", "a", r1=("1e2", "200"), r2=("1.50", "3"), r3=("-.5", "-1"), r4=("1 000", None),
                          r5=("0x10", None), r6=("inf", None), r7=("nan", None), r8=("+4", "8"), r9=("5.", "10"))

    def test_currency(self):
        for in_job, value in (('currency = "EUR";', "EUR"), ("", None)):
            self.assertEqual(self.values("$currency", "a", "1", in_job=in_job), [value])
        self.assertEqual(self.values("if(a = $currency, 'own', 'other')", "a", "EUR", "USD", "eur",
                                     in_job='currency = "EUR";'), ["own", "other", "other"])

    def test_a_space_between_names(self):
        self.check_values("concat(a, ' ', b)", "a,b", r1=("Ann,Lee", "Ann Lee"))


class Availability(Mapping):
    """Which fields count as mapped where a mapping file names columns that are not there."""

    def is_mapped(self, expression):
        self.table("account.csv", "id,here", "A1,x")
        self.write("m.conf", 'lookups = { by_id = { from = "account"; by = "id"; order = "gone"; };\n'
                   ' by_gone = { from = "account"; by = "gone"; }; none = { from = "nowhere"; by = "id"; }; };\n'
                   'entities = { account = { fields = ( ( "region", %s ) ); }; };' % kit.quoted("=" + expression))
        return "region" not in self.data(self.one(more='mapping = "m.conf";'))["account"]["missing_fields"]

    def test_rules(self):
        for expression, expected in (
                ("'x'", True), ("$currency", True), ("null", True), ("here", True), ("gone", False),
                ("coalesce(gone, here)", True), ("coalesce(gone, gone)", False), ("concat(gone, here)", True),
                ("gone or here", True), ("gone and gone", False), ("if(here, gone, here)", True),
                ("if(gone, here)", False), ("if(here, gone)", False), ("not gone", False), ("-gone", False),
                ("gone = here", False), ("here = here", True), ("here + gone", False), ("gone in ('x')", False),
                ("here in (gone)", True), ("by_id(here).here", True), ("by_id(here)", True), ("by_id(gone)", False),
                ("by_id(here).gone", False), ("by_gone(here).here", False), ("none(here).here", False),
                ("coalesce(none(here).id, here)", True)):
            self.assertEqual(self.is_mapped(expression), expected, expression)

    def test_what_is_not_there_is_missing(self):
        self.table("t.csv", "id,w,a", "0,1,x")
        self.write("m.conf", 'entities = { account = { from = "t"; fields = ( ( "id", "id" ),\n'
                   ' ( "region", "=coalesce(gone, if(not coalesce(gone, false), concat(a, gone)))" ) );\n'
                   ' skip = ( ( "never", "gone" ), ( "nor this", "not gone" ) ); };\n'
                   'order = { from = "t"; fields = ( %s ); }; };' % ORDERS)
        result = self.result(self.one(more='mapping = "m.conf";', in_job='breakdown = "region";'))
        self.assertEqual([unit["unit"] for unit in result["breakdowns"]["region"]], ["x"])
        self.assertEqual(result["data"]["account"]["skipped"], {})


class Lookup(Mapping):
    def setUp(self):
        super().setUp()
        # In no order; O3 has only rows that are passed over, O4 none; O5's orders are missing or tied.
        self.table("h.csv", "deal,day,stage,gone", "O2,2025-03-01,late,0", "O1,2025-02-01,mid,0",
                   "O1,2025-01-01,early,0", "O2,2025-01-15,soon,0", "O1,2025-12-01,never,1", "O3,2025-01-01,x,1",
                   "O5,,blank,0", "O5,9,nine,0", "O5,10,ten,0", "O5,10,ten again,0", ",2025-01-01,no key,0")

    def look(self, lookup, use="h(a).stage", keys=("O1", "O2", "O3", "O4", "O5", ""), more=""):
        return self.values(use, "a,z", *(key + "," for key in keys), lookups="h = { from = \"h\"; %s };" % lookup,
                           more=more)

    def test_first_and_last(self):
        skip = 'skip = ( ( "gone", "gone" ) ); by = "deal";'
        self.assertEqual(self.look(skip + 'order = "day";'), ["early", "soon", None, None, "nine", None])
        self.assertEqual(self.look(skip + 'order = "day"; pick = "last";'), ["mid", "late", None, None, "ten", None])
        self.assertEqual(self.look(skip), ["mid", "late", None, None, "blank", None])
        self.assertEqual(self.look('by = "deal"; order = "day"; pick = "last";')[:3], ["never", "late", "x"])

    def test_computed_key_and_order(self):
        self.assertEqual(self.look('by = "concat(deal, day)";', "h(concat(a, \'2025-01-01\')).stage"),
                         ["early", None, "x", None, None, "no key"])  # a missing part of a key counts as empty
        self.assertEqual(self.look('by = "deal"; order = "if(stage = \'mid\', 0, 1)";', keys=("O1",)), ["mid"])

    def test_whether_a_row_is_found(self):
        self.assertEqual(self.look('by = "deal";', "h(a)"), ["true"] * 3 + [None, "true", None])
        self.assertEqual(self.look('by = "deal";', "if(h(a), \'found\', \'none\')", keys=("O1", "O4")),
                         ["found", "none"])

    def test_through_a_third_table(self):
        self.table("i.csv", "from,to", "1,O1", "2,O2")
        self.assertEqual(self.values("h(i(a).to).[stage]", "a", "1", "2", "3",
                                     lookups='h = { from = "h"; by = "deal"; }; i = { from = "i"; by = "from"; };'),
                         ["mid", "late", None])

    def test_table_options(self):
        self.table("other.csv", "deal;stage", "O1;from other", delimiter=";")
        self.assertEqual(self.look('by = "deal"; file = "other.csv"; delimiter = ";";', keys=("O1",)), ["from other"])

    def test_table_that_is_empty(self):
        self.table("h.csv", "deal,day,stage,gone")
        self.assertEqual(self.look('by = "deal";', "coalesce(h(a).stage, \'none\')", keys=("O1",)), ["none"])

    def test_same_whatever_the_threads(self):
        self.table("h.csv", "deal,day", *("D%d,%d" % (i % 97, i * 7919 % 1000) for i in range(5000)))
        self.table("order.csv", "id,signed_on", *("D%d,2025-01-01" % i for i in range(97)))
        firsts = {}
        for i in range(5000):
            firsts[i % 97] = min(firsts.get(i % 97, 1000), i * 7919 % 1000)
        job = self.one('order = { fields = ( ( "amount", "=first(id).day" ) ); };',
                       'lookups = { first = { from = "h"; by = "deal"; order = "day"; chunk_bytes = 64; }; };')
        for threads in ("1", "2", "8"):
            self.assertEqual(self.sales(job, "--threads", threads), sum(firsts.values()))


class Parts(Mapping):
    def setUp(self):
        super().setUp()
        self.table("a.csv", "id,signed_on,amount", "1,2025-01-01,1", "2,2025-01-01,2")
        self.table("b.csv", "no,day,value", "2,2025-01-01,10", "3,2025-01-01,20", "4,2025-01-01,40")

    B = 'b = { from = "b"; %s fields = ( ( "id", "no" ), ( "signed_on", "day" ), ( "amount", "value" ) ); };'

    def test_union(self):
        job = self.one('order = { parts = { a = { from = "a"; }; %s }; };' % self.B % "")
        self.assertEqual(self.sales(job), 63)
        order = self.data(job)["order"]
        self.assertEqual((order["rows"], order["duplicates"]), (4, 1))
        # The first part goes before.
        self.assertEqual(self.sales(self.one('order = { parts = { %s a = { from = "a"; }; }; };' % self.B % "")), 71)

    def test_what_stands_with_the_entity_holds_for_all(self):
        self.write("m.conf", 'entities = { order = { skip = ( ( "small", "coalesce(value, amount) < 2" ) );\n'
                   ' fields = ( ( "signed_on", "=\'2024-06-01\'" ) ); parts = { a = { from = "a"; };\n'
                   ' b = { from = "b"; fields = ( ( "id", "no" ), ( "amount", "value" ) ); }; }; }; };')
        job = self.one(more='mapping = "m.conf";')
        result = self.result(job)
        sales = kit.measures(result)["sales"]
        self.assertEqual((sales["numerator"], sales["baseline"]["numerator"]), (0, 62))
        self.assertEqual(result["data"]["order"]["skipped"], {"small": 1})

    def test_unless(self):
        job = self.one('order = { parts = { a = { from = "a"; }; %s }; };' % self.B % 'unless = "a";')
        self.assertEqual(self.sales(job), 3)
        self.table("a.csv", "id,signed_on,amount")
        self.assertEqual(self.sales(job), 70)
        self.table("a.csv", "id,signed_on,amount", ",,")
        self.assertEqual(self.sales(job), 0)
        self.write("m.conf", 'entities = { order = { parts = { a = { from = "gone"; };\n %s }; }; };' %
                   self.B % 'unless = "gone";')
        self.assertEqual(self.sales(self.one(more='mapping = "m.conf";')), 70)

    def test_unless_without_parts(self):
        job = self.one('order = { from = "a"; unless = "b"; };')
        self.assertNotIn("order", [name for name, entity in self.data(job).items() if entity["rows"]])
        self.table("b.csv", "no")
        self.assertEqual(self.sales(job), 3)

    def test_from(self):
        self.table("order.csv", SIGNED, "9,2025-01-01,5")
        self.assertEqual(self.sales(self.one()), 5)
        self.assertEqual(self.sales(self.one('order = { from = "a"; };')), 3)
        self.table("account.csv", "id,name", "A,x")
        self.assertNotIn("order", [name for name, entity in self.data(self.one('order = { from = ""; };')).items()
                                   if entity["rows"]])

    def test_table_options_of_parts(self):
        self.table("c.txt", "id;signed_on;amount", "7;2025-01-01;100", delimiter=";")
        job = self.one('order = { parts = { a = { from = "a"; }; c = { file = "c.txt"; delimiter = ";"; }; }; };')
        self.assertEqual(self.sales(job), 103)

    def test_skip(self):
        self.table("order.csv", "id,signed_on,amount,del,kind", "1,2025-01-01,1,1,x", "2,2025-01-01,2,0,x",
                   "3,2025-01-01,4,1,y", "4,2025-01-01,8,,y", "4,2025-01-01,16,true,")
        job = self.one('order = { skip = ( ( "deleted rows", "del" ), ( "rows of kind x", "kind = \'x\'" ) ); };')
        order = self.data(job)["order"]
        self.assertEqual(order["skipped"], {"deleted rows": 3, "rows of kind x": 1})
        self.assertEqual((order["rows"], order["duplicates"], order["rejected"], self.sales(job)), (1, 0, 0, 8))
        text = " ".join(self.run_ok("run", job, "--format", "text").output.split())
        self.assertIn("3 deleted rows", text)

    def test_what_is_no_flag_in_a_condition_is_counted(self):
        self.table("order.csv", "id,signed_on,amount,won", "1,2025-01-01,1,WAHR", "2,2025-01-01,2,true",
                   "3,2025-01-01,4,no", "4,2025-01-01,8,", "5,2025-01-01,16,falsch", "6,2025-01-01,32,0")
        job = self.one('order = { fields = ( ( "amount", "=if(won, amount, amount * 100)" ) ); };')
        order = self.data(job)["order"]
        self.assertEqual(order["skipped"], {"cells in conditions that are no flags": 2})
        self.assertEqual((order["rows"], self.sales(job)), (6, 100 + 2 + 400 + 800 + 1600 + 3200))
        text = " ".join(self.run_ok("run", job, "--format", "text").output.split())
        self.assertIn("2 cells in conditions that are no flags", text)


class Cells(Mapping):
    """Ids, nulls, names in any case."""
    SHORT, LONG = "001Ec00000FzlUd", "001Ec00000FzlUdIAJ"  # a genuine one
    OTHER = "001Ec00000GGw3hIAD"

    def id_table(self, *accounts):
        self.table("account.csv", "id,name", *("%s,x" % account for account in accounts))
        self.table("order.csv", "id,account,signed_on,amount", "1,%s,2025-01-01,1" % self.SHORT,
                   "2,%s,2025-01-01,2" % self.LONG, "3,%s,2025-01-01,4" % self.OTHER, "4,%s,2025-01-01,8" %
                   self.LONG.replace("IAJ", "IAD"), "5,000000000000000AAA,2025-01-01,16",
                   "6,000000000000000,2025-01-01,32", "7,plain,2025-01-01,64",
                   "8,%s,2025-01-01,128" % self.SHORT.lower())

    def test_ids(self):
        self.id_table(self.LONG, self.OTHER[:15], self.SHORT, "plain")
        job = self.one(in_job='breakdown = "region";')
        data = self.data(job)
        self.assertEqual((data["account"]["rows"], data["order"]["dangling"]), (4, {"account": 5}))
        for words in ((self.one(more='ids = "salesforce";', in_job='breakdown = "region";', name="ids.conf"),),
                      (job, "--set", 'sources.[0].ids="salesforce"')):
            data = self.data(*words)
            self.assertEqual((data["account"]["rows"], data["account"]["duplicates"]), (3, 1))
            # 8: fifteen characters, but of nobody; 4: wrong check characters.
            self.assertEqual((data["order"]["dangling"], data["order"]["unreadable"]), ({"account": 1}, {"account": 1}))
            self.assertRegex(data["order"]["examples"][0], r'order\.csv:5: account "001Ec00000FzlUdIAD".*')

    def test_ids_of_lookups(self):
        self.table("h.csv", "key,value", self.SHORT + ",found", self.OTHER[:15] + "AAA,wrong", "plain,too")
        for ids, expected in (("salesforce", ["found", "found", None, None, "too", None]),
                              ("exact", ["found", None, None, None, "too", "wrong"])):
            self.assertEqual(self.values("h(a).value", "a", self.SHORT, self.LONG, self.LONG[:15] + "AAA", self.OTHER,
                                         "plain", self.OTHER[:15] + "AAA", more='ids = "%s";' % ids,
                                         lookups='h = { from = "h"; by = "key"; };'), expected)

    def test_nulls(self):
        rows = ("#N/A", " #N/A ", "null", "#n/a", "x#N/A")
        for more, expected in (("", ["#N/A", "#N/A", "null", "#n/a", "x#N/A"]),
                               ('nulls = ( "#N/A", "null" );', ["-", "-", "-", "#n/a", "x#N/A"])):
            self.assertEqual(self.values("coalesce(a, '-')", "a", *rows, more=more), expected)
        self.table("order.csv", SIGNED, "#N/A,2025-01-01,1", "#N/A,2025-01-01,2", "3,#N/A,4", "4,2025-01-01,#N/A")
        order = self.data(self.one(more='nulls = ( "#N/A" );'))["order"]
        self.assertEqual((order["duplicates"], order["unreadable"], self.sales("job.conf")), (0, {}, 3))

    def test_names_in_any_case(self):
        self.table("t.csv", "ID,W,Region Name", "1,1,East")
        entities = ('account = { from = "t"; fields = ( ( "region", "=[region NAME]" ) ); };\n'
                    'order = { from = "t"; fields = ( %s ); };' % ORDERS)
        result = self.result(self.one(entities, "ignore_case = true;", in_job='breakdown = "region";'))
        self.assertEqual([unit["unit"] for unit in result["breakdowns"]["region"]], ["East"])
        self.refused(78, "run", self.one(entities), says="has no column")
        self.table("t.csv", "ID,W,Region Name,region name", "1,1,East,West")
        done = self.run_raw("run", self.one(entities, "ignore_case = true;"), "--format", "json")
        self.assertIn(done.status, (0, 65, 78), done.messages)


class Precedence(Mapping):
    """The job's part, the job's entity, the mapping's part, the mapping's entity: the first that speaks."""
    LAYERS = ("mapping's entity", "mapping's part", "job's entity", "job's part")

    def region(self, layers, key='fields = ( ( "region", "=\'%s\'" ) );'):
        says = {layer: key % layer.replace("'", "''") if layer in layers else "" for layer in self.LAYERS}
        self.table("t.csv", "id,w", "0,1")
        self.write("maps/m.conf", 'entities = { account = { %s parts = { p = { from = "t"; %s }; }; };\n'
                   'order = { from = "t"; fields = ( %s ); }; };' % (says["mapping's entity"], says["mapping's part"],
                                                                     ORDERS))
        job = self.one("account = { %s parts = { p = { %s }; }; };" % (says["job's entity"], says["job's part"]),
                       'mapping = "maps/m.conf";', in_job='breakdown = "region";')
        return [unit["unit"] for unit in self.result(job)["breakdowns"]["region"]]

    def test_fields(self):
        for most in range(4):
            for also in range(1 << most):
                layers = [self.LAYERS[most]] + [self.LAYERS[i] for i in range(most) if also >> i & 1]
                self.assertEqual(self.region(layers), [self.LAYERS[most]], layers)

    def test_lists_merge_by_their_first_element(self):
        self.table("order.csv", "id,when,value,a,b", "1,2025-01-01,1,1,0", "2,2025-01-01,2,0,1", "3,2025-01-01,4,0,0")
        self.write("m.conf", 'entities = { order = { fields = ( ( "signed_on", "when" ), ( "amount", "a" ) );\n'
                   ' skip = ( ( "first", "a" ), ( "second", "b" ) ); }; };')
        job = self.one('order = { fields = ( ( "amount", "value" ) ); skip = ( ( "second", "value = 4" ) ); };',
                       'mapping = "m.conf";')
        result = self.result(job)
        self.assertEqual(kit.measures(result)["sales"]["numerator"], 2)
        self.assertEqual(result["data"]["order"]["skipped"], {"first": 1, "second": 1})

    def test_lookups_merge_key_by_key(self):
        self.table("h.csv", "deal,day,stage", "O1,2,two", "O1,1,one", "O1,3,three")
        self.write("m.conf", 'lookups = { h = { from = "h"; by = "deal"; order = "day"; }; };')
        for lookups, expected in (('h = { };', "one"), ('h = { pick = "last"; };', "three"),
                                  ('h = { order = "-day"; };', "three"),
                                  ('h = { skip = ( ( "ones", "day = 1" ) ); };', "two")):
            self.assertEqual(self.values("h(a).stage", "a", "O1", more='mapping = "m.conf";', lookups=lookups),
                             [expected])

    def test_no_mapping(self):
        self.table("order.csv", SIGNED, "1,2025-01-01,1")
        self.assertEqual(self.sales(self.one(more='mapping = "";')), 1)

    def test_set(self):
        self.table("order.csv", SIGNED + ",v", "1,2025-01-01,1,5", "2,2025-01-01,2,7")
        job = self.one('order = { fields = ( ( "amount", "v" ) ); skip = ( ( "some", "v = 5" ) ); };')
        for words, expected in (((), 7), (("--set", 'sources.[0].entities.order.fields.[0].[1]="=v * 10"'), 70),
                                (("--set", 'sources.[0].entities.order.skip.[0].[1]="v = 7"'), 5)):
            self.assertEqual(self.sales(job, *words), expected)


class Mistakes(Mapping):
    """78: what is wrong, the file and line, the key, and what was probably meant."""

    def setUp(self):
        super().setUp()
        self.table("order.csv", SIGNED + ",kind", "1,2025-01-01,1,x")
        self.table("h.csv", "deal,day", "O1,1")

    def check_wrong(self, source, *says, line=None, count=1, **files):
        """A source with a mistake, its text from line 3 on: run and check say the same."""
        for name, text in files.items():
            self.write(name + ".conf", text)
        self.one(*source)
        before, messages = self.listing(), []
        for command in ("run", "check"):
            done = self.refused(78, command, "job.conf", says=says)
            lines = done.messages.splitlines()
            self.assertEqual(lines[-1], "crmval: %d problem%s in the job" % (count, "s" if count > 1 else ""))
            self.assertEqual(len(lines), count + 1, lines)
            if line:
                self.assertTrue(lines[0].startswith("crmval: job.conf:%d: sources.[0]." % line), lines)
            messages.append(done.messages)
        self.assertEqual(*messages)
        self.assertEqual(self.listing(), before)

    def check_expression(self, expression, *says):
        self.check_wrong(('order = {\nfields = (\n( "amount", %s ) ); };' % kit.quoted("=" + expression),
                          'lookups = { history = { from = "h"; by = "deal"; }; };'),
                         r"job\.conf:6: sources\.\[0\]\.entities\.order\.fields", *says)

    def test_syntax(self):
        for expression, says in (
                ("amount *", "end|ends"), ("", "empty|missing|end"), ("(amount", r'"\)"'), ("amount)", "character 7"),
                ("amount amount", "character 8"), ("'open", "quote|'"), ("[open", r"\]"),
                ("amount = = 1", "character 10"), ("amount & 1", "character 8"), ("$money", r"\$currency|\$money"),
                ("1.2.3", "character 4|number"), ("if(amount)", "if"), ("if(amount, 1, 2, 3)", "if"),
                ("coalesce()", "coalesce|character 10"), ("amount in ()", r"character 12"),
                ("amount in 'x'", r"\("), ("amount not 1", "in|character 8"),
                ("history(kind).", "character|column|name"), ("1 +/ 2", "character 4"),
                ("\u4e8c", "character 1|not expected|cannot")):
            self.check_expression(expression, says)

    def test_near_names(self):
        self.check_expression("colaesce(amount, kind)", "colaesce", r'did you mean "coalesce"')
        self.check_expression("histroy(kind).day", "histroy", r'did you mean "history"')
        self.check_expression("if(histroy(kind), 1)", r'did you mean "history"')
        for expression, near in (("amuont * 2", "amount"), ("if(knid = 'x', amount)", "kind"),
                                 ("history(kind).dya", "day"), ("history(knd).day", "kind"),
                                 ("concat([amonut])", "amount")):
            self.check_expression(expression, "has no column", near)
        self.check_wrong(('order = { skip = (\n( "x", "amuont > 2" ) ); };',), "has no column", "amount", line=5)
        for keys, near in (('by = "dael";', "deal"), ('by = "deal"; order = "dy";', "day"),
                           ('by = "deal"; skip = ( ( "x", "dy" ) );', "day")):
            self.check_wrong(("", 'lookups = { history = { from = "h"; %s }; };' % keys), "has no column", near, line=2)

    def test_limits(self):
        half = " + ".join(["1"] * 1023)  # 4089 bytes
        for expression, says in (("amount * ('" + "x" * 4096 + "')", "4096"), ("(" * 65 + "1" + ")" * 65, "64"),
                                 ("not " * 65 + "true", "64"), ("-" * 65 + "1", "64"),
                                 ("coalesce(%s)" % ", ".join("c%d" % i for i in range(65)), "64")):
            self.check_expression(expression, says)
        for expression, expected in ((half, 1023), ("(" * 50 + "amount" + ")" * 50, 1)):
            self.assertEqual(self.sales(self.one('order = { fields = ( ( "amount", %s ) ); };' %
                                                 kit.quoted("=" + expression))), expected)

    def test_lookups(self):
        lookup = 'lookups = {\nh = { from = "h"; by = "%s"; %s }; g = { from = "h"; by = "deal"; }; };'
        for by, more in (("g(deal).day", ""), ("deal", 'order = "g(deal).day";'),
                         ("deal", 'skip = ( ( "x", "g(deal)" ) );')):
            self.check_wrong(("", lookup % (by, more)), r"lookups\.h", "cannot use another", line=3)
        for more, says in (('pick = "lst";', 'did you mean "last"'), ('ordr = "day";', "ordr.*order"),
                           ('order = "day +";', r"order.*(end|character)"), ('pick = 1;', "pick"),
                           ("skip = 1;", "skip.*list"), ('skip = ( "x" );', "skip"), ('skip = ( ( "x" ) );', "skip")):
            self.check_wrong(("", lookup % ("deal", more)), r"lookups\.h", says, line=3)
        self.check_wrong(("", 'lookups = { h = { by = "deal"; }; };'), r"lookups\.h\.from: is missing")
        self.check_wrong(("", 'lookups = { h = { from = "h"; }; };'), r"lookups\.h\.by: is missing")

    def test_keys_and_types(self):
        for more, says in (
                ("ids = 18;", r"ids: must be a text"), ('ids = "salesfroce";', 'did you mean "salesforce"'),
                ('ignore_case = "yes";', "ignore_case: must be true or false"), ("nulls = 0;", "nulls"),
                ("nulls = ( 0 );", "nulls"), ("lookups = ( );", "lookups: must be a group"),
                ("lookups = { h = 1; };", r"lookups\.h: must be a group"), ("mapping = 1;", "mapping: must be a text"),
                ("ignorecase = true;", "ignorecase.*ignore_case"), ('lookup = { };', "lookup.*lookups")):
            self.check_wrong(("", "\n" + more), says, line=3)
        for entity, says in (
                ("form = 1;", "form.*from"), ("from = 1;", "from: must be a text"), ("unless = true;", "unless"),
                ("parts = ( );", "parts: must be a group"), ("parts = { a = 1; };", r"parts\.a: must be a group"),
                ('parts = { a = { parts = { }; }; };', "parts"),
                ('parts = { a = { unles = "x"; }; };', "unles.*unless"),
                ('advice = ( ( "amuont", "x" ) );', "amount"), ('skip = ( ( "x", 1 ) );', "skip")):
            self.check_wrong(("order = { %s };" % entity,), r"entities\.order", says, line=4)

    def test_each_is_told_once(self):
        """Though the field of an entity is read for each of its parts."""
        done = self.refused(78, "run", self.one('order = { fields = ( ( "amount", "=1 +" ) );'
                                                ' parts = { a = { from = "order"; }; b = { from = "order"; }; }; };'),
                            says=["1 problem in the job"])
        self.assertEqual(done.messages.count("amount") + done.messages.count("is missing at the end"), 1)

    def test_what_cannot_stand_with_parts(self):
        for key in ('from = "h";', 'unless = "h";', 'file = "order.csv";', 'delimiter = ";";'):
            self.check_wrong(('order = { %s parts = { a = { from = "order"; }; }; };' % key,),
                             r"order\.%s.*parts" % key.split(" ")[0], line=4)

    def test_table_that_is_not_there(self):
        for source in (('order = { from = "ordre"; };',), ("", 'lookups = { h = { from = "hh"; by = "deal"; }; };')):
            self.refused(66, "run", self.one(*source), says=["ordre|hh", "is there; set `file`"])

    def test_mapping_file(self):
        self.refused(78, "run", self.one(more='mapping = "gone.conf";'),
                     says=[r"job\.conf:\d+: sources\.\[0\]\.mapping", "gone.conf", "there is no such file"])
        for text, says in (("ids = ;\n", r"m\.conf:1: syntax error"), ("\nidss = 1;\n", r"m\.conf:2: idss.*ids"),
                           ("sources = ( );\n", r"m\.conf:1: sources"),
                           ("\n\nids = 1;", r"m\.conf:3: ids: must be a text"),
                           ('entities = {\n order = { fields = ( ( "amount", "=1 +" ) ); }; };',
                            r"m\.conf:2: entities\.order\.fields.*(end|character)"),
                           ('entities = {\n order = { fields = ( ( "amount", "=nn(kind).x" ) ); }; };',
                            r'm\.conf:2: entities\.order.*"nn"'),
                           ('lookups = { h = {\n from = 1; by = "x"; }; };', r"m\.conf:2: lookups\.h\.from: must be"),
                           ('entities = { oder = { }; };', r"m\.conf:1: entities\.oder.*order")):
            self.check_wrong(("", 'mapping = "m.conf";'), says, m=text)


if __name__ == "__main__":
    kit.main()
