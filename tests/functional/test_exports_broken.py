#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Broken exports, one defect each, and what becomes of them: the status, and what is said; odd ones that are none."""

import os
import re
import threading
import zipfile

import salesforce_export as export
import kit
from salesforce_export import Member

ZIP = export.set_name(1)
DIMENSIONS = 'dimensions = ( { plugin = "deal_control"; } );'


class Broken(kit.Case):
    # How messages end that say what to do.
    advice = "[;:] (get|give|keep|remove|unpack|is it|if it is (good|a good archive), raise) "

    def setUp(self):
        super().setUp()
        self.org = export.Export()
        self.org.add("Account", "Id,Name,OwnerId", "001#1,Acme,005#1", "001#2,Bolt,005#1")
        self.org.add("Opportunity", "Id,AccountId,OwnerId,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,"
                     "CreatedDate", *("006#%d,001#%d,005#1,Closed Won,%d,100,2025-06-01,1,1,2025-01-01 10:00:00" %
                       (i, 1 + i % 2, i) for i in range(1, 41)))
        self.org.add("Product2", "Id,Name,Family,IsActive")
        self.files = self.org.files()
        self.members = [Member(name, content) for name, content in self.files.items()]
        self.account, self.opportunity, self.product = self.members

    def job_of(self, path=ZIP, more=""):
        return self.job(['{ plugin = "salesforce"; path = %s; %s }' % (
            path if path.startswith("(") else kit.quoted(path), more)], more=DIMENSIONS)

    def check_refused(self, status, *says, path=ZIP, more="", checked=None, lines=1):
        """A run over an export: refused in one clear line that matches all of `says`; nothing is written anywhere.
        checked: what `check` answers, which does not read all."""
        job, before = self.job_of(path, more), self.listing()
        for words in (("run", job, "--threads", "1"), ("run", job, "--threads", "4")):
            done = self.refused(status, *words, says=says)
            self.check_clear(done, lines)
        done = self.run_raw("check", job)
        self.assertEqual(done.status, status if checked is None else checked, done.messages)
        self.check_clear(done, lines if done.status else 0)
        self.assertEqual(self.listing(), before)
        return done

    def check_clear(self, done, lines):
        """So many lines, the first with something to do, all of sensible length."""
        said = done.messages.splitlines()
        self.assertEqual(len(said), lines, done.messages)
        for line in said:
            self.assertRegex(line, r"\Acrmval: [^\x00-\x1f]{,400}\Z")
        if said:
            self.assertRegex(said[0], self.advice)

    def check_read(self, *words, path=ZIP, more="", rows=40, skipped=None):
        """A run over an export that is odd but good: all opportunities are read, nothing else is written."""
        job, before = self.job_of(path, more), self.listing()
        data = self.result(job, *words)["data"]
        self.assertEqual((data["opportunity"]["rows"], data["account"]["rows"]), (rows, 2))
        if skipped is not None:
            self.assertEqual(data["opportunity"]["skipped"], skipped)
        self.assertEqual(self.listing(), before)
        return data

    def write(self, name, content, is_new=False):
        """Files are old, as those are that nobody writes to any more."""
        path = super().write(name, content)
        if not is_new:
            os.utime(path, (10 ** 9, 10 ** 9))
        return path

    def zip(self, *members, name=ZIP, **form):
        return self.write(name, export.archive(*members, **form))

    def instead(self, **changes):
        """The archive with another member of the name Opportunity.csv."""
        member = Member("Opportunity.csv", changes.pop("content", self.opportunity.content), **changes)
        self.zip(self.account, member, self.product)


