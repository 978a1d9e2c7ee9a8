"""How entries lapse: notice of intention, the run that two people release, and what employers are told of it.

The figures are the register's own: defaults, open to change. A card payment that was begun on the last day is heard of within
90 minutes, so a run waits for twice as long.
"""

from alembic import op

revision = "2026_11_27_50"
down_revision = "2026_11_27_34"
branch_labels = None
depends_on = None

FIGURES = {"renewal_notice_least_days": 14, "renewal_release_hours": 3}
KINDS = (
    "'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse', "
    "'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome', "
    "'change_particulars', 'correct_entry', 'confirm_verdict', 'draw_audit', 'renew_conditionally', "
    "'extend_renewal', 'refuse_extension', 'change_fees', 'credit', 'refund'"
)
OURS = "'release_lapses'"

TABLES = """
create table lapse_notice (
  renewal_id uuid not null,
  method varchar(40) not null,
  message_id uuid not null,
  sent_at timestamptz not null,
  deemed_on date not null,
  process_id uuid not null,
  constraint lapse_notice_pk primary key (renewal_id),
  constraint lapse_notice_renewal_id_fk foreign key (renewal_id) references renewal (id),
  constraint lapse_notice_process_id_fk foreign key (process_id) references process (id),
  constraint lapse_notice_method_ck check (method in ('email', 'post')),
  constraint lapse_notice_served_ck check (deemed_on > (sent_at at time zone 'Europe/London')::date)
);
revoke update, delete, truncate on lapse_notice from register_app;
create table employer_news (
  renewal_id uuid not null,
  of varchar(40) not null,
  at timestamptz not null,
  told_at timestamptz,
  constraint employer_news_pk primary key (renewal_id, of),
  constraint employer_news_renewal_id_fk foreign key (renewal_id) references renewal (id),
  constraint employer_news_code_ck check (of in ('not_finished', 'lapsed', 'registered_again'))
);
create index employer_news_untold on employer_news (at, renewal_id) where told_at is null;
revoke delete, truncate on employer_news from register_app;
create table lapse_run (
  id uuid not null,
  last_day date not null,
  state varchar(40) not null,
  prepared_at timestamptz not null,
  counted_at timestamptz not null,
  counts jsonb not null,
  proposer_id uuid,
  approver_id uuid,
  released_at timestamptz,
  written_at timestamptz,
  lapsed bigint not null,
  restored bigint not null,
  ended bigint not null,
  renewed bigint not null,
  version bigint not null,
  constraint lapse_run_pk primary key (id),
  constraint lapse_run_last_day_uq unique (last_day),
  constraint lapse_run_proposer_id_fk foreign key (proposer_id) references account (id),
  constraint lapse_run_approver_id_fk foreign key (approver_id) references account (id),
  constraint lapse_run_state_ck check (state in ('prepared', 'proposed', 'released', 'written')),
  constraint lapse_run_two_people_ck check (approver_id <> proposer_id),
  constraint lapse_run_proposed_ck check ((state = 'prepared') = (proposer_id is null)),
  constraint lapse_run_released_ck check (
    (state in ('released', 'written')) = (released_at is not null) and (released_at is null) = (approver_id is null)),
  constraint lapse_run_written_ck check ((state = 'written') = (written_at is not null)),
  constraint lapse_run_after_the_last_day_ck check (
    released_at >= ((last_day + 1)::timestamp at time zone 'Europe/London'))
);
revoke delete, truncate on lapse_run from register_app;
create index renewal_extended_until on renewal (extended_until) where extended_until is not null;
create index registration_standing on registration (until_on, entry_id) where upper_inf(valid)
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
    op.execute("drop index registration_standing")
    op.execute("drop index renewal_extended_until")
    for table in ("lapse_run", "employer_news", "lapse_notice"):
        op.execute(f"drop table {table}")


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
