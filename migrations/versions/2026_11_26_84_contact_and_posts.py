"""How somebody is reached, told after they applied, and posts that a registrant begins and ends, with each in the form in
which we once held it."""

from alembic import op

revision = "2026_11_26_84"
down_revision = "2026_11_26_83"
branch_labels = None
depends_on = None

TABLES = """
create table contact_details (
  person_id uuid not null,
  sealed bytea not null,
  changed_at timestamptz not null,
  version bigint not null,
  constraint contact_details_pk primary key (person_id),
  constraint contact_details_person_id_fk foreign key (person_id) references person (id)
);
create table employment_superseded (
  id uuid not null,
  person_id uuid not null,
  home_id uuid,
  employer text not null,
  home_named text not null,
  urn_typed text,
  role text not null,
  part varchar(40),
  fte_percent bigint not null,
  care boolean not null,
  supervisory boolean not null,
  manages boolean not null,
  valid tstzrange not null,
  reason_for_leaving text,
  source varchar(40) not null,
  recorded_at timestamptz not null,
  recorded tstzrange not null,
  constraint employment_superseded_pk primary key (id, recorded),
  constraint employment_superseded_person_id_fk foreign key (person_id) references person (id),
  constraint employment_superseded_home_id_fk foreign key (home_id) references home (id),
  constraint employment_superseded_code_ck check (
    part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint employment_superseded_source_ck check (source in ('applicant', 'registrant', 'employer'))
);
create index employment_superseded_home_id_ix on employment_superseded (home_id);
create index employment_superseded_person_id_ix on employment_superseded (person_id);
revoke delete, truncate on employment_superseded from register_app;
create trigger superseded before update on employment for each row
  when (new.recorded_at > old.recorded_at) execute function supersede();
alter table employment enable always trigger superseded
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    sources("'applicant', 'registrant', 'employer'")


def downgrade() -> None:
    op.execute("update employment set source = 'applicant' where source = 'registrant'")
    sources("'applicant', 'employer'")
    op.execute("drop trigger superseded on employment")
    op.execute("drop table employment_superseded")
    op.execute("drop table contact_details")


def sources(allowed: str) -> None:
    op.execute("alter table employment drop constraint employment_source_ck")
    op.execute(
        f"alter table employment add constraint employment_source_ck check (source in ({allowed}))"
    )
