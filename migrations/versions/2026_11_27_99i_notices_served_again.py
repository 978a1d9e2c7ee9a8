"""A notice that did not arrive is served again in the words that it had; one that could not be sent at all waits to be.

Or somebody says why it is not to be served.
"""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_99i"
down_revision = "2026_11_27_99h"
branch_labels = None
depends_on = None

TABLE = """
create table owed_notice (
  id uuid not null,
  case_id uuid not null,
  kind varchar(40) not null,
  template_id uuid not null,
  process_id uuid not null,
  due_at timestamptz not null,
  about_id uuid,
  text_id uuid,
  filled_id uuid,
  letter_id uuid,
  service_id uuid,
  constraint owed_notice_pk primary key (id),
  constraint owed_notice_service_id_uq unique (service_id),
  constraint owed_notice_kind_ck check (kind in ('examination', 'order', 'early_review', 'publication', 'leaving')),
  constraint owed_notice_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint owed_notice_template_id_fk foreign key (template_id) references notice_template (id),
  constraint owed_notice_process_id_fk foreign key (process_id) references process (id),
  constraint owed_notice_service_id_fk foreign key (service_id) references case_service (id),
  constraint owed_notice_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint owed_notice_filled_id_fk foreign key (filled_id) references case_text (id) on delete set null,
  constraint owed_notice_letter_id_fk foreign key (letter_id) references case_text (id) on delete set null
);
create index owed_notice_case_id_ix on owed_notice (case_id);
create table dropped_notice (
  of_id uuid not null,
  case_id uuid not null,
  process_id uuid not null,
  at timestamptz not null,
  constraint dropped_notice_pk primary key (of_id),
  constraint dropped_notice_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint dropped_notice_process_id_fk foreign key (process_id) references process (id)
);
create index dropped_notice_case_id_ix on dropped_notice (case_id)
"""
# What was served before has its letter too, should it have to go by post. Of a hearing it names the day that it named then.
LETTERS = r"""
with worded as materialized (
  select service.id as service_id, gen_random_uuid() as text_id, service.case_id, service.process_id,
         regexp_replace(
           replace(replace(replace(template.letter_words, '{case}', fitness_case.reference),
             '{day}', coalesce(to_char(at_hearing.starts_at at time zone 'Europe/London', 'FMDD FMMonth YYYY'), 'that day')),
             '{time}', coalesce(to_char(at_hearing.starts_at at time zone 'Europe/London', 'FMHH12:MIam'), 'that time')),
           '\{[^{}]*\}', 'the place that we told you', 'g') as words
  from case_service as service
  join notice_template as template on template.id = service.template_id
  join fitness_case on fitness_case.id = service.case_id
  left join hearing_service as at_hearing on at_hearing.service_id = service.id
), said as (
  insert into case_text (id, case_id, process_id, words)
  select text_id, case_id, process_id, words from worded
)
update case_service set letter_id = worded.text_id from worded where worded.service_id = case_service.id
"""
EVENTS = "not_served notice_dropped"
PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = f"({SERVICE} or (select fitness_has_role({PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({PEOPLE})))"
OF_A_CASE = "case_id in (select id from fitness_case)"


def upgrade() -> None:
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    op.execute("revoke update, delete, truncate on owed_notice from register_app")
    op.execute("grant update (service_id) on owed_notice to register_app")
    op.execute("revoke update, delete, truncate on dropped_notice from register_app")
    for table in ("owed_notice", "dropped_notice"):
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    policy("owed_notice", "update", f"{WRITERS} and {OF_A_CASE}")
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    op.execute("""
alter table case_service
  add column letter_id uuid,
  add column again_of uuid,
  add column about_id uuid,
  add constraint case_service_letter_id_fk foreign key (letter_id) references case_text (id) on delete set null,
  add constraint case_service_again_of_fk foreign key (again_of) references case_service (id),
  add constraint case_service_again_of_uq unique (again_of)""")

    op.execute(LETTERS)


def downgrade() -> None:
    op.execute(
        "create temporary table letters as select letter_id as id from case_service union select letter_id from owed_notice"
    )
    op.execute(
        "alter table case_service drop column about_id, drop column again_of, drop column letter_id"
    )
    op.execute("drop table dropped_notice")
    op.execute("drop table owed_notice")
    op.execute("delete from case_text where id in (select id from letters)")
    op.execute("drop table letters")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
