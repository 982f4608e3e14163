# SPDX-License-Identifier: MIT
"""Random Salesforce exports, as three tools would write them, and what a job says of them.

weekly: WE_<org>_<n>.ZIP, or the files in them; loader: Data Loader's files; bulk: those of the Bulk API.
"""

import csv
import io
import os
import zipfile

from generate_org import STAYS, Org

# what a job may map beyond the standard objects: {entity: (object, its own table or None, fields)}
OWN = {
    "opportunity": ("Opportunity", None, [
        ["need", "Need__c"], ["budget_participation", "Budget__c"], ["tender_participation", "=Tender__c"],
        ["approved_on", "Approved__c"], ["customer_time_rank", "Rank__c"],
        ["project_size", "=if(Amount >= 100000, 'large', 'small')"]]),
    "contact": ("Contact", None, []),
    "account": ("Account", None, [
        ["size_class", "Tier__c"], ["key_market", "Market__c"],
        ["region", "=concat(BillingState, ' - ', BillingCountry)"]]),
    "product": ("Product2", None, [["strategic", "Strategic__c"]]),
    "decision_member": ("OpportunityContactRole", None, [
        ["stance", "Stance__c"], ["value_fit", "Fit__c"], ["value_proposition", "Proposition__c"],
        ["verified_on", "Verified__c"]]),
    "participant": ("OpportunityTeamMember", None, [
        ["responsibility", "Task__c"], ["score", "Score__c"], ["acknowledged", "Agreed__c"],
        ["disputed", "=not not Denied__c"]]),
    "project_history": ("Asset", None, [["decision_maker", "Decider__c"], ["verified_on", "Verified__c"]]),
    "relationship": ("Relationship__c", "from", [
        ["id", "Id"], ["employee", "OwnerId"], ["contact", "Contact__c"], ["level", "Level__c"],
        ["recorded_on", "Recorded_On__c"]]),
    "resource_request": ("Resource_Request__c", "from", [
        ["id", "Id"], ["opportunity", "Opportunity__c"], ["function", "Function__c"], ["requested_on", "Needed_On__c"],
        ["assigned_on", "Assigned_On__c"], ["needed_on", "Needed_On__c"], ["ready_on", "Ready_On__c"],
        ["skill_match", "Skill_Match__c"]]),
    "expense": ("Expense__c", "from", [
        ["id", "Id"], ["opportunity", "Opportunity__c"], ["kind", "Kind__c"], ["amount", "Amount__c"],
        ["spent_on", "Spent_On__c"]]),
    "growth_record": ("Growth_Record__c", "from", [
        ["id", "Id"], ["employee", "User__c"], ["stage", "Stage__c"], ["entered_on", "Entered_On__c"]]),
}
CONTACTS = [["is_key", "=Key__c"], ["influence", "=coalesce(Influence__c, 3)"], ["verified_on", "Verified__c"]]
APPROVALS = ["if(StageName in ('Proposal/Price Quote', 'Closed Won'), OpportunityId)",
             "if(StageName != 'Prospecting', OpportunityId)"]


class Writer:
    """Puts an org into files."""

    def __init__(self, org, directory):
        self.org = org
        self.random = org.random
        self.chance = org.chance
        self.directory = directory

    def content(self, columns, rows):
        """A table's bytes."""
        weekly = self.org.shape == "weekly"
        stream = io.StringIO(newline="")
        delimiter = "," if weekly or self.chance(0.6) else self.random.choice(";\t|^`")
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL if weekly or self.chance(0.5)
                            else csv.QUOTE_MINIMAL, lineterminator=self.random.choice(["\n", "\n", "\r\n"]))
        writer.writerow([column.upper() if self.org.shape == "loader" else column for column in columns])
        writer.writerows([row[column] for column in columns] for row in rows)
        text = stream.getvalue()
        if weekly and self.chance(0.4):
            return text.encode("cp1252", "replace")
        return (b"\xef\xbb\xbf" if self.chance(0.2) else b"") + text.encode()

    def pieces(self, columns, rows, count):
        """[(columns, rows)] for each archive, or None: some rows stand in several, some columns are not in all."""
        if count == 1 or self.chance(0.6):
            home = self.random.randrange(count)
            return [(columns, rows) if place == home else None for place in range(count)]
        made = []
        for place in range(count):
            part = rows[len(rows) * place // count:len(rows) * (place + 1) // count]
            part = part + self.random.sample(rows, min(len(rows), self.random.choice([0, 0, 2])))
            kept = [column for column in columns
                    if column in ("Id", *STAYS) or column.endswith("__c") or not self.chance(0.04)]
            made.append((kept, part) if part or self.chance(0.5) else None)
        return made if any(made) else [(columns, rows), *made[1:]]  # what has no rows is there nevertheless

    def write(self):
        """The source's options that lead to the files."""
        if self.org.shape != "weekly" or self.chance(0.2):
            for name, (columns, rows) in self.org.tables.items():
                with open(os.path.join(self.directory, "export", name + ".csv"), "wb") as stream:
                    stream.write(self.content(columns, rows))
            return {"path": "export"}
        count = self.random.choice([1, 2, 3, 11])
        pieces = {name: self.pieces(*table, count) for name, table in self.org.tables.items()}
        paths = ["export/WE_00D000000000000EAA_%d.ZIP" % (place + 1) for place in range(count)]
        for place, path in enumerate(paths):
            with zipfile.ZipFile(os.path.join(self.directory, path), "w") as archive:
                for name, parts in pieces.items():
                    if parts[place]:
                        archive.writestr(name + ".csv", self.content(*parts[place]),
                                         self.random.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
                archive.writestr("Documents/0150000000000%02d" % place, b"Id,Name\nno,table\n")
        self.random.shuffle(paths)
        return {"path": self.random.choice(["export", paths])}


def entities(org):
    """What a job says of entities."""
    made = {}
    for entity, (name, own, fields) in OWN.items():
        if name not in org.tables or org.chance(0.3):
            continue
        if own:
            made[entity] = {"from": name, "fields": fields}
        elif fields:
            made[entity] = {"fields": org.random.sample(fields, org.random.randint(1, len(fields)))}
        else:
            made[entity] = {"parts": {"contacts": {"fields": CONTACTS}}}
    return made


def write(maker, directory):
    """Writes an export; returns the source of it."""
    org = Org(maker)
    source = {"plugin": "salesforce", **Writer(org, directory).write()}
    if org.custom:
        source["entities"] = entities(org)
    if "OpportunityHistory" in org.tables and maker.chance(0.3):
        source["lookups"] = {"approval": {"by": maker.random.choice(APPROVALS)}}
    return source
