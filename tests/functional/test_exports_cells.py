#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Odd cells of an export, one a row, and what becomes of each: what it counts for, and what is said of it."""

import salesforce_export as export
import kit

ZIP = export.set_name(1)
HEADER = "Id,AccountId,StageName,Amount,CloseDate,IsClosed,IsWon,IsDeleted".split(",")
DEAL = {"Id": "006#1", "AccountId": "001#1", "StageName": "Closed Won", "Amount": "1", "CloseDate": "2025-06-01 00:00:00",
        "IsClosed": "1", "IsWon": "1", "IsDeleted": "0"}
ACCOUNT, DEAL_ID = export.ident("001", 1), export.ident("006", 500)
WRONG = 'is not a Salesforce id: its check characters do not fit'
# column, cell, what the won deal then counts for in sales, what is said of it
CELLS = (
    ("Id", DEAL_ID[:15], 1, None),
    ("Id", export.ident("006", 501)[:15] + "AAA", 1, 'id "%sAAA" %s' % (export.ident("006", 501)[:15], WRONG)),
    ("Id", export.ident("006", 502)[:15] + export.ident("006", 502)[15:].lower(), 1, WRONG),
    ("AccountId", ACCOUNT, 1, None),
    ("AccountId", ACCOUNT[:15], 1, None),
    ("AccountId", " %s " % ACCOUNT, 1, None),
    ("AccountId", ACCOUNT[:15] + "AAB", 1, 'account "%sAAB" %s' % (ACCOUNT[:15], WRONG)),
    ("AccountId", "", 1, None),
    ("AccountId", "#N/A", 1, None),
    ("AccountId", "000000000000000AAA", 1, None),
    ("AccountId", "000000000000000", 1, None),
    ("Amount", "", 0, None),
    ("Amount", "#N/A", 0, None),
    ("Amount", "2.0", 2, None),
    ("Amount", "0.25", 0.25, None),
    ("Amount", " 3 ", 3, None),
    ("Amount", "4.000000e+00", 4, None),
    ("Amount", "5E0", 5, None),
    ("Amount", "-6", -6, None),
    ("Amount", "1,000", 0, 'amount "1,000" is not a number'),
    ("Amount", "$10", 0, 'amount "$10" is not a number'),
    ("Amount", "10 EUR", 0, 'amount "10 EUR" is not a number'),
    ("Amount", "null", 0, 'amount "null" is not a number'),
    ("Amount", "NaN", 0, 'amount "NaN" is not a number'),
    ("Amount", "1e999", 0, 'amount "1e999" is not a number'),
    ("Amount", "0x10", 0, 'amount "0x10" is not a number'),
    # The first and last day of the period, in all the forms of days and moments; none is shifted by its zone.
    ("CloseDate", "2025-01-01", 1, None),
    ("CloseDate", "2024-12-31 23:59:59", 0, None),
    ("CloseDate", "2025-12-31 00:00:00", 1, None),
    ("CloseDate", "2025-12-31T23:59:59.999Z", 1, None),
    ("CloseDate", "2025-12-31T23:59:59.000+0000", 1, None),
    ("CloseDate", "2025-12-31T23:59:59-08:00", 1, None),
    ("CloseDate", "2026-01-01T00:00:00.000Z", 0, None),
    ("CloseDate", "", 0, None),
    ("CloseDate", "9999-12-31 00:00:00", 0, None),
    ("CloseDate", "1700-01-01 00:00:00", 0, None),
    ("CloseDate", "06/01/2025", 0, 'signed_on "06/01/2025" is not a date'),
    ("CloseDate", "2025-02-29", 0, 'signed_on "2025-02-29" is not a date'),
    ("CloseDate", "2025-06-01 25:00:00", 0, 'signed_on "2025-06-01 25:00:00" is not a date'),
    ("IsWon", "true", 1, None),
    ("IsWon", "TRUE", 1, None),
    ("IsWon", "True", 1, None),
    ("IsWon", "0", None, None),
    ("IsWon", "false", None, None),
    ("IsWon", "FALSE", None, None),
    ("IsDeleted", "", 1, None),
    ("IsDeleted", "false", 1, None),
    ("IsDeleted", "1", None, None),
    ("IsDeleted", "true", None, None),
    ("IsDeleted", "TRUE", None, None),
)


class Cells(export.Case):
    def test_each(self):
        rows = [[export.expanded({**DEAL, "Id": "006#%d" % i, column: cell}[name]) for name in HEADER]
                for i, (column, cell, _, _) in enumerate(CELLS)]
        org = export.Export().add("Account", "Id,Name", "001#1,Acme")
        org.objects["Opportunity"] = (HEADER, rows)  # as it stands here
        self.write(ZIP, export.zipped(org.files()))
        job = self.job(['{ plugin = "salesforce"; path = "%s"; }' % ZIP],
                       more="limits = { examples = 1000; unreadable_share = 1.0; };")
        result = self.result(job)
        order = result["data"]["order"]
        kept = [cell for cell in CELLS if cell[2] is not None]
        self.assertEqual(order["rows"], len(kept))
        self.assertEqual({what: count for what, count in order["skipped"].items() if count},
                         {"deleted": 3, "opportunities that are not won": 3})
        self.assertEqual(kit.measures(result)["sales"]["numerator"], sum(cell[2] for cell in kept))
        self.assertEqual((order["rejected"], order["duplicates"], order["dangling"]), (0, 0, {}))
        said = {}
        for text in order["examples"]:
            said.setdefault(int(text.split(":")[1]), []).append(text.split(": ", 1)[1])
        for i, (column, cell, _, expected) in enumerate(CELLS):
            if expected:
                self.assertIn(expected, " ".join(said.pop(i + 2, [])), (column, cell))
        self.assertEqual(said, {})
        self.assertEqual(order["unreadable"],
                         {"id": 2, "account": 1, "opportunity": 2, "signed_on": 3, "amount": 7})


if __name__ == "__main__":
    kit.main()
