# SPDX-License-Identifier: MIT
"""The entities of the evaluation model, their fields and types (model, section 1)."""

# type of a field: key, ->entity, symbol (exact bytes), word (open set, lower case), closed (one of CLOSED),
# date, number, money, flag, text
ENTITIES = {
    "account": "id:key name:text owner:->employee size_class:closed region:symbol industry:symbol"
               " key_market:flag churned_on:date",
    "contact": "id:key account:->account name:text title:text department:text email:text phone:text is_key:flag"
               " influence:number reports_to:->contact created_on:date verified_on:date",
    "relationship": "id:key employee:->employee contact:->contact level:number recorded_on:date",
    "project_history": "id:key account:->account name:text product:->product vendor:text ours:flag amount:money"
                       " signed_on:date decision_maker:->contact created_on:date verified_on:date currency:word",
    "product": "id:key name:text category:symbol strategic:flag",
    "order": "id:key account:->account opportunity:->opportunity product:->product signed_on:date amount:money"
             " quantity:number currency:word",
    "opportunity": "id:key account:->account owner:->employee name:text product:->product stage:word"
                   " project_size:closed amount:money created_on:date approved_on:date closed_on:date outcome:closed"
                   " need:text competitor:text next_step:text expected_close_on:date budget_participation:flag"
                   " tender_participation:flag customer_time_rank:number competitor_minutes:number currency:word",
    "decision_member": "id:key opportunity:->opportunity contact:->contact role:word stance:number"
                       " value_proposition:text value_fit:number verified_on:date",
    "activity": "id:key opportunity:->opportunity account:->account employee:->employee kind:word occurred_on:date"
                " minutes:number",
    "resource_request": "id:key opportunity:->opportunity function:word requested_on:date assigned_on:date"
                        " needed_on:date ready_on:date skill_match:number",
    "participant": "id:key opportunity:->opportunity employee:->employee function:word responsibility:text"
                   " score:number acknowledged:flag disputed:flag",
    "expense": "id:key opportunity:->opportunity kind:word amount:money spent_on:date currency:word",
    "employee": "id:key name:text team:symbol region:symbol manager:->employee hired_on:date left_on:date sales:flag",
    "growth_record": "id:key employee:->employee stage:closed entered_on:date",
    "strategic_goal": "id:key name:text owner:->employee baseline:number target:number actual:number weight:number",
    "exchange_rate": "currency:word from_on:date rate:number base:word",
}
ENTITIES = {entity: dict(field.split(":") for field in fields.split()) for entity, fields in ENTITIES.items()}

# The closed sets; stages from the lowest to the highest.
STAGES = ("subsistence", "comfortable", "affluent", "fulfilled")
CLOSED = {
    ("account", "size_class"): ("large", "medium", "small"),
    ("opportunity", "project_size"): ("large", "small"),
    ("opportunity", "outcome"): ("won", "lost", "abandoned"),
    ("growth_record", "stage"): STAGES,
}

# Fields that no formula and no breakdown reads: a program may leave them unread, and then counts nothing for them.
IDLE = {("employee", "manager"), ("activity", "account"), ("activity", "employee"), ("participant", "employee")}

# Dates that somebody hopes for: they do not tell how new the data are.
PLANNED = ("needed_on", "expected_close_on")
