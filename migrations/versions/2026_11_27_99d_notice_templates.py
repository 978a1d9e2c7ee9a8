"""Templates of the notices of a case: versions that nobody alters, a draft of each kind, and the first version of each.

The wording is ours. Bases (domain.md 7.2, 8 and 15): the rules of Social Work England of 2019, which our fitness to practise rules
follow, for what they have a duty of; where they say nothing, our own rules. Days are figures of the rule sets, so no template
has one of its own.
"""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99d"
down_revision = "2026_11_27_99c"
branch_labels = None
depends_on = None

KINDS = (
    "'investigation', 'disclosure', 'examination', 'proposal', 'interim_hearing', 'interim_review', 'final_hearing', "
    "'order_review', 'panel', 'directions', 'interim_decision', 'decision', 'review_decision', 'order_in_force', "
    "'order_ended', 'early_review', 'publication', 'leaving', 'restoration_hearing', 'restoration_decision'"
)
TABLES = f"""
create table notice_template (
  id uuid not null,
  kind varchar(40) not null,
  number bigint not null,
  title text not null,
  body text not null,
  deadline text not null,
  basis text not null,
  email_subject text not null,
  email_words text not null,
  letter_words text not null,
  published_at timestamptz not null,
  touched uuid[] not null,
  approver_id uuid,
  constraint notice_template_pk primary key (id),
  constraint notice_template_kind_number_uq unique (kind, number),
  constraint notice_template_kind_ck check (kind in ({KINDS})),
  constraint notice_template_number_ck check (number >= 1),
  constraint notice_template_two_people_ck check (approver_id <> all (touched)),
  constraint notice_template_approved_ck check (
    (number = 1) = (approver_id is null) and (number = 1) = (cardinality(touched) = 0)),
  constraint notice_template_approver_id_fk foreign key (approver_id) references account (id)
);
create table notice_draft (
  id uuid not null,
  kind varchar(40) not null,
  wording jsonb not null,
  touched uuid[] not null,
  begun_at timestamptz not null,
  version bigint not null,
  constraint notice_draft_pk primary key (id),
  constraint notice_draft_kind_uq unique (kind),
  constraint notice_draft_kind_ck check (kind in ({KINDS}))
)
"""
KEPT = """
revoke update, delete, truncate on notice_template from register_app;
create trigger no_update before update or delete on notice_template for each row execute function refuse_change();
alter table notice_template enable always trigger no_update;
create trigger no_truncate before truncate on notice_template for each statement execute function refuse_change();
alter table notice_template enable always trigger no_truncate;
revoke truncate on notice_draft from register_app
"""
CAME = datetime(2026, 11, 27, tzinfo=UTC)
TO_WHOM = "To {person}, registration number {number}. Our reference is {case}."
WITH_YOU = "You may have somebody with you at every step: a trade union, a lawyer or a friend. If you need more time, or help to read or to answer, tell us."
AT_THE_HEARING = (
    "You may come, bring somebody to speak for you, or write to us before it. If you do none of these, the panel may decide "
    "without you. If you cannot come on that day, tell us at once and say why.\n\n"
    "If you think that somebody on the panel knows you, or has worked where you have, tell us at once."
)
WHEN = "It begins on {day} at {time}.\n\n{place}\n\nOn the panel: {panel}"
COME = "The hearing begins on {day} at {time}. What you want the panel to read should reach us before it."
LETTER_OF_HEARING = (
    "This is notice of a hearing in {case}.\n\nIt begins on {day} at {time}.\n\n{place}\n\n"
    "You may come, bring somebody to speak for you, or write to us before it. If you do none of these, the panel may decide "
    "without you."
)
HEARING_RULES = (
    "Our fitness to practise rules, which follow those of Social Work England"
)
APPEAL = (
    "If an order was made that you may appeal against, you can appeal to {court} until the end of {last day}. Until then it is "
    "not in force, unless the panel made an interim order to cover that time."
)
DECIDED_LETTER = (
    "A panel has decided in {case}. This letter serves its decision on you. The time in which you may appeal, where you may, "
    "runs from the day on which it counts as having come to you."
)
SEEDS = {
    "investigation": {
        "title": "Notice of an investigation",
        "body": f"{TO_WHOM}\n\nWe are looking into a concern about your fitness to practise. Nothing is decided yet.\n\n"
        "# What we look into\n{our words}\n\n"
        "# What happens now\nWe gather information. Before anything is decided we send you what we found and what is alleged, and "
        "you will have time to comment on it.\n\n"
        "You stay on the register while we look into it, unless a panel makes an interim order. You would be told of that first, "
        f"and could speak or write to the panel.\n\n{WITH_YOU}",
        "deadline": "There is nothing that you must do by a day. When there is something to comment on, we tell you, and by when.",
        "basis": "We must tell you that we investigate: rule 8(a) of the Fitness to Practise Rules of Social Work England, which "
        "our own rules follow.",
        "letter_words": "This is notice that we are looking into a concern about your fitness to practise. Our reference is {case}. "
        "Nothing is decided yet.\n\nWe will send you what we find, and you will be able to comment on it before anything is "
        "decided.",
    },
    "disclosure": {
        "title": "What we found, for you to comment on",
        "body": f"{TO_WHOM}\n\nOn {{today}} we disclosed to you what is alleged and the documents behind it. They stand on the page "
        "of your case. Nothing is decided yet.\n\n"
        "# What you can do\nSay what you think of each allegation and of each document. You may send documents of your own. Do not "
        "name a child.\n\nWhat you say is laid before the case examiners who decide what is to become of the case. If you say "
        f"nothing, they decide without it.\n\n{WITH_YOU}",
        "deadline": "Comment by the end of {last day}. You may comment later too, and we then mark it as late.",
        "basis": "You may comment on what is alleged before it is decided on: our fitness to practise rules, which follow those of "
        "Social Work England.",
        "letter_words": "There are documents for you to read in {case}, and a day by which to comment on them.",
    },
    "examination": {
        "title": "Decision of the case examiners",
        "body": f"{TO_WHOM}\n\nTwo case examiners, one lay and one registrant, have looked at your case.\n\n"
        "# What they decided\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What it means\nThe page of your case shows what they decided, what the register says of it, and what happens next.",
        "deadline": "There is nothing that you must do by a day, unless the page of your case says so.",
        "basis": "Case examiners decide whether there is a realistic prospect that a panel would find your fitness to practise "
        "impaired, and whether a hearing is in the public interest: our fitness to practise rules, which follow those of Social "
        "Work England.",
        "letter_words": "Two case examiners have decided on {case}.",
    },
    "proposal": {
        "title": "Proposal of the case examiners",
        "body": f"{TO_WHOM}\n\nTwo case examiners, one lay and one registrant, propose how your case could end without a hearing.\n\n"
        "# What they propose\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What you can do\nThe page of your case shows the whole proposal, what it would mean for you and what the public would "
        "read. You may agree to it, ask once for something else, or not agree. Nothing of it is in force unless you agree. If "
        "you do not agree, or do not answer, a panel hears the case.\n\n"
        "Take advice before you agree: a trade union or a lawyer can help you.",
        "deadline": "Answer by the end of {last day}.",
        "basis": "Case examiners may propose how a case ends where there is a realistic prospect that a panel would find your "
        "fitness to practise impaired, and a hearing is not in the public interest: our fitness to practise rules, which follow "
        "those of Social Work England.",
        "letter_words": "Two case examiners propose how {case} could end without a hearing. There is a day by which to answer. "
        "Nothing of it is in force unless you agree.\n\nTo agree on the page of your case you need an authenticator app. You can "
        "also print the proposal there, sign it and send it to us.",
    },
    "interim_hearing": {
        "title": "Notice of a hearing on an interim order",
        "body": f"{TO_WHOM}\n\nA panel will decide whether an interim order is needed while we look into your case. It does not decide "
        "whether what is said about you is true.\n\n"
        f"# When and where\n{WHEN}\n\n# What you have to know\n{{our words}}\n\n"
        "# What may come of it\nNo order; conditions on your registration; or suspension. An interim order is made only where it is "
        "necessary to protect the public, or is in your best interests. It is reviewed, and can be changed or ended.\n\n"
        f"# What you can do\n{AT_THE_HEARING}\n\n{WITH_YOU}",
        "deadline": COME,
        "basis": "Before an interim order is made you are told of it and may write or attend: paragraph 8 of Schedule 2 to the "
        "Social Workers Regulations 2018, which our own rules follow.",
        "letter_words": LETTER_OF_HEARING,
    },
    "interim_review": {
        "title": "Notice of a review of an interim order",
        "body": f"{TO_WHOM}\n\nA panel will look again at the interim order on your registration. It does not decide whether what is said "
        "about you is true.\n\n"
        f"# When and where\n{WHEN}\n\n# What you have to know\n{{our words}}\n\n"
        "# What may come of it\nThe order goes on as it is; it is changed; another takes its place; or it ends.\n\n"
        f"# What you can do\n{AT_THE_HEARING}\n\n{WITH_YOU}",
        "deadline": COME,
        "basis": "Interim orders are reviewed as long as they last, and you may write or attend: Schedule 2 to the Social Workers "
        "Regulations 2018, which our own rules follow.",
        "letter_words": LETTER_OF_HEARING,
    },
    "final_hearing": {
        "title": "Notice of a final hearing",
        "body": f"{TO_WHOM}\n\nA panel will hear your case. It decides what is proved, whether your fitness to practise is impaired by it, "
        "and what is to be done.\n\n"
        f"# When and where\n{WHEN}\n\n# What you have to know\n{{our words}}\n\n"
        "# What may come of it\nNothing; advice; a warning; conditions on your registration; suspension; or removal from the "
        "register. The panel takes the mildest that is enough to protect the public.\n\n"
        f"# What you can do\n{AT_THE_HEARING}\n\n{WITH_YOU}\n\n"
        "# Who will know\nUnless it is heard in private, the public list of hearings names you, your registration number, what is "
        "alleged and the day.",
        "deadline": COME,
        "basis": f"{HEARING_RULES}: rule 14, notice of a hearing.",
        "letter_words": LETTER_OF_HEARING,
    },
    "order_review": {
        "title": "Notice of a review of an order",
        "body": f"{TO_WHOM}\n\nA panel will look again at the order on your registration. It decides whether your fitness to practise is still "
        "impaired, and what is to become of the order.\n\n"
        f"# When and where\n{WHEN}\n\n# What you have to know\n{{our words}}\n\n"
        "# What may come of it\nThe order ends with its last day; it goes on for longer; it is changed; another takes its place, "
        "which can be removal from the register; or it ends at once.\n\n"
        f"# What you can do\n{AT_THE_HEARING}\n\n{WITH_YOU}",
        "deadline": COME,
        "basis": f"{HEARING_RULES}: rule 16(b), notice of a review.",
        "letter_words": LETTER_OF_HEARING,
    },
    "restoration_hearing": {
        "title": "Notice of a hearing on restoration",
        "body": f"{TO_WHOM}\n\nYou ask to be restored to the register, from which you were removed by order. A panel will hear you, and "
        "decides whether you may come back.\n\n"
        f"# When and where\n{WHEN}\n\n# What you have to know\n{{our words}}\n\n"
        "# What may come of it\nYou are restored; you are restored, and may practise only under conditions; you are not restored; or it "
        "is assessed again first. It is for you to show that you are fit to come back.\n\n"
        f"# What you can do\n{AT_THE_HEARING}\n\n{WITH_YOU}\n\n"
        "# Who will know\nUnless it is heard in private, the public list of hearings names you, your registration number and the day.",
        "deadline": COME,
        "basis": f"A panel decides whether somebody comes back whom a panel removed. {HEARING_RULES}.",
        "letter_words": LETTER_OF_HEARING,
    },
    "restoration_decision": {
        "title": "Decision on restoration",
        "body": f"{TO_WHOM}\n\nA panel has heard whether you are restored to the register. This notice serves its decision on you.\n\n"
        "# What it decided\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What it means\nWe have written to you too about your application: by when the fee is to be paid if you are restored, and "
        "how you can appeal, and when you may ask again, if you are not.",
        "deadline": "The letter about your application says what is to be done, and by when.",
        "basis": f"A panel decides whether somebody comes back whom a panel removed. {HEARING_RULES}.",
        "letter_words": DECIDED_LETTER,
    },
    "panel": {
        "title": "Change of the panel",
        "body": f"{TO_WHOM}\n\nSomebody else sits on the panel that hears your case on {{day}}. The day has not changed, and the notice that "
        "we gave you stands.\n\n# Who sits on the panel now\n{panel}\n\n"
        "# What you can do\nIf you think that somebody on the panel knows you, or has worked where you have, tell us at once.",
        "deadline": "Tell us before the hearing begins on {day}.",
        "basis": "You are told who decides on your case, so that you can say if they should not: our fitness to practise rules, "
        "which follow those of Social Work England.",
        "letter_words": "Somebody else sits on the panel that hears {case}. The day of the hearing has not changed, and the notice "
        "that we gave you stands.\n\nIf you think that a member of the panel knows you, or has worked where you have, tell us at "
        "once.",
    },
    "directions": {
        "title": "Directions before a hearing",
        "body": f"{TO_WHOM}\n\nWe give a direction before the hearing that begins on {{day}}.\n\n"
        "# What is to be done\n{our words}\n\n"
        "# If you cannot\nTell us before the last day, and say why: there may be more time. If nothing comes from you, the panel is "
        f"told so, and may decide without it.\n\n{WITH_YOU}",
        "deadline": "Do it by the end of {last day}.",
        "basis": "We may direct what is done before a hearing, and by when: our fitness to practise rules, which follow those of "
        "Social Work England.",
        "letter_words": "There is a direction for you to read in {case}: what is to be done before the hearing that begins on {day}.",
    },
    "interim_decision": {
        "title": "Decision on an interim order",
        "body": f"{TO_WHOM}\n\nA panel has decided on an interim order. It has not decided whether what is said about you is true.\n\n"
        "# What it decided\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What it means\nAn interim order is in force from the moment at which it is made. The page of your case shows what the "
        "register says of it, and when it is looked at again. Tell whoever employs you today.",
        "deadline": "There is no day by which to answer. You may ask for an early review at any time, where something new has come up.",
        "basis": "Two adjudicators or more may make an interim order that is necessary to protect the public or in your best "
        "interests, and serve it on you: paragraph 8 of Schedule 2 to the Social Workers Regulations 2018, which our own rules "
        "follow.",
        "letter_words": DECIDED_LETTER,
    },
    "decision": {
        "title": "Decision of the panel",
        "body": f"{TO_WHOM}\n\nA panel has heard your case. This notice serves its decision on you.\n\n"
        "# What it decided\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What it means\nThe page of your case shows what was found of each allegation, what the register says or will say, and "
        "from when.",
        "deadline": APPEAL,
        "basis": "A panel decides on the facts, on the ground, on impairment and on what is to be done, and serves its decision on "
        "you with its reasons: Schedule 2 to the Social Workers Regulations 2018, which our own rules follow.",
        "letter_words": DECIDED_LETTER,
    },
    "review_decision": {
        "title": "Decision on the review of an order",
        "body": f"{TO_WHOM}\n\nA panel has looked again at the order on your registration. This notice serves its decision on you.\n\n"
        "# What it decided\n{outcome}\n\n# Why\n{our words}\n\n"
        "# What it means\nThe page of your case shows what the register says or will say, and from when.",
        "deadline": APPEAL,
        "basis": "A panel reviews an order before it ends, and serves its decision on you with its reasons: Schedule 2 to the Social "
        "Workers Regulations 2018, which our own rules follow.",
        "letter_words": DECIDED_LETTER,
    },
    "order_in_force": {
        "title": "An order is in force",
        "body": f"{TO_WHOM}\n\nAn order that was made in your case is in force from today.\n\n"
        "# The order\n{outcome}\n\n# What the register says of it\n{our words}\n\n"
        "# What it means\nThe page of your case shows what you may and may not do while it lasts, and when it is looked at again. "
        "Tell whoever employs you today. We tell them that what the register says of you has changed, and no more than that.",
        "deadline": "Keep to it from now on. You may ask for an early review at any time, where something new has come up.",
        "basis": "The register carries every order and all advice that stands: regulation 9(2) of the Social Workers Regulations "
        "2018, which our own rules follow.",
        "letter_words": "What was decided in {case} is in force now. Read it before you work again.",
    },
    "order_ended": {
        "title": "An order has ended",
        "body": f"{TO_WHOM}\n\nAn order that was in force in your case has ended.\n\n# The order\n{{outcome}}\n\n"
        "# What it means\nThe page of your case shows what the register says now. Where another order takes its place, we have told "
        "you of that one too.",
        "deadline": "There is nothing that you must do by a day.",
        "basis": "The register carries an order for as long as it stands: regulation 9(2) of the Social Workers Regulations 2018, "
        "which our own rules follow.",
        "letter_words": "An order that was in force in {case} has ended.",
    },
    "early_review": {
        "title": "Our answer to your request for an early review",
        "body": f"{TO_WHOM}\n\nYou asked us to have the order on your registration reviewed earlier than planned.\n\n"
        "# Our answer\n{outcome}\n\n# Why\n{our words}\n\n"
        f"# What it means\nUntil a panel has decided, the order stands as it is.\n\n{WITH_YOU}",
        "deadline": "There is nothing that you must do by a day. You may ask again when something new has come up.",
        "basis": "An order is reviewed early where there is new evidence: our fitness to practise rules, which follow those of Social "
        "Work England.",
        "letter_words": "There is an answer to what you asked of us in {case}.",
    },
    "publication": {
        "title": "What we publish of your case",
        "body": f"{TO_WHOM}\n\nThe law has us publish decisions about fitness to practise, and hearings before they are held. Anybody "
        "can read what follows on our website from {day} on.\n\n"
        "# What it is about\n{outcome}\n\n# What we publish\n{our words}\n\n"
        "# If something is wrong\nTell us at once if it names a child or lets somebody know one, if it says something of your health or "
        "of somebody else’s private life, or if it could put you or somebody else in danger. We can take it down within minutes.\n\n"
        f"{WITH_YOU}",
        "deadline": "There is nothing that you must do by a day. As things stand it is shown until the end of {last day}.",
        "basis": "We publish orders, decisions with their reasons, and what comes of reviews and appeals: regulation 25(1)(c) of the "
        "Social Workers Regulations 2018, which our own rules follow.",
        "letter_words": "There is something for you to read in {case}.",
    },
    "leaving": {
        "title": "Decision on your wish to leave the register",
        "body": f"{TO_WHOM}\n\nYou asked to leave the register although there is a case about you. Two of us have looked at it.\n\n"
        "# What we decided\n{outcome}\n\n# Why\n{our words}\n\n"
        f"# What it means\nThe page of your case shows how it stands now.\n\n{WITH_YOU}",
        "deadline": "There is nothing that you must do by a day.",
        "basis": "Whether somebody leaves while a case goes on is for us to decide: regulation 14(1A) of the Social Workers "
        "Regulations 2018, which our own rules follow.",
        "letter_words": "We have decided on your wish to leave the register. Our reference is {case}.",
    },
}
EMAIL = {
    "email_subject": "There is something for you to read",
    "email_words": "There is something from us that you need to read. For your privacy it is not in this email.",
}


def upgrade() -> None:
    allow("proposal", "proposal_code_ck", "kind", "change_notice")
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    columns = [
        "kind",
        "title",
        "body",
        "deadline",
        "basis",
        "email_subject",
        "email_words",
        "letter_words",
    ]
    table = sa.table(
        "notice_template",
        sa.column("id", sa.Uuid),
        sa.column("number", sa.BigInteger),
        sa.column("published_at", sa.DateTime(timezone=True)),
        sa.column("touched", sa.ARRAY(sa.Uuid)),
        *(sa.column(name, sa.Text) for name in columns),
    )
    op.bulk_insert(
        table,
        [
            {
                "id": uuid4(),
                "number": 1,
                "published_at": CAME,
                "touched": [],
                "kind": kind,
                **EMAIL,
                **seed,
            }
            for kind, seed in SEEDS.items()
        ],
    )
    for statement in KEPT.strip().split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table notice_draft")
    op.execute("drop table notice_template")
    # What a proposal about them left in the history stays; who asks what it was about finds nothing.
    refuse("proposal", "proposal_code_ck", "kind", "change_notice")
