# SPDX-License-Identifier: MIT
"""A random Salesforce organisation: the objects of a small company, standard ones and custom ones, full of edges."""

import datetime

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
NOBODY = "000000000000000AAA"

# kinds of columns: ->OBJECT a lookup, flag, day, time, money, number, code (a currency), text, or words to choose from
OBJECTS = """
Account 001 20: Name:text Type:Customer|Prospect|Partner Industry:Optics|Steel|Health ParentId:->Account
 OwnerId:->User AnnualRevenue:money NumberOfEmployees:number Rating:Hot|Warm|Cold BillingState:Ost|West|Süd
 BillingCountry:Germany|中国 BillingCity:text Phone:phone LastActivityDate:day IsPersonAccount:flag
 PersonContactId:->Contact PersonEmail:email PersonTitle:text PersonDepartment:text PersonMobilePhone:phone
 CurrencyIsoCode:code
Contact 003 40: AccountId:->Account FirstName:text LastName:text Name:text Title:text Department:text Email:email
 Phone:phone MobilePhone:phone ReportsToId:->Contact OwnerId:->User LastActivityDate:day IsPersonAccount:flag
User 005 12: FirstName:text LastName:text Name:text Username:email IsActive:flag UserRoleId:->UserRole
 ManagerId:->User Department:Sales|Service|Presales Division:East|West Title:text State:Ost|West Country:DE|CN
 UserType:Standard|Standard|Standard|Guest LastLoginDate:time ProfileId:text
UserRole 00E 4: Name:Sales_East|Sales_West|Service ParentRoleId:->UserRole
Opportunity 006 40: AccountId:->Account Name:text Description:text
 StageName:Prospecting|Proposal/Price_Quote|Negotiation/Review|Closed_Won|Closed_Lost|Value_Proposition
 StageSortOrder:number Amount:money Probability:share CloseDate:day Type:New|Existing NextStep:text IsClosed:flag
 IsWon:flag ForecastCategoryName:Pipeline|Closed|Omitted OwnerId:->User CampaignId:->Account ContactId:->Contact
 LeadSource:Web|Fair CurrencyIsoCode:code ExpectedRevenue:money TotalOpportunityQuantity:number
OpportunityHistory 008 90: OpportunityId:->Opportunity StageName:Prospecting|Proposal/Price_Quote|Closed_Won
 Amount:money CloseDate:day Probability:share FromOpportunityStageName:Prospecting|Qualification
 ForecastCategory:Pipeline|Closed CurrencyIsoCode:code
OpportunityFieldHistory 017 10: OpportunityId:->Opportunity Field:StageName|Amount OldValue:text NewValue:text
OpportunityStage 01J 5: ApiName:Prospecting|Closed_Won MasterLabel:Prospecting SortOrder:number IsClosed:flag
 IsWon:flag DefaultProbability:share
OpportunityContactRole 00K 40: OpportunityId:->Opportunity ContactId:->Contact
 Role:Economic_Buyer|Technical_Buyer|Business_User|Decision_Maker|Influencer|Evaluator|Economic_Decision_Maker
 IsPrimary:flag
OpportunityCompetitor 00J 12: OpportunityId:->Opportunity CompetitorName:text Strengths:text Weaknesses:text
OpportunityTeamMember 00q 20: OpportunityId:->Opportunity UserId:->User
 TeamMemberRole:Sales_Engineer|Account_Manager|Pre-Sales_Consultant|Sales_Rep OpportunityAccessLevel:Read|Edit
OpportunityLineItem 00k 40: OpportunityId:->Opportunity PricebookEntryId:->PricebookEntry Product2Id:->Product2
 Quantity:number TotalPrice:money UnitPrice:money ServiceDate:day SortOrder:number CurrencyIsoCode:code
PricebookEntry 01u 10: Product2Id:->Product2 UnitPrice:money IsActive:flag Pricebook2Id:text CurrencyIsoCode:code
Product2 01t 8: Name:text ProductCode:text Family:Laser|Optics|Dienst IsActive:flag
Order 801 25: AccountId:->Account OpportunityId:->Opportunity EffectiveDate:day EndDate:day OwnerId:->User
 Status:Draft|Activated StatusCode:Draft|Activated TotalAmount:money IsReductionOrder:flag OrderNumber:text
 ActivatedDate:time CurrencyIsoCode:code
OrderItem 802 40: OrderId:->Order Product2Id:->Product2 PricebookEntryId:->PricebookEntry Quantity:number
 UnitPrice:money TotalPrice:money ServiceDate:day CurrencyIsoCode:code
Task 00T 40: WhoId:->Contact WhatId:->Opportunity|Account AccountId:->Account OwnerId:->User ActivityDate:day
 Subject:text Status:Completed|Open Type:Call|Email|Meeting TaskSubtype:Call|Email IsClosed:flag
 CompletedDateTime:time CallDurationInSeconds:seconds IsRecurrence:seldom
Event 00U 40: WhoId:->Contact WhatId:->Opportunity|Account AccountId:->Account OwnerId:->User ActivityDateTime:time
 StartDateTime:time ActivityDate:day DurationInMinutes:number Subject:text Type:Call|Meeting IsChild:seldom
 IsAllDayEvent:flag IsGroupEvent:flag EndDateTime:time IsRecurrence:seldom EventSubtype:Event
Asset 02i 12: AccountId:->Account Product2Id:->Product2 IsCompetitorProduct:flag PurchaseDate:day Price:money
 AssetProvidedById:->Account IsInternal:seldom Quantity:number Status:Installed|Obsolete Name:text
 CurrencyIsoCode:code UsageEndDate:day ContactId:->Contact
Contract 800 8: AccountId:->Account StartDate:day ContractTerm:number Status:Activated|Draft ActivatedDate:time
AccountContactRole 02Z 8: AccountId:->Account ContactId:->Contact Role:Decision_Maker IsPrimary:flag
AccountContactRelation 07k 8: AccountId:->Account ContactId:->Contact Roles:text IsDirect:flag IsActive:flag
 StartDate:day EndDate:day
CurrencyType 01L 4: IsoCode:money-code ConversionRate:rate IsCorporate:flag IsActive:flag DecimalPlaces:number
Goal 0Pk 6: Name:text IsKeyCompanyGoal:flag OwnerId:->User
Metric 0Pl 12: GoalId:->Goal Name:text OwnerId:->User InitialValue:number TargetValue:share CurrentValue:number
 Weight:number Status:Active|Canceled
Relationship__c a00 30: OwnerId:->User Contact__c:->Contact Level__c:number Recorded_On__c:day
Resource_Request__c a01 25: Opportunity__c:->Opportunity Function__c:presales|test Assigned_On__c:day Needed_On__c:day
 Ready_On__c:day Skill_Match__c:level
Expense__c a02 20: Opportunity__c:->Opportunity Kind__c:Presales|Travel Amount__c:money Spent_On__c:day
Growth_Record__c a03 24: User__c:->User Stage__c:Subsistence|Comfortable|Affluent|Fulfilled Entered_On__c:day
DatedConversionRate 04w 9: IsoCode:money-code StartDate:early NextStartDate:day ConversionRate:rate
"""
# columns that a job may name, and that must be there then, as those of custom objects and fields
STAYS = ("Amount", "BillingState", "BillingCountry", "OwnerId", "StageName", "OpportunityId")
NO_FLAG = ("User", "UserRole", "CurrencyType", "DatedConversionRate", "OpportunityStage")
CUSTOM = {"Opportunity": {"Need__c": "text", "Budget__c": "flag", "Tender__c": "flag", "Approved__c": "day",
                          "Rank__c": "number"},
          "Contact": {"Key__c": "flag", "Influence__c": "number", "Verified__c": "day"},
          "Account": {"Tier__c": "large|small", "Market__c": "flag"}, "Product2": {"Strategic__c": "flag"},
          "OpportunityContactRole": {"Stance__c": "number", "Fit__c": "level", "Proposition__c": "text",
                                     "Verified__c": "day"},
          "OpportunityTeamMember": {"Task__c": "text", "Score__c": "share", "Agreed__c": "flag", "Denied__c": "flag"},
          "Asset": {"Decider__c": "->Contact", "Verified__c": "day"}}


