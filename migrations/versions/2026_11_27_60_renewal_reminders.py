"""The ledger of reminders to renew, the report of each day on it, and the ladder on which they are sent.

Source of the ladder: the register's own proposal, 60, 30, 14, 7, 3 and 1 days before the last day, besides the day of opening.
"""

from alembic import op

revision = "2026_11_27_60"
down_revision = "2026_11_27_20"
branch_labels = None
depends_on = None

FIGURES = {"renewal_reminder_days": "[60, 30, 14, 7, 3, 1]"}


def upgrade() -> None:
    op.execute("""
        create table renewal_reminder (
          id uuid not null,
          ends_on date not null,
          rung bigint not null,
          channel varchar(40) not null,
          renewal_id uuid,
          organisation_id uuid,
          because varchar(40),
          at timestamptz not null,
          constraint renewal_reminder_pk primary key (id),
          constraint renewal_reminder_renewal_id_fk foreign key (renewal_id) references renewal (id),
          constraint renewal_reminder_organisation_id_fk foreign key (organisation_id) references organisation (id),
          constraint renewal_reminder_rung_ck check (rung > 0),
          constraint renewal_reminder_channel_ck check (channel in ('email', 'sms', 'letter', 'employer')),
          constraint renewal_reminder_because_ck check (because in ('no_account', 'no_mobile', 'no_address', 'silence')),
          constraint renewal_reminder_whom_ck check (
            (channel = 'employer') = (organisation_id is not null) and num_nonnulls(renewal_id, organisation_id) = 1)
        )""")
    op.execute("""
        create unique index renewal_reminder_once on renewal_reminder
          (ends_on, rung, channel, renewal_id, organisation_id) nulls not distinct""")
    op.execute(
        "create index renewal_reminder_renewal_id_ix on renewal_reminder (renewal_id)"
    )
    op.execute("revoke update, delete, truncate on renewal_reminder from register_app")
    op.execute("""
        create trigger no_update before update on renewal_reminder for each row execute function refuse_change()""")
    op.execute("alter table renewal_reminder enable always trigger no_update")
    op.execute("""
        create table reminder_count (
          day date not null,
          ends_on date not null,
          rung bigint not null,
          channel varchar(40) not null,
          expected bigint not null,
          sent bigint not null,
          not_sent bigint not null,
          undelivered bigint not null,
          counted_at timestamptz not null,
          constraint reminder_count_pk primary key (day, ends_on, rung, channel),
          constraint reminder_count_channel_ck check (channel in ('email', 'sms', 'letter', 'employer'))
        )""")
    for figure, ladder in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', '{ladder}'::jsonb)",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{ladder}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("drop table reminder_count")
    op.execute("drop table renewal_reminder")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
