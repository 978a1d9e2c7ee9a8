"""What is in an answer of the public API: each object with its fields, as JSON Schema."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from register.employment import HOMES_THAT_HIDE_ONE
from register.entry import Changed, ConditionKind, OrderKind, Status, WarningKind
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


def perhaps_one_of(codes: Collection[StrEnum], description: str) -> Json:
    """The same, or null, which is then one of the values."""
    return perhaps(text(description, enum=[*codes, None]))


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

PERSON_THEN = {
    "number": NUMBER_FIELD,
    "name": text("As it is now."),
    "status": perhaps_one_of(
        list(Status), "How the entry stood; null before they were in the register."
    ),
    "may_practise": {
        **MAY_PRACTISE,
        "description": "Whether they were allowed to work in this part of the register.",
    },
    "town": perhaps(text("Where they worked; null before they were in the register.")),
    "registered_from": perhaps(FROM),
    "registered_until": perhaps(UNTIL),
    "parts": many(one_of(list(Part), "A part."), "In the order of entries."),
    "qualifications": QUALIFICATIONS,
    "restrictions": many(
        ref("schemas", "Restriction"),
        "What limited or qualified the registration. Warnings are told for their term, and all else for some time after it"
        " ended; whether they were allowed to practise is always told as it was.",
    ),
    "entries": many(
        ref("schemas", "Entry"),
        "One for each part in which there was an entry, the leading one first.",
    ),
    "as_at": text(
        "The end of the day for which all of this holds, or this moment.",
        format="date-time",
    ),
    "as_known": text(
        "The end of the day on which the register said so, or this moment. Sent only if you ask for it.",
        format="date-time",
    ),
    "changes": many(
        ref("schemas", "Change"), "What changed on that day, in order of time."
    ),
}

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
    "PersonThen": {
        **whole(
            "A person on a day gone by. Who is shown at all is decided as of today.",
            PERSON_THEN,
        ),
        "required": [name for name in PERSON_THEN if name != "as_known"],
    },
    "Change": whole(
        "Something that changed in a part of the register: a status, or a restriction that began or ended.",
        {
            "part": one_of(list(Part), "Which part."),
            "at": text("The moment.", format="date-time"),
            "what": one_of(list(Changed), "Which of the two."),
            "from": perhaps(text("The code before; null where there was none.")),
            "to": perhaps(text("The code from then on; null where there is none.")),
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
            "decision": perhaps(
                text(
                    "The address of the published decision by which the entry was removed.",
                    format="uri-reference",
                )
            ),
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
