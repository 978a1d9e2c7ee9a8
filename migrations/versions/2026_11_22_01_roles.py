"""The database roles, the extensions and the trigger that refuses a change."""

from alembic import op

revision = "2026_11_22_01"
down_revision = None
branch_labels = None
depends_on = None

ROLES = ("register_owner", "register_app", "register_signer", "register_eraser")


def upgrade() -> None:
    for role in ROLES:
        op.execute(f"""
            do $$ begin
              if not exists (select from pg_roles where rolname = '{role}') then create role {role} nologin; end if;
            exception when duplicate_object or unique_violation then null;
            end $$""")
        op.execute(f"grant {role} to current_user")
    op.execute("revoke all on schema public from public")
    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        op.execute(f"create extension if not exists {extension}")
    op.execute("alter schema public owner to register_owner")
    op.execute(
        "grant usage on schema public to register_app, register_signer, register_eraser"
    )
    op.execute("alter table alembic_version owner to register_owner")
    op.execute("set role register_owner")
    # "maintain" is for `analyze`: after a load that is not committed yet the planner knows nothing of what is there.
    op.execute(
        "alter default privileges in schema public grant select, insert, update, delete, maintain on tables to register_app"
    )
    op.execute(
        "alter default privileges in schema public grant usage on sequences to register_app"
    )
    op.execute(
        "alter default privileges in schema public grant select on tables to register_signer, register_eraser"
    )
    op.execute("grant select on alembic_version to register_app")
    op.execute("""
        create function refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
        begin
          raise exception '% keeps what it holds: % is refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
        end $$""")


def downgrade() -> None:
    op.execute("drop function refuse_change()")
    op.execute("revoke select on alembic_version from register_app")
    op.execute(
        "alter default privileges in schema public revoke select on tables from register_signer, register_eraser"
    )
    op.execute(
        "alter default privileges in schema public revoke usage on sequences from register_app"
    )
    op.execute(
        "alter default privileges in schema public revoke select, insert, update, delete, maintain on tables from register_app"
    )
    op.execute("reset role")
    op.execute("alter table alembic_version owner to current_user")
    op.execute(
        "revoke usage on schema public from register_app, register_signer, register_eraser"
    )
    op.execute("alter schema public owner to pg_database_owner")
    op.execute("grant usage on schema public to public")
    for extension in ("unaccent", "pg_trgm", "btree_gist"):
        op.execute(f"drop extension {extension}")
