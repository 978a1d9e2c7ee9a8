"""Accounts of providers: who acts for them, who is invited to, and what they say of posts at their homes."""

from alembic import op

revision = "2026_11_26_90"
down_revision = "2026_11_26_89"
branch_labels = None
depends_on = None

KINDS = """'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave',
    'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'minded_to_refuse', 'minded_to_condition',
    'minded_to_remove', 'remove', 'change_particulars', 'correct_entry', 'take_back_approval', 'grant_after_order',
    'reverse', 'appeal_outcome'"""

TABLES = """
create table organisation (
  id uuid not null,
  provider_id uuid not null,
  state varchar(40) not null,
  lead_name text not null,
  lead_email text not null,
  proposed_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz,
  version bigint not null,
  constraint organisation_pk primary key (id),
  constraint organisation_provider_id_fk foreign key (provider_id) references provider (id),
  constraint organisation_state_ck check (state in ('proposed', 'returned', 'open', 'ended')),
  constraint organisation_opened_ck check ((state in ('open', 'ended')) = (opened_at is not null)),
  constraint organisation_ended_ck check ((state in ('returned', 'ended')) = (ended_at is not null))
);
create index organisation_provider_id_ix on organisation (provider_id);
create unique index organisation_one_a_provider on organisation (provider_id) where state in ('proposed', 'open');
create table organisation_user (
  id uuid not null,
  organisation_id uuid not null,
  account_id uuid not null,
  name text not null,
  lead boolean not null,
  joined_at timestamptz not null,
  ended_at timestamptz,
  version bigint not null,
  constraint organisation_user_pk primary key (id),
  constraint organisation_user_organisation_id_fk foreign key (organisation_id) references organisation (id),
  constraint organisation_user_account_id_fk foreign key (account_id) references account (id),
  constraint organisation_user_order_ck check (ended_at >= joined_at)
);
create index organisation_user_organisation_id_ix on organisation_user (organisation_id);
create unique index organisation_user_one_an_account on organisation_user (account_id) where ended_at is null;
create table organisation_invitation (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  email text not null,
  email_folded text not null,
  asked_as varchar(40) not null,
  sent_at timestamptz not null,
  due_on date not null,
  ended_at timestamptz,
  outcome varchar(40),
  version bigint not null,
  constraint organisation_invitation_pk primary key (id),
  constraint organisation_invitation_organisation_id_fk foreign key (organisation_id) references organisation (id),
  constraint organisation_invitation_code_ck check (asked_as in ('lead', 'additional')),
  constraint organisation_invitation_outcome_ck check (outcome in ('joined', 'taken_back', 'replaced')),
  constraint organisation_invitation_ended_ck check ((ended_at is null) = (outcome is null))
);
create index organisation_invitation_organisation_id_ix on organisation_invitation (organisation_id);
create unique index organisation_invitation_one_open on organisation_invitation (organisation_id, email_folded)
  where ended_at is null;
create table post_told (
  employment_id uuid not null,
  home_id uuid not null,
  organisation_id uuid not null,
  told varchar(40) not null,
  process_id uuid not null,
  told_at timestamptz not null,
  constraint post_told_pk primary key (employment_id, home_id),
  constraint post_told_employment_id_fk foreign key (employment_id) references employment (id) on delete cascade,
  constraint post_told_home_id_fk foreign key (home_id) references home (id),
  constraint post_told_organisation_id_fk foreign key (organisation_id) references organisation (id),
  constraint post_told_process_id_fk foreign key (process_id) references process (id),
  constraint post_told_code_ck check (told in ('works_here', 'does_not'))
)
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, 'open_organisation'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'open_organisation'")
    kinds(KINDS)
    for table in (
        "post_told",
        "organisation_invitation",
        "organisation_user",
        "organisation",
    ):
        op.execute(f"drop table {table}")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
