#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Salesforce exports in all their forms, through the plugin and the mapping that comes with it."""

import json

import salesforce_export as export
import kit

ZIP = export.set_name(1)
WORKSHOP = ("Account", "Contact", "Opportunity", "Task", "Case", "Lead", "AccountContactRelation")
WINDOWS = {"period": ("2023-08-01", "2024-01-28"), "baseline": ("2023-02-01", "2023-07-31")}
# The workshop's org has no OpportunityHistory: the day a deal was entered stands for that of its approval.
APPROVED = 'opportunity = { fields = ( ( "approved_on", "CreatedDate" ), ( "created_on", "" ) ); };'


def scores(result):
    """A result without what tells how often and where its rows stood."""
    copy = json.loads(json.dumps(result))
    del copy["provenance"]
    copy["data"] = {entity: [data[key] for key in ("rows", "dangling", "unreadable", "missing_fields")]
                    for entity, data in copy["data"].items() if not entity.startswith("lookup ")}
    return copy


class Workshop(export.Case):
    """Public data that others wrote, in the forms in which they could have been exported."""

    def setUp(self):
        super().setUp()
        self.org = export.Export()
        for name in WORKSHOP:
            self.org.add_file(self.shared_data("data_cloud_workshop", name + ".csv"))
        self.write(ZIP, export.zipped(self.org.files()))
        self.of_zip = self.result_of(ZIP)

    def result_of(self, path, *words, more=""):
        job = self.export_job(path, APPROVED, more, in_job='breakdown = ( "region", "employee" );', **WINDOWS)
        return self.result(job, *words)

    def check_same(self, path, *words, whole=True, more=""):
        """As of the ZIP: to the byte, but for where the data come from, or also for how often rows stood there."""
        facts = kit.facts if whole else scores
        self.assertEqual(facts(self.result_of(path, *words, more=more)), facts(self.of_zip), path)

    def test_it_says_something(self):
        found = kit.measures(self.of_zip)
        # As test_real_data.py works out from the files.
        self.assertEqual((found["approved_to_won"]["numerator"], found["approved_to_won"]["denominator"]), (7, 9))
        self.assertEqual(found["approved_to_won"]["baseline"]["denominator"], 6)
        self.assertEqual((found["opportunity_accuracy"]["numerator"], found["opportunity_accuracy"]["denominator"]),
                         (73, 88))
        data = self.of_zip["data"]
        for entity, name in (("account", "Account"), ("contact", "Contact"), ("opportunity", "Opportunity")):
            self.assertEqual(data[entity]["rows"], len(self.org.objects[name][1]))
            self.assertEqual((data[entity]["rejected"], data[entity]["duplicates"], data[entity]["unreadable"]),
                             (0, 0, {}))
        self.assertEqual([entry["name"].split("/")[-1] for entry in self.of_zip["provenance"]["inputs"]], [ZIP])

    def test_folder(self):
        self.check_same(self.write_folder("csv", self.org.files()))

    def test_to_the_byte(self):
        """What is written, but for the provenance, which ends a result in JSON."""
        self.write_folder("csv", self.org.files())
        written = []
        for path in (ZIP, "csv"):
            self.result_of(path)
            results = {form: self.run_ok("run", "job.conf", "--format", form).raw for form in ("json", "csv", "text")}
            results["json"], _, provenance = results["json"].partition(b'"provenance": ')
            self.assertEqual(list(json.loads(provenance[:provenance.rindex(b"}")])),
                             ["program", "plugins", "job_sha256", "reading_sha256", "inputs"])
            written.append(results)
        self.assertGreater(len(written[0]["json"]), 20000)
        self.assertEqual(*written)

    def test_threads_and_small_chunks(self):
        self.write_folder("csv", self.org.files())
        for threads in ("1", "2", "8"):
            for path in (ZIP, "csv"):
                for chunks in ("", "chunk_bytes = 64;"):
                    self.check_same(path, "--threads", threads, more=chunks)

    def test_folder_of_the_archive(self):
        self.write("in/" + ZIP, self.read(ZIP))
        self.check_same("in")

    def test_streamed_archive(self):
        self.write("streamed.zip", export.streamed(self.org.files()))
        self.check_same("streamed.zip")

    def test_split_over_three_with_overlap(self):
        for number in range(3):
            def part(name, header, rows, number=number):
                size = len(rows) // 3 + 5  # so that some rows stand in two of them
                rows = rows[number * len(rows) // 3:][:size if number < 2 else None]
                if number == 1:  # other columns, in another order
                    places = [i for i in range(len(header)) if header[i] != "SystemModstamp"][::-1]
                    header, rows = [header[i] for i in places], [[row[i] for i in places] for row in rows]
                return None if name == "Lead" and number else (header, rows)
            self.write("in/" + export.set_name(number + 1), export.zipped(self.org.changed(part).files()))
        self.check_same("in", whole=False)
        self.check_same("in", "--threads", "1", whole=False)
        self.assertGreater(self.result("job.conf")["data"]["opportunity"]["duplicates"], 0)

    def test_ids_of_15_characters(self):
        def shorten(name, header, rows):
            return header, [[export.shortened(cell) if (i + len(name)) % 2 else cell for i, cell in enumerate(row)]
                            for row in rows]
        self.write("short.zip", export.zipped(self.org.changed(shorten).files()))
        self.check_same("short.zip", whole=False)
        self.assertNotEqual(self.org.changed(shorten).files(), self.org.files())

    def test_null_ids(self):
        def fill(_, header, rows):
            return header, [[export.NULL_ID if not cell and column.endswith("Id") else cell
                             for column, cell in zip(header, row)] for row in rows]
        self.write("null.zip", export.zipped(self.org.changed(fill).files()))
        self.check_same("null.zip")

    def test_as_it_came(self):
        for name in WORKSHOP:  # a mark at the beginning, 2024-01-19T09:42:24.000+0000, flags 1 and empty
            with open(self.shared_data("data_cloud_workshop", name + ".csv"), "rb") as file:
                self.write("raw/%s.csv" % name, file.read())
        self.check_same("raw")

    def test_data_loader(self):
        self.check_same(self.write_folder("loader", self.org.files(export.data_loader)))

    def test_bulk(self):
        for number, delimiter in enumerate(",;\t|^`"):
            folder = self.write_folder("bulk%d" % number, self.org.files(export.bulk, delimiter=delimiter,
                                                                        newline="\r\n" if number % 2 else "\n"))
            self.check_same(folder)

    def test_line_ends_and_quotes_in_cells(self):
        def describe(_, header, rows):
            texts = ('two\nlines', 'a "quote", and\r\nmore', '""', "\n" * 200, "")
            return header + ["Remarks__c"], [row + [texts[i % 5]] for i, row in enumerate(rows)]
        files = self.org.changed(describe).files()
        self.assertIn(b'a ""quote"", and\r\nmore', files["Account.csv"])
        self.write("remarks.zip", export.zipped(files))
        self.write_folder("remarks", files)
        for path in ("remarks.zip", "remarks"):
            for threads, chunks in (("1", ""), ("8", "chunk_bytes = 64;")):
                self.check_same(path, "--threads", threads, more=chunks)

    def test_deleted_rows(self):
        def delete(_, header, rows):
            gone = [list(row) for row in rows[::3]]
            for i, row in enumerate(gone):
                row[header.index("Id")] = export.ident("00x", i)
                row[header.index("IsDeleted")] = "1"
            return header, [row for i in range(len(rows)) for row in gone[i:i + 1] + rows[i:i + 1]]
        self.write("deleted.zip", export.zipped(self.org.changed(delete).files()))
        self.check_same("deleted.zip", whole=False)
        skipped = self.result("job.conf")["data"]["opportunity"]["skipped"]
        self.assertEqual([count for what, count in skipped.items() if "deleted" in what], [17], skipped)


class Encodings(export.Case):
    NAMES = ("Qu\u00e9bec", "K\u00f6ln", "Gda\u0144sk", "\u5317\u4eac", "S\u00e3o Paulo", "plain")

    def regions(self, files, more=""):
        """The accounts of each region, by orders of 1 each."""
        self.write(ZIP, export.zipped(files))
        job = self.export_job(ZIP, 'account = { fields = ( ( "region", "BillingState" ) ); %s };\n'
                              'order = { parts = { own = { from = "Own__c"; fields = ( ( "id", "Id" ), ( "amount",'
                              ' "=1" ), ( "account", "Account__c" ), ( "signed_on", "=\'2025-06-01\'" ) ); }; }; };' %
                              more,
                              in_job='breakdown = "region";', baseline=None)
        result = self.result(job)
        self.skipped = result["data"]["account"]["skipped"]
        return {unit["unit"]: kit.measures(unit)["sales"]["numerator"] for unit in result["breakdowns"]["region"]}

    def org(self, names, encoding="utf-8"):
        """Names given as bytes stay as they are."""
        org = export.Export()
        org.add("Own__c", "Id,Account__c", *("a00#%d,001#%d" % (i, i) for i in range(len(names))))
        files = org.files()
        rows = [b'"%s","%s","0"\n' % (export.ident("001", i).encode(), name if isinstance(name, bytes)
                                      else name.encode(encoding)) for i, name in enumerate(names)]
        files["Account.csv"] = b'"Id","BillingState","IsDeleted"\n' + b"".join(rows)
        return files

    def twice(self):
        return sum(count for what, count in self.skipped.items() if "encoded twice" in what)

    def test_same_text(self):
        latin = [name for name in self.NAMES if name.encode("latin-1", "ignore").decode("latin-1") == name]
        self.assertEqual(len(latin), 4)
        expected = dict.fromkeys(latin, 1)
        self.assertEqual(self.regions(self.org(latin)), expected)
        self.assertEqual(self.regions(self.org(latin, "latin-1")), expected)
        self.assertEqual(self.twice(), 0)
        files = self.org(self.NAMES)
        self.assertEqual(self.regions(files), dict.fromkeys(self.NAMES, 1))
        files["Account.csv"] = b"\xef\xbb\xbf" + files["Account.csv"]
        self.assertEqual(self.regions(files), dict.fromkeys(self.NAMES, 1))
        for encoding in ("utf-16", "utf-16-be"):
            text = self.org(self.NAMES)["Account.csv"].decode()
            files["Account.csv"] = ("\ufeff" * (encoding != "utf-16") + text).encode(encoding)
            self.assertEqual(self.regions(files), dict.fromkeys(self.NAMES, 1))

    def test_each_file_has_its_own(self):
        files = self.org(["K\u00f6ln"], "latin-1")
        files["Own__c.csv"] = files["Own__c.csv"].replace(b'"0"', '"\u5317"'.encode())
        self.assertEqual(self.regions(files), {"K\u00f6ln": 1})

    def test_windows_and_set_encodings(self):
        self.assertEqual(self.regions(self.org([b"\x80uro", b"na\xefve", b"q\x93x\x94"])),
                         {"\u20acuro": 1, "na\u00efve": 1, "q\u201cx\u201d": 1})
        self.assertEqual(self.regions(self.org(["Gda\u0144sk"], "iso-8859-2"), 'encoding = "ISO-8859-2";'),
                         {"Gda\u0144sk": 1})

    def test_text_encoded_twice(self):
        bad = "Qu\u00e9bec".encode().decode("latin-1")
        # In a file of ISO-8859-1 a value in UTF-8, in one of UTF-8 a value that was encoded once more: counted, kept.
        self.assertEqual(self.regions(self.org([b"K\xf6ln", "Qu\u00e9bec".encode(), b"plain"])),
                         {"K\u00f6ln": 1, bad: 1, "plain": 1})
        self.assertEqual(self.twice(), 1)
        self.assertEqual(self.regions(self.org(["\u5317\u4eac", bad, bad + "x", "Qu\u00e9bec"])),
                         {"\u5317\u4eac": 1, bad: 1, bad + "x": 1, "Qu\u00e9bec": 1})
        self.assertEqual(self.twice(), 2)

if __name__ == "__main__":
    kit.main()
