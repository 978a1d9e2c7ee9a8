"""Rules that staff change: drafts, versions that end the one before, equivalences, and proposals about something else than a person.

Sources of the seeded routes: the Children's Homes (England) Regulations 2015 name the diplomas; the other routes are those that
the registers of Wales and Scotland and the diploma's predecessors suggest, all of them open to change.
"""

from alembic import op

revision = "2026_11_26_02"
down_revision = "2026_11_26_01"
branch_labels = None
depends_on = None

ROUTES = {
    1: ("l5-residential-childcare", "named"),
    2: ("l5-health-and-social-care", "predecessor"),
    3: ("nvq4-registered-manager", "predecessor"),
    4: ("l5-manager-apprenticeship", "apprenticeship"),
    5: ("wales-l4-l5", "uk_equivalent"),
    6: ("scotland-scqf9", "uk_equivalent"),
    7: ("degree-with-management", "degree"),
    8: ("l3-residential-childcare", "named"),
}
"""By the position in the first list of the manager part."""

ONLY_ITS_END = """
  (new.id, new.part, new.version, new.data, lower(new.valid)) is distinct from (old.id, old.part, old.version, old.data, lower(old.valid))
  or not upper_inf(old.valid) or upper_inf(new.valid)
"""

UP = """
alter table accepted_qualification
  add column code text,
  add column route varchar(40),
  add column awarding_body text,
  add column awarded_from date,
  add column awarded_until date,
  add column gap_units text[] not null default '{}',
  add column evidence text;
"""

STRICT = """
alter table accepted_qualification
  alter column code set not null,
  alter column route set not null,
  alter column gap_units drop default,
  add constraint accepted_qualification_rule_set_id_code_uq unique (rule_set_id, code),
  add constraint accepted_qualification_route_ck check (route in
    ('named', 'predecessor', 'uk_equivalent', 'apprenticeship', 'degree', 'overseas', 'portfolio')),
  add constraint accepted_qualification_awarded_ck check (awarded_from <= awarded_until),
  add constraint accepted_qualification_gap_units_ck check (verdict = 'partial' or cardinality(gap_units) = 0);
"""

DRAFTS = """
create table rule_draft (
  id uuid not null,
  part varchar(40) not null,
  base_id uuid not null,
  terms jsonb not null,
  begins_on date,
  touched uuid[] not null,
  begun_at timestamptz not null,
  version bigint not null,
  constraint rule_draft_pk primary key (id),
  constraint rule_draft_part_uq unique (part),
  constraint rule_draft_base_id_fk foreign key (base_id) references rule_set (id),
  constraint rule_draft_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee'))
)
"""

ABOUT = """
drop index proposal_one_waiting;
alter table proposal
  alter column application_id drop not null,
  alter column person_id drop not null,
  drop constraint proposal_code_ck,
  add constraint proposal_code_ck check (kind in ('grant', 'grant_with_conditions', 'refuse', 'change_rules')),
  add column about text;
update proposal set about = 'application:' || application_id;
alter table proposal
  alter column about set not null,
  add constraint proposal_about_ck check (about ~ '^[a-z_]+:[a-z0-9_-]+$');
create unique index proposal_one_waiting on proposal (about) where state = 'waiting'
"""

ON_APPLICATIONS_ONLY = """
drop index proposal_one_waiting;
alter table proposal
  drop column about,
  drop constraint proposal_code_ck,
  add constraint proposal_code_ck check (kind in ('grant', 'grant_with_conditions', 'refuse')),
  alter column application_id set not null,
  alter column person_id set not null;
create unique index proposal_one_waiting on proposal (application_id) where state = 'waiting'
"""


def upgrade() -> None:
    run(UP)
    op.execute("alter table accepted_qualification disable trigger user")
    for position, (code, route) in ROUTES.items():
        op.execute(
            f"update accepted_qualification set code = '{code}', route = '{route}' where position = {position}"
        )
    refuse_again("accepted_qualification", "no_update", "no_truncate")
    run(STRICT)
    op.execute("drop trigger no_update on rule_set")
    op.execute(
        f"create trigger no_update before update on rule_set for each row when ({ONLY_ITS_END}) execute function refuse_change()"
    )
    op.execute(
        "create trigger no_delete before delete on rule_set for each row execute function refuse_change()"
    )
    refuse_again("rule_set", "no_update", "no_delete")
    op.execute("grant update (valid) on rule_set to register_app")
    run(DRAFTS)
    run(ABOUT)


def downgrade() -> None:
    op.execute("delete from proposal where application_id is null")
    run(ON_APPLICATIONS_ONLY)
    op.execute("drop table rule_draft")
    op.execute("revoke update (valid) on rule_set from register_app")
    op.execute("drop trigger no_delete on rule_set")
    op.execute("drop trigger no_update on rule_set")
    op.execute(
        "create trigger no_update before update or delete on rule_set for each row execute function refuse_change()"
    )
    refuse_again("rule_set", "no_update")
    for column in (
        "evidence",
        "gap_units",
        "awarded_until",
        "awarded_from",
        "awarding_body",
        "route",
        "code",
    ):
        op.execute(f"alter table accepted_qualification drop column {column}")


def run(statements: str) -> None:
    for statement in statements.strip().split(";\n"):
        op.execute(statement)


def refuse_again(table: str, *triggers: str) -> None:
    """Under session_replication_role = replica too."""
    for trigger in triggers:
        op.execute(f"alter table {table} enable always trigger {trigger}")
