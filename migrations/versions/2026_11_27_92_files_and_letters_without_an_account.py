"""Files that belong to no account, and letters of which only few may know that they were written."""

from alembic import op

revision = "2026_11_27_92"
down_revision = "2026_11_27_91"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table stored_file rename owner_account_id to owner_id")
    op.execute(
        "alter index stored_file_owner_account_id_ix rename to stored_file_owner_id_ix"
    )
    op.execute("alter table message add discreet boolean not null default false")


def downgrade() -> None:
    op.execute("alter table message drop discreet")
    op.execute(
        "alter index stored_file_owner_id_ix rename to stored_file_owner_account_id_ix"
    )
    op.execute("alter table stored_file rename owner_id to owner_account_id")
