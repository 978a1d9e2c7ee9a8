"""Concerns as tests raise them: what is not said is plausible and complete."""

from sqlalchemy import text

from fitness.concern import Concern, ConcernAct, Referrer, due_by, record
from fitness.concern.referral import Removal
from fitness.concern.told import (
    ASKED,
    Advocate,
    AllegationSaid,
    CrimeSaid,
    Danger,
    Elsewhere,
    HarmSaid,
    IncidentSaid,
    Investigation,
    Looked,
    Naming,
    RemovalSaid,
    Safety,
    Section,
    Speaker,
    Subject,
    TeacherSaid,
    Triggers,
    What,
    When,
    Witnesses,
    You,
)
from fitness.fence import Capacity, look_as
from register.process import Process
from tests.make import NOW

SAID = {
    Section.TRIGGER: Triggers(because=("dismissed",)),
    Section.SUBJECT: Subject(name="Jo Marsh", home="Mill House"),
    Section.WHAT: What(words="They hit a child"),
    Section.WHEN: When(words="In the winter"),
    Section.SAFETY: Safety(danger=Danger.NOT_NOW),
    Section.WITNESSES: Witnesses(words="The cook saw it"),
    Section.ELSEWHERE: Elsewhere(bodies=("none",)),
    Section.INVESTIGATION: Investigation(looked=Looked.FINISHED, outcome="Proven"),
    Section.REMOVAL: RemovalSaid(removal=Removal.REMOVED),
    Section.HARM: HarmSaid(harm=("harm_test",)),
    Section.ALLEGATION: AllegationSaid(allegation=("harmed_a_child",)),
    Section.INCIDENT: IncidentSaid(incident=("none",)),
    Section.CRIME: CrimeSaid(crime=False),
    Section.TEACHER: TeacherSaid(teacher=False),
    Section.ADVOCATE: Advocate(speaker=Speaker.NONE),
    Section.YOU: You(name="Pat Reed", email="pat@example.org"),
    Section.NAMING: Naming(may_be_named=True),
}
ANONYMOUS = {Section.YOU: You(given=False)}
BY_TELEPHONE = {Section.YOU: You(name="Pat Reed", phone="+441632960001")}

SENT = {
    Section.TRIGGER: {"because": "dismissed"},
    Section.SUBJECT: {"name": "Jo Marsh", "home": "Mill House"},
    Section.WHAT: {"words": "They hit a child"},
    Section.WHEN: {"words": "In the winter"},
    Section.SAFETY: {"danger": "not_now"},
    Section.WITNESSES: {"words": "The cook"},
    Section.ELSEWHERE: {"bodies": "none"},
    Section.INVESTIGATION: {"looked": "under_way"},
    Section.REMOVAL: {"removal": "removed"},
    Section.HARM: {"harm": "harm_test"},
    Section.ALLEGATION: {"allegation": "none"},
    Section.INCIDENT: {"incident": "none"},
    Section.CRIME: {"crime": "no"},
    Section.TEACHER: {"teacher": "no"},
    Section.ADVOCATE: {"speaker": "none"},
    Section.YOU: {"given": "yes", "name": "Pat Reed", "email": "pat@example.org"},
    Section.NAMING: {"may_be_named": "yes"},
}
OF_EMPLOYER = {
    "organisation": "Northern Care",
    "name": "Pat Reed",
    "job": "Director",
    "email": "pat@example.org",
    "phone": "0113 496 0000",
}


def answered(referrer, section):
    """What a page is sent that is answered rightly."""
    of_employer = referrer is Referrer.EMPLOYER and section is Section.YOU
    return OF_EMPLOYER if of_employer else SENT[section]


async def make_draft(session, referrer=Referrer.FAMILY, said=None, *, now=NOW):
    """All of it answered, and not sent; with its code."""
    concern, secret = await Concern.begin(session, referrer, now=now)
    answers = {name: (SAID | (said or {}))[name] for name in ASKED[referrer]}
    for section, told in answers.items():
        await concern.keep(session, section, told, now=now)
    await record(session, concern.id, due_by(answers), {})
    return concern, secret


async def make_concern(session, referrer=Referrer.FAMILY, said=None, *, now=NOW):
    """Sent."""
    concern, _ = await make_draft(session, referrer, said, now=now)
    await concern.send(session, by=sending(session, now=now))
    return concern


def sending(session, *, now=NOW):
    return Process.begin(session, ConcernAct.SEND, now=now)


async def look_as_staff(session, account):
    await session.flush()
    await look_as(session, Capacity.STAFF, account.id)


async def look_as_nobody(session):
    """As whoever forgot to say who looks."""
    await session.flush()
    await session.execute(
        text(
            "select set_config('fitness.capacity', '', true), set_config('fitness.reader', '', true)"
        )
    )
