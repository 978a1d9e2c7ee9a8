"""Merges of two persons are proposed; of one subject one proposal waits at most."""

from alembic import op

revision = "2026_11_26_13"
down_revision = "2026_11_26_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table proposal alter column subject_id set not null")
    op.execute("alter table proposal alter column application_id drop not null")
    op.execute(
        "alter table proposal add constraint proposal_one_subject_ck check (application_id = subject_id)"
    )
    op.execute("drop index proposal_one_waiting")
    op.execute(
        "create unique index proposal_one_waiting on proposal (subject_id) where state = 'waiting'"
    )
    of_kinds("grant", "grant_with_conditions", "refuse", "merge")
    op.execute("create index person_merged_into_ix on person (merged_into)")


def downgrade() -> None:
    op.execute("drop index person_merged_into_ix")
    of_kinds("grant", "grant_with_conditions", "refuse")
    op.execute("drop index proposal_one_waiting")
    op.execute(
        "create unique index proposal_one_waiting on proposal (application_id) where state = 'waiting'"
    )
    op.execute("alter table proposal drop constraint proposal_one_subject_ck")
    op.execute("alter table proposal alter column application_id set not null")
    op.execute("alter table proposal alter column subject_id drop not null")


def of_kinds(*kinds: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    known = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({known}))"
    )
