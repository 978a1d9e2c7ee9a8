"""Cases that grow old: that those who answer for them were told. And what a referrer may know of what became of a concern."""

from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99b"
down_revision = "2026_11_27_99a"
branch_labels = None
depends_on = None

EVENTS = "escalated"
# By the owner, as `concern_receipt` is (migration 93): who told of something sees no row of the case. Since when is never before
# the day on which the case took it in, or it would tell that others had told us of the same before.
PROGRESS = """
create function concern_progress() returns table (
    state text, unfit text, towards text, stage text, because text, since timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.state, s.answer, s.towards, f.stage, f.because,
    greatest(coalesce(c.settled_at, c.screened_at, c.sent_at), f.stage_since)
  from concern c
  left join concern_step s on s.concern_id = c.id and s.kind = 'signposted'
  left join fitness_case f on f.id = c.case_id
  where fitness_capacity() = 'referrer' and c.id = fitness_reader() and c.state <> 'draft'
$$"""


def upgrade() -> None:
    op.execute(PROGRESS)
    allow("case_event", "case_event_code_ck", "kind", EVENTS)


def downgrade() -> None:
    op.execute("drop function concern_progress()")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
