"""Whoever has not answered a proposal is reminded once. The days of the reminder are the register's own proposal."""

from alembic import op

from migrations.steps import add_figures, allow, refuse, take_figures

revision = "2026_11_27_99g"
down_revision = "2026_11_27_99f"
branch_labels = None
depends_on = None

EVENTS = "proposal_reminded"
FIGURES = {"proposal_reminder_days": "7"}


def upgrade() -> None:
    op.execute("alter table disposal add column reminded_at timestamptz")
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    add_figures(FIGURES)


def downgrade() -> None:
    take_figures(FIGURES)
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
    op.execute("alter table disposal drop column reminded_at")
