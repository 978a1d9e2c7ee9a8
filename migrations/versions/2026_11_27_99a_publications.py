"""Publications: versions that a second person approves, and a table of its own for what the public reads.

Sources (domain.md 7.2 and 8): the duty to publish decisions of Social Work England, which lets health be withheld; for how long
anything is shown are figures of the rules that are there already. `published` has no fence: the public is in no capacity. What may
stand in it, a trigger asks of what was approved. What the register itself shows of a decision is its address, beside the fact
that came of it, in a row of the register's own.
"""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_99a"
down_revision = "2026_11_27_99"
branch_labels = None
depends_on = None

EVENTS = (
    "publication_written publication_proposed publication_approved publication_returned "
    "publication_withdrawn"
)
READS = "publications"
MATTERS = "'advice', 'warning', 'conditions_order', 'suspension_order', 'removal_order', 'restored', 'restoration_refused'"
RESTORATION = "'restored', 'restoration_refused'"

TABLES = f"""
create table publication (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  kind varchar(40) not null,
  slug text not null,
  matter varchar(40),
  order_id uuid,
  decided_on date,
  hearing bigint,
  followed bigint,
  process_id uuid not null,
  constraint publication_pk primary key (id),
  constraint publication_case_id_number_uq unique (case_id, number),
  constraint publication_case_id_hearing_uq unique (case_id, hearing),
  constraint publication_slug_uq unique (slug),
  constraint publication_order_id_uq unique (order_id),
  constraint publication_kind_ck check (kind in ('decision', 'hearing')),
  constraint publication_matter_ck check (matter in ({MATTERS})),
  constraint publication_about_ck check (
    (kind = 'decision') = (matter is not null) and (kind = 'hearing') = (hearing is not null)),
  constraint publication_decision_ck check (
    (matter in ({RESTORATION})) is true = (decided_on is not null)
    and (matter not in ({RESTORATION})) is true = (order_id is not null)),
  constraint publication_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint publication_order_id_fk foreign key (order_id) references case_order (id),
  constraint publication_process_id_fk foreign key (process_id) references process (id)
);
create table publication_version (
  id uuid not null,
  case_id uuid not null,
  publication_id uuid not null,
  number bigint not null,
  state varchar(40) not null,
  health boolean not null,
  text_id uuid,
  not_before date,
  author_id uuid not null,
  touched uuid[] not null,
  written_at timestamptz not null,
  process_id uuid not null,
  proposed_at timestamptz,
  approver_id uuid,
  decided_at timestamptz,
  remark_id uuid,
  withdrawn_at timestamptz,
  because varchar(40),
  constraint publication_version_pk primary key (id),
  constraint publication_version_publication_id_number_uq unique (publication_id, number),
  constraint publication_version_state_ck check (state in ('drafted', 'proposed', 'approved', 'returned', 'withdrawn')),
  constraint publication_version_because_ck check (because in ('safety', 'mistake', 'court', 'quashed', 'not_held')),
  constraint publication_version_two_people_ck check (approver_id <> author_id and approver_id <> all (touched)),
  constraint publication_version_author_ck check (author_id = any (touched)),
  constraint publication_version_decided_ck check (
    (state in ('drafted', 'proposed')) = (approver_id is null) and (approver_id is null) = (decided_at is null)),
  constraint publication_version_withdrawn_ck check (
    (state = 'withdrawn') = (withdrawn_at is not null) and (withdrawn_at is null) = (because is null)),
  constraint publication_version_health_ck check (not health or text_id is null),
  constraint publication_version_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint publication_version_publication_id_fk foreign key (publication_id) references publication (id),
  constraint publication_version_author_id_fk foreign key (author_id) references account (id),
  constraint publication_version_approver_id_fk foreign key (approver_id) references account (id),
  constraint publication_version_process_id_fk foreign key (process_id) references process (id),
  constraint publication_version_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint publication_version_remark_id_fk foreign key (remark_id) references case_text (id) on delete set null
);
create index publication_version_case_id_ix on publication_version (case_id);
create unique index publication_version_open on publication_version (publication_id) where state in ('drafted', 'proposed');
create index publication_version_waiting on publication_version (proposed_at, id) where state = 'proposed';
create table hearing_notice (
  version_id uuid not null,
  case_id uuid not null,
  kind varchar(40) not null,
  first_day date not null,
  last_day date not null,
  by_video boolean not null,
  place_id uuid,
  constraint hearing_notice_pk primary key (version_id),
  constraint hearing_notice_kind_ck check (kind in ('final', 'review', 'restoration')),
  constraint hearing_notice_days_ck check (first_day <= last_day),
  constraint hearing_notice_place_ck check (not by_video or place_id is null),
  constraint hearing_notice_version_id_fk foreign key (version_id) references publication_version (id),
  constraint hearing_notice_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_notice_place_id_fk foreign key (place_id) references case_text (id) on delete set null
);
create index hearing_notice_case_id_ix on hearing_notice (case_id);
create table published (
  slug text not null,
  kind varchar(40) not null,
  person_id uuid not null,
  version bigint not null,
  shown_from timestamptz not null,
  shown_until timestamptz not null,
  approved_at timestamptz not null,
  words text,
  health boolean not null,
  matter varchar(40),
  decided_by varchar(40),
  decided_on date,
  appeal_by date,
  appealed boolean not null,
  begins_at timestamptz,
  ends_at timestamptz,
  hearing_kind varchar(40),
  first_day date,
  last_day date,
  place text,
  constraint published_pk primary key (slug),
  constraint published_kind_ck check (kind in ('decision', 'hearing')),
  constraint published_matter_ck check (matter in ({MATTERS})),
  constraint published_decided_by_ck check (decided_by in ('interim_panel', 'examiners', 'agreement', 'panel')),
  constraint published_hearing_kind_ck check (hearing_kind in ('final', 'review', 'restoration')),
  constraint published_decision_ck check (
    (kind = 'decision') = (matter is not null) and (matter is null) = (decided_on is null)),
  constraint published_hearing_ck check (
    (kind = 'hearing') = (hearing_kind is not null) and (hearing_kind is null) = (first_day is null)
    and (first_day is null) = (last_day is null) and first_day <= last_day),
  constraint published_person_id_fk foreign key (person_id) references person (id)
);
create index published_person_id_ix on published (person_id);
create index published_listed on published (kind, shown_from, slug);
create table citation (
  fact_id uuid not null,
  entry_id uuid not null,
  address text not null,
  shown tstzrange not null,
  recorded_at timestamptz not null,
  process_id uuid not null,
  constraint citation_pk primary key (fact_id),
  constraint citation_address_ck check (address ~ '^/[a-z]+/[0-9A-Z]+$'),
  constraint citation_shown_ck check (not isempty(shown) and not lower_inf(shown) and not upper_inf(shown)),
  constraint citation_entry_id_fk foreign key (entry_id) references entry (id),
  constraint citation_process_id_fk foreign key (process_id) references process (id)
);
create index citation_entry_id_ix on citation (entry_id);
alter table entry_projection add column decision text
"""
APPROVED = """
create function published_approved() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from publication p
    join publication_version v on v.publication_id = p.id
    join fitness_case c on c.id = p.case_id
    left join case_text t on t.id = v.text_id
    where p.slug = new.slug and v.number = new.version and c.person_id = new.person_id and v.approver_id is not null
      and (new.words is null or (v.state = 'approved' and new.words = t.words));
  if not found then
    raise exception 'nobody has approved this for the public' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
OUR_PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE})))"
OF_A_CASE = "case_id in (select id from fitness_case)"
FENCED = ("publication", "publication_version", "hearing_notice")


def upgrade() -> None:
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", READS)
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    op.execute(APPROVED)
    op.execute(
        "create trigger approved before insert or update of slug, person_id, version, words on published "
        "for each row execute function published_approved()"
    )
    op.execute(f"revoke delete, truncate on {', '.join(FENCED)} from register_app")
    op.execute("revoke truncate on published, citation from register_app")
    for table in FENCED:
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
        policy(table, "update", f"{WRITERS} and {OF_A_CASE}")


def downgrade() -> None:
    op.execute("alter table entry_projection drop column decision")
    op.execute("drop table citation")
    op.execute("drop table published")
    op.execute("drop function published_approved")
    for table in reversed(FENCED):
        op.execute(f"drop table {table}")
    refuse("case_read", "case_read_what_ck", "what", READS)
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
