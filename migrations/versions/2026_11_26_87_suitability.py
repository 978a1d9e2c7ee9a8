"""Suitability reviews, holds on applications, and decisions that are undone."""

from alembic import op

revision = "2026_11_26_87"
down_revision = "2026_11_26_86"
branch_labels = None
depends_on = None

STATES = (
    "'draft', 'submitted', 'under_assessment', 'information_requested', 'proposed', 'approved', 'granted', 'refused', "
    "'withdrawn', 'expired', 'closed_unpaid', 'minded_to', 'paid'"
)
QUEUED = "'submitted', 'under_assessment', 'information_requested', 'proposed', 'minded_to', 'paid'"
REVIEW = "'suitability_review'"

TABLES = """
alter table application
  add column reopened_at timestamptz,
  add column excluded uuid[] not null default '{}';
alter table application alter column excluded drop default;
create table application_hold (
  id uuid not null,
  application_id uuid not null,
  because varchar(40) not null,
  held_at timestamptz not null,
  held_in uuid not null,
  released_at timestamptz,
  released_in uuid,
  constraint application_hold_pk primary key (id),
  constraint application_hold_application_id_fk foreign key (application_id) references application (id),
  constraint application_hold_held_in_fk foreign key (held_in) references process (id),
  constraint application_hold_released_in_fk foreign key (released_in) references process (id),
  constraint application_hold_code_ck check (because in ('police', 'regulator', 'identity', 'court', 'other')),
  constraint application_hold_released_ck check ((released_at is null) = (released_in is null)),
  constraint application_hold_order_ck check (released_at >= held_at)
);
create index application_hold_application_id_ix on application_hold (application_id);
create unique index application_hold_one_open on application_hold (application_id) where released_at is null;
create table suitability_review (
  id bigint generated always as identity,
  application_id uuid not null,
  conclusion varchar(40) not null,
  matters jsonb not null,
  text_id uuid not null,
  at timestamptz not null,
  account_id uuid not null,
  process_id uuid not null,
  constraint suitability_review_pk primary key (id),
  constraint suitability_review_application_id_fk foreign key (application_id) references application (id),
  constraint suitability_review_account_id_fk foreign key (account_id) references account (id),
  constraint suitability_review_process_id_fk foreign key (process_id) references process (id),
  constraint suitability_review_process_id_uq unique (process_id),
  constraint suitability_review_code_ck check (conclusion in ('suitable', 'with_condition', 'not_suitable'))
);
create index suitability_review_latest_ix on suitability_review (application_id, id);
revoke update, truncate on suitability_review from register_app;
create trigger no_update before update on suitability_review for each row execute function refuse_change();
alter table suitability_review enable always trigger no_update
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    states(f"{STATES}, {REVIEW}", f"{QUEUED}, {REVIEW}")


def downgrade() -> None:
    op.execute(
        f"update application set state = 'under_assessment' where state = {REVIEW}"
    )
    states(STATES, QUEUED)
    op.execute("drop table suitability_review")
    op.execute("drop table application_hold")
    op.execute("alter table application drop column reopened_at, drop column excluded")


def states(allowed: str, queued: str) -> None:
    op.execute("alter table application drop constraint application_state_ck")
    op.execute(
        f"alter table application add constraint application_state_ck check (state in ({allowed}))"
    )
    op.execute("drop index application_queue_ix")
    op.execute(
        f"create index application_queue_ix on application (submitted_at, id) where state in ({queued})"
    )