class Structure(Broken):
    """65: archives that cannot be trusted as a whole, whoever asks for which member."""

    def test_encrypted(self):
        for make in (export.encrypted, export.encrypted_aes):
            self.zip(self.account, make("Opportunity.csv", self.opportunity.content))
            self.check_refused(65, ZIP, r"Opportunity\.csv", "encrypted|password")

    def test_overlapping(self):
        for how in ("same", "quoted", "tail"):
            for padding in (0, 4096):
                self.write(ZIP, export.overlapping(self.account, self.opportunity, how, padding))
                self.check_refused(65, ZIP, r"(Account|Opportunity)\.csv", "overlap" if how != "same" else
                                   "overlap|header is not that of")

    def test_overlap_with_the_directory(self):
        whole = export.archive(self.account)
        self.zip(self.account, Member("Opportunity.csv", b"", packed_size=1000, size=1000, crc=0,
                                      offset=whole.index(b"PK\1\2"), is_written=False))
        self.check_refused(65, ZIP)

    def test_member_beyond_the_end(self):
        for offset in (10 ** 6, 0xFFFFFFF0):
            self.zip(self.account, Member("Opportunity.csv", b"x", offset=offset, is_written=False))
            self.check_refused(65, ZIP, r"Opportunity\.csv|damaged|truncated|cut")

    def test_truncated(self):
        whole = export.archive(*self.members, comment=b"weekly")
        for place in ("data", "directory", "end", "last"):
            self.write(ZIP, export.cut(whole, place))
            self.check_refused(65, ZIP, "truncated|cut|incomplete|no end|not a ZIP", "still being written")

    def test_not_a_zip(self):
        for content, says in ((b"Id,Name\n1,2\n" * 100, "none"), (bytes(5000), "none"),
                              (b"", "too short|none"), (b"PK\3\4" + bytes(100), "ZIP archive"),
                              (b"\x1f\x8b\x08" + bytes(100), "none")):
            self.write(ZIP, content)
            self.check_refused(65, ZIP, says)

    def test_twice_in_one_archive(self):
        twin = Member("Opportunity.csv", self.files["Opportunity.csv"].upper())
        self.zip(self.account, self.opportunity, twin)
        self.check_refused(65, ZIP, r"Opportunity\.csv", "twice|two members|more than one")

    def test_directory_that_lies(self):
        for entries in (1, 5, 60000):
            self.zip(*self.members, entries=entries)
            self.check_refused(65, ZIP)

    def test_name_that_differs_in_the_local_header(self):
        self.instead(local_name="Opportunitz.csv")
        self.check_refused(65, ZIP)

    def test_name_with_a_nul(self):
        self.zip(self.account, self.opportunity, Member("Contact.csv\0.exe", b"x"))
        self.check_refused(65, ZIP, "NUL")

    def test_size_limits(self):
        self.instead()
        self.check_refused(65, ZIP, r"Opportunity\.csv", "max_member_bytes", more="max_member_bytes = 1000;")
        self.check_refused(65, ZIP, "max_members", more="max_members = 2;")


