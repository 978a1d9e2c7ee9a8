"""Reminders to renew and notices of intention are of one last day: of a later one that was agreed to, they are given anew."""

from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99n"
down_revision = "2026_11_27_99l"
branch_labels = None
depends_on = None

# Of a renewal that has more time by now, the day that held when its notice was sent.
OF_WHICH_DAY = """
update lapse_notice set last_day = coalesce(
  (select until_on from renewal_extension
   where renewal_extension.renewal_id = lapse_notice.renewal_id and state = 'agreed' and ended_at <= sent_at
   order by ended_at desc limit 1),
  (select ends_on from renewal where renewal.id = lapse_notice.renewal_id))
"""
ALL_BUT_THE_LAST = """
delete from lapse_notice as before using lapse_notice as last
where last.renewal_id = before.renewal_id and last.last_day > before.last_day
"""


def upgrade() -> None:
    for table in ("renewal_reminder", "reminder_count"):
        op.execute(f"alter table {table} rename column ends_on to last_day")
    allow("renewal_reminder", "renewal_reminder_because_ck", "because", "no_lead")
    op.execute("alter table lapse_notice add column last_day date")
    op.execute(OF_WHICH_DAY)
    op.execute("""
alter table lapse_notice
  alter column last_day set not null,
  drop constraint lapse_notice_pk,
  add constraint lapse_notice_pk primary key (renewal_id, last_day)""")


def downgrade() -> None:
    op.execute(ALL_BUT_THE_LAST)
    op.execute("""
alter table lapse_notice
  drop constraint lapse_notice_pk,
  drop column last_day,
  add constraint lapse_notice_pk primary key (renewal_id)""")
    refuse("renewal_reminder", "renewal_reminder_because_ck", "because", "no_lead")
    for table in ("renewal_reminder", "reminder_count"):
        op.execute(f"alter table {table} rename column last_day to ends_on")
