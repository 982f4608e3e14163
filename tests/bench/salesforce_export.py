#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a large weekly export: objects, columns and cells as Salesforce gives them, sizes as asked.

usage: salesforce_export.py ZIP MEGABYTES [HEADERS]

HEADERS lists the columns of genuine exports, "Object: Id,IsDeleted,..." a line; without it each object has the columns
that are made up here.  The same arguments give the same bytes.
"""
import os
import random
import sys
import zipfile

USERS, PRODUCTS = 200, 300
PREFIX = {"Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "OpportunityHistory": "008",
          "OpportunityLineItem": "00k", "OpportunityContactRole": "00K", "Task": "00T", "Event": "00U",
          "Product2": "01t", "PricebookEntry": "01u"}
# What share of the bytes each object has.
SHARES = {"Account": 6, "Contact": 16, "Opportunity": 10, "OpportunityHistory": 16, "OpportunityLineItem": 10,
          "OpportunityContactRole": 7, "Task": 22, "Event": 13}
STAGES = [("Prospecting", 10), ("Qualification", 10), ("Needs Analysis", 20), ("Value Proposition", 50),
          ("Proposal/Price Quote", 75), ("Negotiation/Review", 90), ("Closed Won", 100), ("Closed Lost", 0)]
SURNAMES = ["Rossi", "Müller", "Novák", "Smith", "Okafor", "García", "Li", "Nguyen", "Andersson", "Dubois"]
WORDS = ["review", "the", "proposal", "with", "procurement", "and", "agree", "next", "steps", "for", "rollout", "pricing",
         "asked", "about", "delivery", "dates", "competitor", "offer", "budget", "owner"]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def salesforce_id(prefix, number):
    tail = ""
    for _ in range(8):
        number, digit = divmod(number, 62)
        tail = DIGITS[digit] + tail
    text = prefix + "5g00" + tail
    for start in (0, 5, 10):
        text += ALPHABET[sum(1 << j for j in range(5) if text[start + j].isupper())]
    return text


class Export:
    def __init__(self, megabytes):
        self.chance = random.Random(20231)
        self.ids = {}
        self.budget = {name: megabytes * 1e6 * share / sum(SHARES.values()) for name, share in SHARES.items()}

    def some(self, name):
        ids = self.ids[name]
        return ids[int(self.chance.random() * len(ids))]

    def day(self):
        number = int(self.chance.random() * 1460)
        return "%d-%02d-%02d" % (2022 + number // 365, 1 + number % 12, 1 + number % 28)

    def time(self):
        return "%s %02d:%02d:%02d" % (self.day(), *(int(self.chance.random() * n) for n in (24, 60, 60)))

    def text(self, words):
        return " ".join(WORDS[int(self.chance.random() * len(WORDS))] for _ in range(words))

    def common(self, key):
        when = self.time()
        return {"Id": key, "IsDeleted": "0", "CreatedDate": when, "LastModifiedDate": when, "SystemModstamp": when,
                "CreatedById": self.some("User"), "LastModifiedById": self.some("User"), "OwnerId": self.some("User"),
                "CurrencyIsoCode": "EUR"}

    # One method per object: the cells of a row.

    def User(self, key):
        return {"Id": key, "Username": key + "@example.com", "LastName": "User", "IsActive": "1",
                "Department": "Sales", "CreatedDate": "2020-01-01 08:00:00"}

    def Product2(self, key):
        return {"Id": key, "Name": "Product " + key, "Family": "Family " + key[14], "IsActive": "1",
                "IsDeleted": "0"}

    def PricebookEntry(self, key):
        return {"Id": key, "Product2Id": self.some("Product2"), "UnitPrice": "100", "IsDeleted": "0"}

    def Account(self, key):
        return {"Name": "Company " + self.text(2), "Type": "Customer", "BillingCity": "Köln", "BillingCountry": "Germany",
                "BillingState": "NW", "Phone": "+49 221 %07d" % (self.chance.random() * 1e7), "Industry": "Machinery",
                "AnnualRevenue": str(int(self.chance.random() * 1e8)), "Description": self.text(15),
                "NumberOfEmployees": str(int(self.chance.random() * 5000)), "ParentId": "000000000000000AAA"}

    def Contact(self, key):
        name = SURNAMES[int(self.chance.random() * 10)]
        return {"AccountId": self.some("Account"), "LastName": name, "FirstName": "Alex", "Name": "Alex " + name,
                "Title": "Head of " + self.text(1), "Department": "Purchasing", "Email": "%s@example.com" % key.lower(),
                "Phone": "+49 30 %07d" % (self.chance.random() * 1e7), "ReportsToId": "000000000000000AAA",
                "MailingCity": "Berlin", "MailingCountry": "Germany", "LeadSource": "Web"}

    def Opportunity(self, key):
        stage, probability = STAGES[int(self.chance.random() * 8)]
        return {"AccountId": self.some("Account"), "Name": "Deal " + self.text(3), "StageName": stage,
                "Amount": "%.2f" % (self.chance.random() * 1e6), "Probability": str(probability),
                "CloseDate": self.day() + " 00:00:00", "IsClosed": str(int(stage.startswith("Closed"))),
                "IsWon": str(int(stage == "Closed Won")), "NextStep": self.text(4), "ForecastCategory": "Pipeline",
                "Description": self.text(12), "Type": "New Business", "CampaignId": "000000000000000AAA"}

    def OpportunityHistory(self, key):
        stage, probability = STAGES[int(self.chance.random() * 8)]
        return {"OpportunityId": self.some("Opportunity"), "StageName": stage, "Probability": str(probability),
                "Amount": "%.2f" % (self.chance.random() * 1e6), "CloseDate": self.day() + " 00:00:00",
                "ForecastCategory": "Pipeline", "ExpectedRevenue": "1000"}

    def OpportunityLineItem(self, key):
        return {"OpportunityId": self.some("Opportunity"), "PricebookEntryId": self.some("PricebookEntry"),
                "Quantity": str(1 + int(self.chance.random() * 20)), "UnitPrice": "100", "TotalPrice": "1000",
                "ServiceDate": self.day() + " 00:00:00", "Description": self.text(6)}

    def OpportunityContactRole(self, key):
        return {"OpportunityId": self.some("Opportunity"), "ContactId": self.some("Contact"),
                "Role": ("Decision Maker", "Evaluator", "Business User", "")[int(self.chance.random() * 4)]}

    def Task(self, key):
        return {"WhoId": self.some("Contact"), "WhatId": self.some("Opportunity"), "Subject": "Call: " + self.text(3),
                "ActivityDate": self.day() + " 00:00:00", "Status": "Completed", "IsClosed": "1", "Priority": "Normal",
                "Description": self.text(25), "Type": "Call", "AccountId": self.some("Account"),
                "CallDurationInSeconds": str(int(self.chance.random() * 3600)), "CompletedDateTime": self.time()}

    def Event(self, key):
        return {"WhoId": self.some("Contact"), "WhatId": self.some("Opportunity"), "Subject": "Visit: " + self.text(3),
                "ActivityDateTime": self.time(), "ActivityDate": self.day() + " 00:00:00", "Type": "Meeting",
                "DurationInMinutes": "60", "AccountId": self.some("Account"), "Description": self.text(20)}

    def rows(self, name, columns):
        """The object's CSV, in pieces."""
        make, prefix, ids = getattr(self, name), PREFIX[name], self.ids.setdefault(name, [])
        fixed = {"User": USERS, "Product2": PRODUCTS, "PricebookEntry": PRODUCTS}.get(name)
        written, number, piece = 0, 0, []
        while number < fixed if fixed else written < self.budget[name]:
            key = salesforce_id(prefix, 1000 + number)
            ids.append(key)
            number += 1
            cells = make(key)
            if not fixed:
                cells = {**self.common(key), **cells}
            if columns is None:
                columns = list(cells)
            if number == 1:
                piece.append('"' + '","'.join(columns) + '"\n')
            piece.append('"' + '","'.join([cells.get(column, "") for column in columns]) + '"\n')
            written += len(piece[-1])
            if len(piece) > 4000:
                yield "".join(piece).encode()
                piece = []
        yield "".join(piece).encode()


def read_headers(path):
    headers = {}
    for line in open(path, encoding="utf-8"):
        name, _, columns = line.strip().partition(": ")
        headers[name] = columns.split(",")
    return headers


def write(path, megabytes, headers=None):
    headers = read_headers(headers) if headers else {}
    export = Export(megabytes)
    with zipfile.ZipFile(path + ".part", "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in ("User", "Product2", "PricebookEntry", *SHARES):
            info = zipfile.ZipInfo(name + ".csv", (2025, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as member:
                for piece in export.rows(name, headers.get(name)):
                    member.write(piece)
    os.replace(path + ".part", path)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    write(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
