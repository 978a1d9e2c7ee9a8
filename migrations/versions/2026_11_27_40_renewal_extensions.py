"""A later last day to renew, agreed by two people to whoever asks for it, and what a longer time away asks of who comes back.

The figures are the register's own: defaults, open to change.
"""

from alembic import op

revision = "2026_11_27_40"
down_revision = "2026_11_27_60"
branch_labels = None
depends_on = None

FIGURES = {
    "renewal_extension_days": 56,
    "restoration_practice_after_months": 24,
    "restoration_practice_hours": 100,
}
KINDS = (
    "'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse', "
    "'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome', "
    "'change_particulars', 'correct_entry', 'confirm_verdict', 'draw_audit', 'renew_conditionally'"
)
OURS = "'extend_renewal', 'refuse_extension'"

TABLES = """
alter table renewal
  add column extended_until date,
  add constraint renewal_extended_ck check (extended_until > ends_on);
create index renewal_ends_on_id_ix on renewal (ends_on, id);
create index renewal_paid_early on renewal (ends_on, id) where finished_at is null and paid_at is not null;
create index renewal_extended on renewal (ends_on, id) where finished_at is null and extended_until is not null;
create table renewal_extension (
  id uuid not null,
  renewal_id uuid not null,
  person_id uuid not null,
  because varchar(40) not null,
  sealed bytea not null,
  asked_at timestamptz not null,
  state varchar(40) not null,
  ended_at timestamptz,
  until_on date,
  ended_in uuid,
  again_of uuid,
  version bigint not null,
  constraint renewal_extension_pk primary key (id),
  constraint renewal_extension_renewal_id_fk foreign key (renewal_id) references renewal (id),
  constraint renewal_extension_person_id_fk foreign key (person_id) references person (id),
  constraint renewal_extension_ended_in_fk foreign key (ended_in) references process (id),
  constraint renewal_extension_again_of_fk foreign key (again_of) references renewal_extension (id) on delete set null,
  constraint renewal_extension_code_ck check (
    because in ('illness', 'bereavement', 'caring', 'emergency', 'our_fault', 'other')),
  constraint renewal_extension_state_ck check (state in ('asked', 'withdrawn', 'agreed', 'refused')),
  constraint renewal_extension_ended_ck check ((state = 'asked') = (ended_at is null)),
  constraint renewal_extension_until_ck check ((state = 'agreed') = (until_on is not null))
);
create index renewal_extension_person_id_ix on renewal_extension (person_id);
create index renewal_extension_renewal_id_ix on renewal_extension (renewal_id);
create unique index renewal_extension_one_open on renewal_extension (renewal_id) where state = 'asked';
create index renewal_extension_open on renewal_extension (asked_at, id) where state = 'asked';
revoke truncate on renewal_extension from register_app
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, {OURS}")
    for figure, count in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {count})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{count}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute(f"delete from proposal where kind in ({OURS})")
    kinds(KINDS)
    op.execute("drop table renewal_extension")
    for name in (
        "renewal_extended",
        "renewal_paid_early",
        "renewal_ends_on_id_ix",
    ):
        op.execute(f"drop index {name}")
    op.execute("alter table renewal drop column extended_until")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
