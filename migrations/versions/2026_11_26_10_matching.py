"""What persons are recognised by, as keyed hashes, under the keys by which candidates are found."""

from alembic import op

revision = "2026_11_26_10"
down_revision = "2026_11_26_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table match_record (
            person_id uuid not null constraint match_record_pk primary key
                constraint match_record_person_id_fk references person (id),
            ni_numbers bigint[] not null,
            ni_slips bigint[] not null,
            addresses bigint[] not null,
            postcodes bigint[] not null,
            emails bigint[] not null,
            learner_numbers bigint[] not null,
            keys bigint[] not null,
            fresh boolean not null
        )""")
    op.execute(
        "create index match_record_fresh on match_record (person_id) where fresh"
    )
    # Read far more often than written, and a list of what is not yet in the index would be read from end to end.
    op.execute(
        "create index match_record_keys on match_record using gin (keys) with (fastupdate = off)"
    )


def downgrade() -> None:
    op.execute("drop table match_record")
