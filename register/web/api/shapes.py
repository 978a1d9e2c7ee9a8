"""What is in an answer of the public API: each object with its fields, as JSON Schema."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from register.employment import HOMES_THAT_HIDE_ONE
from register.entry import ConditionKind, OrderKind, Status, WarningKind
from register.part import Part
from register.search import PAGE

Json = dict[str, Any]


def text(description: str, **more: Any) -> Json:
    return {"type": "string", "description": description, **more}


def perhaps(piece: Json) -> Json:
    """The same, or null."""
    return {**piece, "type": [piece["type"], "null"]}


def day(description: str) -> Json:
    return text(description, format="date")


def one_of(codes: Collection[StrEnum], description: str) -> Json:
    return text(description, enum=list(codes))


def many(items: Json, description: str, **more: Any) -> Json:
    return {"type": "array", "items": items, "description": description, **more}


def whole(description: str, properties: Json) -> Json:
    """An object that always has all of its fields."""
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


NUMBER_FIELD = text(
    "For life, and never used again for somebody else.",
    pattern="^CH-[0-9]{7}-[A-HJ-NP-RT-Z]$",
)
QUALIFICATIONS = many(
    {"type": "string"}, "Titles of the qualifications that we have accepted."
)
MAY_PRACTISE = {
    "type": "boolean",
    "description": "Whether they may work in this part of the register. Go by this one: there may be new codes of status.",
}
RESTRICTIONS = many(
    ref("schemas", "Restriction"),
    "What limits or qualifies the registration at this moment.",
)
STATUS = one_of(list(Status), "How the entry stands in the register.")
FROM = day("The first day of the present or last period of registration.")
UNTIL = day("Its last day, as printed: a period can end sooner, and status tells.")

SCHEMAS = {
    "Person": whole(
        "A person on the register. Status, days, qualifications and restrictions are those of the leading entry: one that"
        " is registered comes first, then they follow the order of the parts.",
        {
            "number": NUMBER_FIELD,
            "name": text("As it is now; former names are searched, not shown."),
            "status": STATUS,
            "may_practise": MAY_PRACTISE,
            "town": perhaps(
                text(
                    f"Where they work: a town if it has at least {HOMES_THAT_HIDE_ONE} homes, else the region."
                )
            ),
            "registered_from": FROM,
            "registered_until": UNTIL,
            "parts": many(one_of(list(Part), "A part."), "In the order of entries."),
            "qualifications": QUALIFICATIONS,
            "restrictions": RESTRICTIONS,
            "entries": many(
                ref("schemas", "Entry"),
                "One for each part, the leading one first.",
                minItems=1,
            ),
            "as_at": text(
                "The moment for which all of this holds.", format="date-time"
            ),
        },
    ),
    "Entry": whole(
        "A person’s place in one part of the register.",
        {
            "part": one_of(list(Part), "Which part."),
            "status": STATUS,
            "may_practise": MAY_PRACTISE,
            "registered_from": FROM,
            "registered_until": UNTIL,
            "qualifications": QUALIFICATIONS,
            "restrictions": RESTRICTIONS,
            "previous_periods": many(
                ref("schemas", "Period"), "Earlier registration in this part."
            ),
        },
    ),
    "Restriction": whole(
        "An order, a condition or a warning that is in force.",
        {
            "kind": one_of([*OrderKind, *ConditionKind, *WarningKind], "What it is."),
            "text": perhaps(text("Its public wording, where it has one.")),
            "from": day("Its first day."),
            "until": perhaps(day("Its last day; null while no end is known.")),
            "decision": perhaps(
                text("The address of the published decision.", format="uri-reference")
            ),
        },
    ),
    "Period": whole(
        "A time of being registered, both days included.",
        {"from": day("Its first day."), "until": day("Its last day.")},
    ),
    "People": whole(
        "A page of the people who match, in the order of their family names.",
        {
            "items": many(
                ref("schemas", "Person"), "Each as if asked for alone.", maxItems=PAGE
            ),
            "next": perhaps(
                text(
                    "The address of the next page; null on the last.",
                    format="uri-reference",
                )
            ),
        },
    ),
    "Problem": {
        "type": "object",
        "description": "Why there is no answer, as RFC 9457 has it.",
        "required": ["type", "title", "status"],
        "properties": {
            "type": text("The status code says it all.", const="about:blank"),
            "title": text("The name of the status code."),
            "status": {"type": "integer", "description": "The status code."},
            "detail": text("A sentence for whoever reads the log."),
            "invalid": many(
                {"type": "string"}, "The parameters that are not as they should be."
            ),
        },
    },
}
