"""Matches: two persons who may be one, until somebody settles it; the number is kept with what else they are recognised by."""

from alembic import op

revision = "2026_11_26_11"
down_revision = "2026_11_26_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table match (
            id uuid not null constraint match_pk primary key,
            one_id uuid not null constraint match_one_id_fk references person (id),
            other_id uuid not null constraint match_other_id_fk references person (id),
            verdict varchar(40) not null constraint match_code_ck check (verdict in ('definite', 'possible', 'none')),
            points bigint not null,
            agreements jsonb not null,
            exchanged boolean not null,
            likeness bigint not null,
            found_at timestamptz not null,
            found_in uuid not null constraint match_found_in_fk references process (id),
            state varchar(40) not null constraint match_state_ck check (state in ('open', 'told_apart', 'merged', 'gone')),
            settled_at timestamptz,
            settled_in uuid constraint match_settled_in_fk references process (id),
            version bigint not null,
            constraint match_in_order_ck check (one_id < other_id),
            constraint match_some_verdict_ck check (verdict <> 'none'),
            constraint match_settled_ck check (
                (state = 'open') = (settled_at is null) and (settled_at is null) = (settled_in is null)
            )
        )""")
    op.execute("create index match_one_id_ix on match (one_id)")
    op.execute("create index match_other_id_ix on match (other_id)")
    op.execute(
        "create unique index match_one_open on match (one_id, other_id) where state = 'open'"
    )
    op.execute("revoke delete on match from register_app")
    op.execute("alter table person drop column ni_number_index")


def downgrade() -> None:
    op.execute("alter table person add column ni_number_index bytea")
    op.execute("create index person_ni_number_index_ix on person (ni_number_index)")
    op.execute("drop table match")
