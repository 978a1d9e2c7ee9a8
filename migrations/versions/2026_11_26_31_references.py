"""What referees say, sealed and only added, and how many of them an officer had heard when checking their section."""

from alembic import op

revision = "2026_11_26_31"
down_revision = "2026_11_26_30"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table reference (
          request_id uuid not null,
          process_id uuid not null,
          sealed bytea not null,
          received_at timestamptz not null,
          constraint reference_pk primary key (request_id),
          constraint reference_request_id_fk foreign key (request_id) references request (id),
          constraint reference_process_id_fk foreign key (process_id) references process (id)
        )""")
    # What a referee said stays what they said; only its time to be kept ends it.
    op.execute("revoke update, truncate on reference from register_app")
    op.execute("""
        create trigger no_update before update on reference for each row execute function refuse_change()""")
    op.execute("alter table reference enable always trigger no_update")
    op.execute("alter table section_check add column heard bigint not null default 0")
    op.execute("alter table section_check alter column heard drop default")


def downgrade() -> None:
    op.execute("alter table section_check drop column heard")
    op.execute("drop table reference")
