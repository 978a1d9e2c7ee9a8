"""Of a fee that an employer was to pay nothing may be owed any more: a reason of its own to leave it out."""

from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99p"
down_revision = "2026_11_27_99o"
branch_labels = None
depends_on = None

LEFT_OUT = ("collective_share", "collective_share_left_out_ck", "left_out")


def upgrade() -> None:
    allow(*LEFT_OUT, "nothing_owed")


def downgrade() -> None:
    op.execute("alter table collective_share disable trigger no_update")
    op.execute(
        "update collective_share set left_out = 'paid_already' where left_out = 'nothing_owed'"
    )
    op.execute("alter table collective_share enable always trigger no_update")
    refuse(*LEFT_OUT, "nothing_owed", delete=False)
