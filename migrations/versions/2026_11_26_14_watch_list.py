"""The watch list: people who may not join, and who of those we know may be one of them."""

from alembic import op

revision = "2026_11_26_14"
down_revision = "2026_11_26_13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table watch_item (
            id uuid not null constraint watch_item_pk primary key,
            kind varchar(40) not null
                constraint watch_item_code_ck check (kind in ('removed_by_order', 'barred', 'prohibited')),
            given_names text not null,
            family_name text not null,
            other_names text[] not null,
            name_key text not null,
            birth_date date,
            source text not null,
            added_at timestamptz not null,
            added_in uuid not null constraint watch_item_added_in_fk references process (id),
            ended_at timestamptz,
            ended_in uuid constraint watch_item_ended_in_fk references process (id),
            version bigint not null,
            ni_numbers bigint[] not null,
            ni_slips bigint[] not null,
            addresses bigint[] not null,
            postcodes bigint[] not null,
            emails bigint[] not null,
            learner_numbers bigint[] not null,
            keys bigint[] not null,
            constraint watch_item_ended_ck check ((ended_at is null) = (ended_in is null))
        )""")
    op.execute("create index watch_item_name_key_ix on watch_item (name_key)")
    op.execute(
        "create index watch_item_keys on watch_item using gin (keys) with (fastupdate = off)"
    )
    op.execute("""
        create table watch_hit (
            id uuid not null constraint watch_hit_pk primary key,
            person_id uuid not null constraint watch_hit_person_id_fk references person (id),
            item_id uuid constraint watch_hit_item_id_fk references watch_item (id),
            removed_id uuid constraint watch_hit_removed_id_fk references person (id),
            points bigint not null,
            agreements jsonb not null,
            exchanged boolean not null,
            likeness bigint not null,
            found_at timestamptz not null,
            found_in uuid not null constraint watch_hit_found_in_fk references process (id),
            dismissed_at timestamptz,
            dismissed_in uuid constraint watch_hit_dismissed_in_fk references process (id),
            version bigint not null,
            constraint watch_hit_one_reason_ck check ((item_id is null) <> (removed_id is null)),
            constraint watch_hit_dismissed_ck check ((dismissed_at is null) = (dismissed_in is null))
        )""")
    op.execute("create index watch_hit_person_id_ix on watch_hit (person_id)")
    op.execute("create index watch_hit_item_id_ix on watch_hit (item_id)")
    op.execute("create index watch_hit_removed_id_ix on watch_hit (removed_id)")
    op.execute("""
        create unique index watch_hit_open on watch_hit (person_id, item_id, removed_id) nulls not distinct
        where dismissed_at is null""")
    op.execute("revoke delete on watch_item, watch_hit from register_app")


def downgrade() -> None:
    op.execute("drop table watch_hit")
    op.execute("drop table watch_item")
