"""Scrutiny of qualifications from abroad, and verdicts that a second person confirms."""

from alembic import op

revision = "2026_11_26_97"
down_revision = "2026_11_26_95"
branch_labels = None
depends_on = None

KINDS = """
    'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse',
    'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave',
    'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome',
    'change_particulars', 'correct_entry'
"""

TABLE = """
create table scrutiny (
  id uuid not null,
  application_id uuid not null,
  qualification_id uuid not null,
  statement_reference text not null,
  statement_on date not null,
  statement_level bigint not null,
  practice_on date not null,
  translation varchar(40) not null,
  verdict varchar(40) not null,
  practice_from_id uuid not null,
  because_id uuid not null,
  gaps_id uuid,
  scrutinised_at timestamptz not null,
  account_id uuid not null,
  process_id uuid not null,
  constraint scrutiny_pk primary key (id),
  constraint scrutiny_application_id_fk foreign key (application_id) references application (id),
  constraint scrutiny_account_id_fk foreign key (account_id) references account (id),
  constraint scrutiny_process_id_fk foreign key (process_id) references process (id),
  constraint scrutiny_translation_ck check (translation in ('seen', 'not_needed')),
  constraint scrutiny_code_ck check (verdict in ('full', 'partial', 'no')),
  constraint scrutiny_level_ck check (statement_level between 1 and 12),
  constraint scrutiny_gaps_ck check ((verdict = 'partial') = (gaps_id is not null))
);
create index scrutiny_latest_ix on scrutiny (application_id, qualification_id);
revoke update, truncate on scrutiny from register_app;
create trigger no_update before update on scrutiny for each row execute function refuse_change();
alter table scrutiny enable always trigger no_update
"""


def upgrade() -> None:
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, 'confirm_verdict'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'confirm_verdict'")
    kinds(KINDS)
    op.execute("drop table scrutiny")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
