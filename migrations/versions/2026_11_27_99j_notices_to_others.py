"""What whoever raised a concern is told, and whoever employs the registrant, by templates of the catalogue; and each time on record.

The wording is ours, and says what the letters said that were files before. The catalogue: domain.md 8.
"""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_99j"
down_revision = "2026_11_27_99i"
branch_labels = None
depends_on = None

TABLE = """
create table outside_notice (
  id uuid not null,
  concern_id uuid,
  case_id uuid,
  template_id uuid not null,
  message_id uuid not null,
  process_id uuid not null,
  sent_at timestamptz not null,
  constraint outside_notice_pk primary key (id),
  constraint outside_notice_message_id_uq unique (message_id),
  constraint outside_notice_about_ck check (num_nonnulls(concern_id, case_id) = 1),
  constraint outside_notice_concern_id_fk foreign key (concern_id) references concern (id),
  constraint outside_notice_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint outside_notice_template_id_fk foreign key (template_id) references notice_template (id),
  constraint outside_notice_process_id_fk foreign key (process_id) references process (id)
);
create index outside_notice_concern_id_ix on outside_notice (concern_id);
create index outside_notice_case_id_ix on outside_notice (case_id)
"""
STAFF = "(select fitness_capacity()) in ('staff', 'service')"
OF_ONE = "(concern_id in (select id from concern) or case_id in (select id from fitness_case))"
CAME = datetime(2026, 11, 27, tzinfo=UTC)
NOTHING_TO_DO = "There is nothing that you must do by a day."
IN_DANGER = "If you think that a child is in danger now, call 999."
RULES = "our fitness to practise rules, which follow those of Social Work England"
SEEDS = {
    "concern_acknowledged": {
        "title": "We have what you sent us",
        "body": "Thank you for telling us. We have what you sent us, and one of our staff will read it by the end of the next "
        "working day.\n\nYour reference is {reference}.\n\nWe may write to you or ring you if we have a question. We will not ask "
        f"you for your secret code.\n\n{IN_DANGER} Do not wait for us.",
        "deadline": NOTHING_TO_DO,
        "basis": f"We tell whoever raises a concern that we have it: {RULES}.",
        "email_subject": "We have what you sent us: {reference}",
    },
    "concern_signposted": {
        "title": "About what you sent us",
        "body": "You told us of something, with the reference {reference}. We have read it with care. It is not something that we "
        f"can look into.\n\n# Why\n{{outcome}}\n\n# Where you can turn\n{{where to turn}}\n\n{IN_DANGER}",
        "deadline": NOTHING_TO_DO,
        "basis": f"We may look only into whether somebody on our register is fit to practise: {RULES}.",
        "email_subject": "About what you sent us: {reference}",
    },
    "concern_decided": {
        "title": "What we have decided on what you told us",
        "body": "You told us of something, with the reference {reference}. We have looked at it with care.\n\n"
        "# What we decided\n{outcome}\n\n{our words}\n\n"
        f"# If something new happens\nWrite to us again and name this reference.\n\n{IN_DANGER}",
        "deadline": NOTHING_TO_DO,
        "basis": f"We tell whoever raised a concern what becomes of it: {RULES}.",
        "email_subject": "What we have decided on what you told us: {reference}",
    },
    "register_changed": {
        "title": "What the register says has changed",
        "body": "What the register says of {person}, {number}, who works at one of your homes, has changed. They may be restricted "
        "in what they may do, or a restriction may have ended.\n\n# What to do\nLook at the live register:\n\n"
        "{page of the register}\n\nIf they may not practise, they may not work in a role for which registration is needed.",
        "deadline": "Look today, before they next work.",
        "basis": "Whoever employs somebody on the register is told when what it says of them changes: our own rules.",
        "email_subject": "What the register says of one of your staff has changed",
    },
}


KINDS = " ".join(SEEDS)


def upgrade() -> None:
    for table in ("notice_template", "notice_draft"):
        allow(table, f"{table}_kind_ck", "kind", KINDS)
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    op.execute("revoke update, delete, truncate on outside_notice from register_app")
    for doing in ("select", "insert"):
        policy("outside_notice", doing, f"{STAFF} and {OF_ONE}")
    columns = ["title", "body", "deadline", "basis", "email_subject"]
    op.bulk_insert(
        sa.table(
            "notice_template",
            sa.column("id", sa.Uuid),
            sa.column("number", sa.BigInteger),
            sa.column("published_at", sa.DateTime(timezone=True)),
            sa.column("touched", sa.ARRAY(sa.Uuid)),
            *(
                sa.column(name, sa.Text)
                for name in ("kind", *columns, "email_words", "letter_words")
            ),
        ),
        [
            {
                "id": uuid4(),
                "number": 1,
                "published_at": CAME,
                "touched": [],
                "kind": kind,
                "email_words": "",
                "letter_words": "",
                **seed,
            }
            for kind, seed in SEEDS.items()
        ],
    )


def downgrade() -> None:
    op.execute("drop table outside_notice")
    op.execute("alter table notice_template disable trigger user")
    for table in ("notice_template", "notice_draft"):
        refuse(table, f"{table}_kind_ck", "kind", KINDS)
    for trigger in ("no_update", "no_truncate"):
        op.execute(f"alter table notice_template enable always trigger {trigger}")
