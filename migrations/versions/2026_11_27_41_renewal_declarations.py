"""What is declared in a renewal, as it is saved, as it was declared, and what an officer made of it."""

from alembic import op

revision = "2026_11_27_41"
down_revision = "2026_11_27_40"
branch_labels = None
depends_on = None

SECTIONS = (
    "'eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'skills', 'registrations', 'dbs', "
    "'criminal', 'conduct', 'health', 'english', 'references', 'endorsement', 'standards', 'equality'"
)

TABLES = f"""
create table renewal_answers (
  renewal_id uuid not null,
  section varchar(40) not null,
  sealed bytea not null,
  saved_at timestamptz not null,
  version bigint not null,
  constraint renewal_answers_pk primary key (renewal_id, section),
  constraint renewal_answers_renewal_id_fk foreign key (renewal_id) references renewal (id),
  constraint renewal_answers_code_ck check (section in ({SECTIONS}))
);
revoke truncate on renewal_answers from register_app;
create table renewal_declaration (
  id uuid not null,
  renewal_id uuid not null,
  person_id uuid not null,
  section varchar(40) not null,
  sealed bytea not null,
  says_yes boolean not null,
  declared_at timestamptz not null,
  constraint renewal_declaration_pk primary key (id),
  constraint renewal_declaration_renewal_id_fk foreign key (renewal_id) references renewal (id),
  constraint renewal_declaration_person_id_fk foreign key (person_id) references person (id),
  constraint renewal_declaration_code_ck check (section in ({SECTIONS})),
  constraint renewal_declaration_sealed_ck check (octet_length(sealed) > 0)
);
create index renewal_declaration_renewal_id_ix on renewal_declaration (renewal_id);
create index renewal_declaration_person_id_ix on renewal_declaration (person_id);
create index renewal_declaration_yes on renewal_declaration (declared_at, id) where says_yes;
revoke truncate on renewal_declaration from register_app;
create trigger no_update before update on renewal_declaration for each row execute function keep_what_was_declared();
alter table renewal_declaration enable always trigger no_update;
create table declaration_review (
  declaration_id uuid not null,
  outcome varchar(40) not null,
  settled_at timestamptz not null,
  account_id uuid not null,
  process_id uuid not null,
  constraint declaration_review_pk primary key (declaration_id),
  constraint declaration_review_declaration_id_fk foreign key (declaration_id) references renewal_declaration (id),
  constraint declaration_review_account_id_fk foreign key (account_id) references account (id),
  constraint declaration_review_process_id_fk foreign key (process_id) references process (id),
  constraint declaration_review_code_ck check (outcome in ('nothing_further', 'passed_on', 'concern'))
);
revoke update, truncate on declaration_review from register_app;
create trigger no_update before update on declaration_review for each row execute function refuse_change();
alter table declaration_review enable always trigger no_update
"""


KEEP = """
create function keep_what_was_declared() returns trigger language plpgsql as $$
begin
  if (new.id, new.renewal_id, new.section, new.sealed, new.says_yes, new.declared_at)
    is distinct from (old.id, old.renewal_id, old.section, old.sealed, old.says_yes, old.declared_at)
  then raise exception 'what was declared stays as it was' using errcode = 'check_violation'; end if;
  return new;
end $$
"""


def upgrade() -> None:
    op.execute(KEEP)
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table declaration_review")
    op.execute("drop table renewal_declaration")
    op.execute("drop function keep_what_was_declared()")
    op.execute("drop table renewal_answers")