class Content(Broken):
    """65: members that are not what the directory says; told only when somebody reads them."""

    def check_content(self, *says):
        self.check_refused(65, ZIP, r"Opportunity\.csv", *says, checked=self.checked)

    def check_either(self, *says):
        """What `check` finds of it depends on how much it reads."""
        job = self.job_of()
        self.checked = self.run_raw("check", job).status
        self.assertIn(self.checked, (0, 65))
        self.check_content(*says)

    def test_wrong_checksum(self):
        self.instead(crc=12345)
        self.check_either("CRC|checksum")

    def test_one_bit(self):
        packed = bytearray(self.opportunity.packed)
        packed[len(packed) // 2] ^= 0x10
        self.instead(packed=bytes(packed))
        self.check_either("CRC|checksum|damaged|invalid|corrupt|compressed")

    def test_wrong_sizes(self):
        real = len(self.opportunity.content)
        for size in (real - 1, real + 1, real // 2, real * 2, 0):
            self.instead(size=size)
            self.check_either("size|bytes|shorter|longer|truncated|ratio")

    def test_data_that_end_early_or_late(self):
        packed = self.opportunity.packed
        self.instead(packed=packed[:-20])
        self.check_either("truncated|ends|cut|damaged")
        self.instead(packed=packed + b"\0" * 20)
        self.check_either("after|behind|left over|size|bytes")

    def test_noise(self):
        self.instead(packed=bytes(255 - i % 251 for i in range(800)))
        self.check_either("damaged|invalid|corrupt|compressed")

    def test_unknown_methods(self):
        for method in (1, 6, 9, 12, 14, 93, 95, 98, 65535):
            self.instead(method=method, packed=self.opportunity.packed)
            done = self.run_raw("run", self.job_of())
            self.assertRegex(done.messages, r"method %d\b|method.*\(%d\)" % (method, method))
            self.check_either("method")
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            self.write(ZIP, export.zipped(self.files, method=method))
            self.check_refused(65, ZIP, r"\.csv", "method %d|bzip2|LZMA|method" % method, checked=65)

    def test_bomb(self):
        content = self.files["Opportunity.csv"] + b'"' + b"x" * (80 << 20) + b'"\n'
        self.instead(content=content)
        self.check_either("max_zip_ratio")
        self.instead()
        self.check_read(more="max_zip_ratio = 2;")  # small members may be as dense as they like

    def test_a_member_that_nobody_reads_may_be_broken(self):
        self.zip(self.account, self.opportunity, Member("Case.csv", b"Id\n1\n", crc=1),
                 Member("Solution.csv", b"Id\n1\n", method=12), Member("Idea.csv", b"Id\n1\n", size=1 << 30))
        self.check_read()

    def test_csv_that_is_broken(self):
        for text, says in ((b'"Id","AccountId"\n"1","2', r"Opportunity\.csv:2"), (b"", "no header|empty"),
                           (b'"Id","Id"\n"1","2"\n', r"Opportunity\.csv.*Id")):
            self.instead(content=text)
            self.advice = "crmval: "
            self.checked = self.run_raw("check", self.job_of()).status
            self.check_content(says)

    def test_rows_of_other_widths_are_rejected(self):
        self.instead(content=self.opportunity.content + b'"1","2"\n')
        opportunity = self.check_read()["opportunity"]
        self.assertEqual(opportunity["rejected"], 1)
        self.assertRegex(opportunity["examples"][0], r"WE_\w+_1\.ZIP/Opportunity\.csv:42: ")


class Sets(Broken):
    """Parts that are not all there, or not of one org."""

    def parts(self, *names):
        for name in names:
            self.zip(*self.members, name="in/" + name)

    def test_a_missing_part(self):
        for number, (there, missing) in enumerate((((1, 3), 2), ((2,), 1), ((2, 3), 1), ((1, 2, 4, 5), 3))):
            folder = "in%d" % number
            names = ["%s/%s" % (folder, export.set_name(part)) for part in there]
            for name in names:
                self.zip(*self.members, name=name)
            says = r"part %d|_%d\b" % (missing, missing)
            self.check_refused(66, says, "missing|not there", path=folder)
            self.check_refused(66, says, path="( %s )" % ", ".join(map(kit.quoted, names)))

    def test_two_organisations(self):
        self.parts(export.set_name(1), export.set_name(1, export.OTHER_ORG))
        self.check_refused(65, export.ORG[:15], export.OTHER_ORG[:15], path="in")

    def test_the_same_part_twice(self):
        self.parts(export.set_name(1), export.set_name(1)[:-4] + ".zip")
        self.check_refused(65, "twice|two files|both|part 1", path="in")

    def test_archives_and_files_in_one_folder(self):
        self.parts(export.set_name(1))
        self.write("in/Account.csv", self.files["Account.csv"])
        self.check_refused(78, "both .*not both", path="in")

    def test_one_part_is_broken(self):
        self.parts(export.set_name(1))
        self.write("in/" + export.set_name(2), export.archive(*self.members)[:-30])
        self.check_refused(65, re.escape(export.set_name(2)), path="in")


class Missing(Broken):
    """66: what is not there; 78: what the job gets wrong."""
    advice = "crmval: "

    def test_no_such_file(self):
        self.check_refused(66, ZIP, "No such file")
        self.check_refused(66, "in", "No such file", path="in")

    def test_nothing_in_it(self):
        os.mkdir(self.path("in"))
        self.check_refused(66, "in", "no|check where", path="in")
        self.write("in/readme.txt", "hello")
        self.check_refused(66, "in", path="in")
        self.write(ZIP, export.archive())
        self.check_refused(66, ZIP, "no .*(object|table|member|entity)|empty")
        self.write(ZIP, export.archive(Member("Documents/x.csv", b"a\n"), Member("readme.txt", b"x")))
        self.check_refused(66, ZIP)

    def test_mistakes_of_the_job(self):
        self.zip(*self.members)
        for more, says, lines in (
                ('pth = "x";', "pth.*path", 2), ("max_zip_ratio = -1;", "max_zip_ratio", 2),
                ('entities = { opportunity = { delimiter = ";;"; }; };', "delimiter", 1),
                ('entities = { opportunity = { encoding = "utf8x"; }; };', "utf8x", 1),
                ('entities = { opportunity = { fields = ( ( "need", "Ned__c" ) ); }; };', "Ned__c", 2)):
            self.check_refused(78, says, more=more, lines=lines)
        self.job(['{ plugin = "salesforce"; }'])
        self.refused(78, "run", "job.conf", says="path: is missing")


class Growing(Broken):
    """75: an export that is still being written."""

    def run_while(self, change):
        """Runs as long as a thread changes an input without pause, until a run is refused for it."""
        done = threading.Event()

        def go():
            count = 0
            while not done.is_set():
                count += 1
                change(count)

        thread = threading.Thread(target=go)
        thread.start()
        try:
            for _ in range(20):  # should the thread ever sleep through a whole run
                run = self.run_raw("run", "job.conf")
                if run.status != 0:
                    break
        finally:
            done.set()
            thread.join()
        self.assertEqual((run.status, run.output), (75, ""), run.messages)
        self.assertRegex(run.messages, "changed while it was read|still being written")
        self.assertRegex(run.messages, "try( again)? later")
        return run

    def test_archive(self):
        self.zip(*self.members)
        self.job_of()
        run = self.run_while(lambda count: os.utime(self.path(ZIP), ns=(10 ** 18 + count, 10 ** 18 + count)))
        self.assertIn(ZIP, run.messages)

    def check_later(self, *says, more="", checked=75):
        self.advice = "; try again later"
        self.check_refused(75, *says, more=more, checked=checked)
        self.advice = "[;:] (get|is it) "
        self.check_refused(65, ZIP, more="settle_seconds = 0;" + more, checked=min(checked, 65))
        os.utime(self.path(ZIP), (10 ** 9, 10 ** 9))
        self.check_refused(65, ZIP, more=more, checked=min(checked, 65))

    def test_archive_without_its_end(self):
        """Whoever writes it need not write while we look: what was written to a moment ago is not whole yet."""
        whole = export.archive(*self.members)
        for size in (0, 100, len(whole) // 2, len(whole) - 1):
            self.write(ZIP, whole[:size], is_new=True)
            self.check_later(re.escape(ZIP), "is not whole", "written to")

    def test_archive_with_a_hole(self):
        """Not all programs write from the beginning to the end."""
        self.opportunity.packed = bytes(len(self.opportunity.packed))
        self.write(ZIP, export.archive(*self.members), is_new=True)
        self.check_later(re.escape(ZIP), "is not whole", checked=self.run_raw("check", self.job_of()).status)

    def test_new_archives_are_refused_for_what_they_are(self):
        self.write(ZIP, export.archive(*self.members), is_new=True)
        self.check_refused(65, "max_members", more="max_members = 2;")
        self.check_refused(65, "max_member_bytes", more="max_member_bytes = 1000;")
        self.write(ZIP, export.archive(self.account, export.encrypted("Opportunity.csv", b"x")), is_new=True)
        self.check_refused(65, "encrypted")

    def test_a_part_that_has_not_arrived(self):
        self.zip(*self.members, name="in/" + export.set_name(1))
        part = export.set_name(2)
        for name in (part + ".part", part + ".crdownload", part.lower() + ".filepart", "." + part + ".x9Qk2s"):
            self.write("in/" + name, b"PK")
            self.advice = "; try again later"
            self.check_refused(75, re.escape(name), "not arrived", path="in")
            os.remove(self.path("in/" + name))
        self.write("in/" + export.set_name(1) + ".sha256", b"00")
        self.check_read(path="in")

    def test_extracted_file(self):
        for name, content in self.files.items():
            self.write("in/" + name, content)
        self.job_of("in")
        row = self.files["Opportunity.csv"].splitlines(keepends=True)[1]

        def append(count):
            if count < 20000:
                with open(self.path("in/Opportunity.csv"), "ab", buffering=0) as file:
                    file.write(row)
        self.assertIn("Opportunity.csv", self.run_while(append).messages)


class Odd(Broken):
    """Archives that are good, if unlike most."""

    def test_forms(self):
        for content in (export.zipped(self.files), export.zipped(self.files, comment=b"weekly"),
                        export.zipped(self.files, method=zipfile.ZIP_STORED),
                        export.streamed(self.files), export.streamed(self.files, is_large=False),
                        export.archive(*self.members, comment=b"x" * 65535),
                        export.archive(*(Member(name, text, is_zip64=True) for name, text in self.files.items()),
                                       is_zip64=True),
                        export.archive(*(Member(name, text, method=i % 2 * 8) for i, (name, text) in
                                         enumerate(self.files.items()))),
                        export.archive(*(Member(name, text, flags=0x800, padding=b"gap") for name, text in
                                         self.files.items()))):
            self.write(ZIP, content)
            self.check_read()

    def test_something_before_the_archive(self):
        # An offset from the start of the file is right; where offsets are from elsewhere, it is refused.
        self.zip(*self.members, before=b"#!/bin/sh\nexit\n" * 100)
        self.check_read()
        self.write(ZIP, b"junk" * 100 + export.archive(*self.members))
        self.check_refused(65, ZIP)

    def test_names_that_are_passed_over(self):
        odd = ("../Opportunity.csv", "/Opportunity.csv", "..\\Opportunity.csv", "C:\\Opportunity.csv",
               "a/Opportunity.csv", "./Opportunity.csv", "Opportunity.csv/", "OPPORTUNITY.CSV",
               "Opportunity.csv ", "Opportunity.CSV",
               "ContentVersion/068000000000001AAA", "../../../../../../tmp/crmval-was-here", "\u202eOpportunity.csv")
        self.zip(*(Member(name, b"" if name.endswith("/") else b'"Id"\n"1"\n') for name in odd), *self.members)
        self.check_read()
        self.assertFalse(os.path.exists("/tmp/crmval-was-here"))
        self.assertFalse(os.path.exists(os.path.join(os.path.dirname(self.folder), "Opportunity.csv")))

    def test_links_and_folders_are_members_like_others(self):
        self.write(ZIP, export.zipped({"Documents/": b"", **self.files, "Other Uploaded Collateral/a": b"\0" * 100}))
        self.check_read()

    def test_headers_alone(self):
        self.zip(*(Member(name, text.splitlines(keepends=True)[0]) for name, text in self.files.items()))
        data = self.result(self.job_of())["data"]
        self.assertEqual((data["opportunity"]["rows"], data["account"]["rows"]), (0, 0))

    def test_a_name_without_number(self):
        self.zip(*self.members, name="last week.zip")
        self.check_read(path="last week.zip")

    def test_copies(self):
        """What a browser calls a second download is no part that could be told from the first."""
        for name in (export.set_name(1)[:-4] + " (1).ZIP", export.set_name(1)[:-5] + "x.ZIP"):
            self.zip(*self.members, name="in/" + name)
            self.check_refused(65, re.escape(name), "copy of a part", "keep one", path="in")
            os.remove(self.path("in/" + name))

    def test_parts_that_are_equal(self):
        # An organisation's id may stand there with its check characters or without.
        for name in (export.set_name(1), export.set_name(2, export.ORG[:15]).lower().replace("00d", "00D")):
            self.zip(*self.members, name="in/" + name)
        self.assertEqual(self.check_read(path="in")["opportunity"]["duplicates"], 40)


if __name__ == "__main__":
    kit.main()
