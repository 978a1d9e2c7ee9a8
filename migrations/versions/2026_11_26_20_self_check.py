"""What the check of each night found: on which surface, of which number, in which field."""

from alembic import op

revision = "2026_11_26_20"
down_revision = "2026_11_26_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table self_check (
            id uuid not null constraint self_check_pk primary key,
            begun_at timestamptz not null,
            ended_at timestamptz,
            people bigint not null
        )""")
    op.execute("create index self_check_begun_at_ix on self_check (begun_at)")
    op.execute("""
        create table self_check_difference (
            check_id uuid not null constraint self_check_difference_check_id_fk references self_check (id) on delete cascade,
            surface varchar(40) not null constraint self_check_difference_code_ck
                check (surface in ('projection', 'sql', 'search', 'api', 'as_at', 'certificate')),
            number text not null,
            field text not null,
            constraint self_check_difference_pk primary key (check_id, surface, number, field)
        )""")


def downgrade() -> None:
    op.execute("drop table self_check_difference")
    op.execute("drop table self_check")
