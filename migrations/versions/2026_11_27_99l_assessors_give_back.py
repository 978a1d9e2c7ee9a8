"""An assessor may give learning back, and it goes to another; whoever is held is looked at as others are, and not set aside."""

from alembic import op

revision = "2026_11_27_99l"
down_revision = "2026_11_27_99k"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table audit_assignment add column ended_at timestamptz")
    op.execute(
        "alter table audit_assignment add constraint audit_assignment_ended_ck check (ended_at >= assigned_at)"
    )
    op.execute(
        "update audit_case set state = 'assessed', ended_at = null where state = 'set_aside'"
    )


def downgrade() -> None:
    op.execute("delete from audit_assignment where ended_at is not null")
    op.execute("alter table audit_assignment drop column ended_at")