def objects():
    made = {}
    for entry in OBJECTS.strip().replace("\n ", " ").split("\n"):
        head, _, columns = entry.partition(": ")
        name, prefix, count = head.split()
        made[name] = prefix, int(count), dict(column.split(":", 1) for column in columns.split())
    return made


def checked(short):
    return short + "".join(DIGITS[sum(2 ** j for j in range(5) if short[k + j].isupper())] for k in (0, 5, 10))


class Org:
    """maker gives chance and days; afterwards tables: {object: (columns, rows)}."""

    def __init__(self, maker):
        self.maker = maker
        self.random = maker.random
        self.chance = maker.chance
        self.shape = self.random.choice(["weekly", "weekly", "weekly", "loader", "bulk"])
        self.mess = maker.mess
        self.multi = self.chance(0.4)
        self.custom = self.chance(0.7)
        self.nobody = {}
        self.short = {}
        self.objects = {name: made for name, made in objects().items() if not self.chance(0.12)}
        if not self.multi:
            self.objects.pop("CurrencyType", None)
            self.objects.pop("DatedConversionRate", None)
        if self.custom:
            for name, columns in CUSTOM.items():
                if name in self.objects:
                    self.objects[name][2].update(columns)
        self.ids = {name: [prefix + "".join(self.random.choice(ALPHABET) for _ in range(12)) for _ in range(count)]
                    for name, (prefix, count, _) in self.objects.items()}
        self.tables = {name: self.table(name) for name in self.objects}

    def table(self, name):
        columns = {"Id": "id", **({} if name in NO_FLAG else {"IsDeleted": "deleted"}), **self.objects[name][2],
                   "CreatedDate": "time", "LastModifiedDate": "time"}
        columns = {column: kind for column, kind in columns.items()
                   if column in ("Id", *STAYS) or column.endswith("__c")
                   or not (self.chance(0.04) or (kind == "code" and not self.multi))}
        count = 0 if self.chance(0.08) else len(self.ids[name])
        rows = [{column: self.padded(self.cell(name, column, kind, number)) for column, kind in columns.items()}
                for number in range(count)]
        return list(columns), rows

    def padded(self, text):
        if self.shape == "bulk":
            text = "#N/A" if text == "" and self.chance(0.5) else text
            text = " " + text if self.chance(0.03) else text
        return text

    def written(self, name, column, short):
        """An id as its column has it."""
        if short is None:
            return self.nobody.setdefault((name, column), self.random.choice(["", NOBODY]))
        kind = self.random.random()
        if kind < 0.01 * self.mess:
            return checked(short)[:-1] + "9"
        if self.short.setdefault((name, column), self.chance(0.1)) or kind < 0.02 * self.mess:
            return short
        return checked(short)

    def cell(self, name, column, kind, number):
        if kind == "id":
            return self.written(name, column, self.ids[name][number])
        if kind == "deleted":
            return self.flag(self.chance(0.05))
        if kind.startswith("->"):
            target = self.random.choice(kind[2:].split("|"))
            known = self.ids.get(target)
            if not known or self.chance(0.15):
                return self.written(name, column, None)
            return self.written(name, column, "00xNobody000000" if self.chance(0.02 * self.mess) else
                                self.random.choice(known))
        if self.chance(0.08):
            return ""
        return getattr(self, kind.replace("-", "_"), lambda: self.word(kind))()

    def word(self, words):
        return self.random.choice(words.split("|")).replace("_", " ")

    def flag(self, value=None):
        value = self.chance(0.5) if value is None else value
        words = {"weekly": "01", "loader": ("false", "true"), "bulk": ("false", "true")}[self.shape]
        return words[value]

    def day(self):
        day = self.maker.event().isoformat()
        return day + " 00:00:00" if self.shape == "weekly" else day

    def early(self):
        return (self.maker.base[0] - datetime.timedelta(self.random.choice([500, 365, 365]))).isoformat()

    def time(self):
        day = self.maker.early() if self.chance(0.3) else self.maker.event()
        clock = self.random.choice(["00:00:00", "17:16:45", "23:59:59", "08:30:00"])
        return {"weekly": "%s %s", "loader": "%sT%s.000Z", "bulk": "%sT%s.000+0000"}[self.shape] % (day, clock)

    def money(self):
        number = self.random.choice([0, 100000, 99999.5, 250000, self.random.randint(1, 300000),
                                     self.random.randint(1, 9999999) / 100])
        if self.shape == "weekly":
            return "%.4f" % number if number != int(number) and self.chance(0.1) else "%.10g" % number
        return repr(float(number)) if self.shape == "loader" or self.chance(0.8) else "%.3E" % number

    def number(self):
        return str(self.random.choice([0, 1, 2, 3, 5, 30, 60, 90, "2.5"]))

    def level(self):
        return self.random.choice(["0", "0.5", "1", "0.25"])

    def seldom(self):
        return self.flag(self.chance(0.1))

    def seconds(self):
        return str(self.random.choice([0, 60, 90, 1800, 3600]))

    def share(self):
        return str(self.random.choice([0, 10, 10, 20, 50, 60, 70, 75, 90, 100, 100]))

    def rate(self):
        return self.random.choice(["1", "18.2", "0.9", "1.125", "7"])

    def code(self):
        return self.random.choice(["EUR", "USD", "CNY", "GBP"])

    money_code = code

    def text(self):
        return self.random.choice(["text", "Müller, Söhne", 'say "so"', "x\ny", "plain", "€ 5", "a|b;c^d`e"])

    def email(self):
        return self.random.choice(["a@b.cn", "no-at.example.com", "ann.lee@example.com"])

    def phone(self):
        return self.random.choice(["+86 10 1234 5678", "(030) 123-4567", "123456"])
