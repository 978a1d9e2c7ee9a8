"""How long what was told us is kept, what is kept longer, and a record of what was erased.

The figures are those of the project's schedule of records; all are the register's own choice.
"""

from alembic import op

revision = "2026_11_26_68"
down_revision = "2026_11_26_67"
branch_labels = None
depends_on = None

FIGURES = {
    "retention_granted_months": 72,
    "retention_ended_months": 120,
    "retention_health_months": 24,
    "retention_equality_months": 24,
}

PARTS = (
    "('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')"
)

UP = f"""
create table kept_longer (
  application_id uuid not null,
  until_on date not null,
  process_id uuid not null,
  constraint kept_longer_pk primary key (application_id),
  constraint kept_longer_application_id_fk foreign key (application_id) references application (id),
  constraint kept_longer_process_id_fk foreign key (process_id) references process (id)
);
create table erasure (
  id uuid not null,
  kind varchar(40) not null,
  application_id uuid not null,
  erased_at timestamptz not null,
  process_id uuid not null,
  counts jsonb not null,
  constraint erasure_pk primary key (id),
  constraint erasure_application_id_fk foreign key (application_id) references application (id),
  constraint erasure_process_id_fk foreign key (process_id) references process (id),
  constraint erasure_code_ck check (kind in ('health', 'application')),
  constraint erasure_counts_ck check (jsonb_typeof(counts) = 'object')
);
create index erasure_latest_ix on erasure (erased_at, id);
create index erasure_application_id_ix on erasure (application_id);
revoke update, delete, truncate on erasure from register_app;
create trigger no_update before update or delete on erasure for each row execute function refuse_change();
create trigger no_truncate before truncate on erasure for each statement execute function refuse_change();
alter table erasure enable always trigger no_update;
alter table erasure enable always trigger no_truncate;
create table equality_count (
  part varchar(40) not null,
  year bigint not null,
  question text not null,
  answer text not null,
  people bigint not null,
  constraint equality_count_pk primary key (part, year, question, answer),
  constraint equality_count_code_ck check (part in {PARTS})
);
alter table section_check drop constraint section_check_sent_id_fk
"""


def upgrade() -> None:
    run(UP)
    for figure, months in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {months})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{months}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("""
        alter table section_check add constraint section_check_sent_id_fk
        foreign key (sent_id) references sent_section (id) not valid""")
    op.execute("drop table equality_count, erasure, kept_longer")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")


def run(statements: str) -> None:
    for statement in statements.strip().split(";\n"):
        op.execute(statement)
