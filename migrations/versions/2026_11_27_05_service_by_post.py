"""Service by post: the code by which a notice is answered without an account, and what staff record of an answer by post."""

from alembic import op

revision = "2026_11_27_05"
down_revision = "2026_11_27_41"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table message add column secret text")
    op.execute("""
        alter table notice add column code_hash bytea,
          add constraint notice_code_hash_uq unique (code_hash),
          add constraint notice_code_hash_ck check (code_hash is null or method = 'post')""")
    op.execute("alter table representation add column came_on date")
    op.execute("alter table notice_document add column came_on date")


def downgrade() -> None:
    op.execute("alter table notice_document drop column came_on")
    op.execute("alter table representation drop column came_on")
    op.execute("alter table notice drop column code_hash")
    op.execute("alter table message drop column secret")
