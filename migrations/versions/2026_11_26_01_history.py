"""Processes are never changed either, and words are deleted by the one function that says so, and in no other way."""

from alembic import op

revision = "2026_11_26_01"
down_revision = "2026_11_22_10"
branch_labels = None
depends_on = None

BY_THE_FUNCTION = """
create function erase_words(text_id uuid, moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare act uuid;
begin
  perform set_config('register.erasing', text_id::text, true);
  delete from public.process_text t where t.id = text_id returning t.process_id into act;
  perform set_config('register.erasing', '', true);
  if act is null then
    raise exception 'there are no such words' using errcode = 'no_data_found';
  end if;
  insert into public.event (process_id, kind, at, data) values (act, 'text:erased', moment, jsonb_build_object('text', text_id));
end $$
"""

BY_THE_ERASER = """
create function erase_words(text_id uuid, moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare act uuid;
begin
  delete from public.process_text t where t.id = text_id returning t.process_id into act;
  if act is null then
    raise exception 'there are no such words' using errcode = 'no_data_found';
  end if;
  insert into public.event (process_id, kind, at, data) values (act, 'text:erased', moment, jsonb_build_object('text', text_id));
end $$
"""


def upgrade() -> None:
    op.execute("revoke update, delete, truncate on process from register_app")
    refuse("no_update", "update or delete on process for each row")
    refuse("no_truncate", "truncate on process for each statement")
    drop_function()
    op.execute("revoke delete on process_text from register_eraser")
    op.execute("revoke insert on event from register_eraser")
    op.execute("drop trigger no_update on process_text")
    refuse("no_update", "update on process_text for each row")
    # The function acts as the owner, who may delete, but only what it names first.
    refuse(
        "no_delete",
        "delete on process_text for each row when (current_setting('register.erasing', true) is distinct from old.id::text)",
    )
    op.execute(BY_THE_FUNCTION)
    op.execute("revoke execute on function erase_words from public")
    op.execute("grant execute on function erase_words to register_eraser")


def downgrade() -> None:
    op.execute("drop function erase_words")
    op.execute("drop trigger no_delete on process_text")
    op.execute("drop trigger no_update on process_text")
    refuse(
        "no_update",
        "update or delete on process_text for each row when (current_user <> 'register_eraser')",
    )
    op.execute("grant delete on process_text to register_eraser")
    op.execute("grant insert on event to register_eraser")
    op.execute(BY_THE_ERASER)
    op.execute("revoke execute on function erase_words from public")
    op.execute("grant create on schema public to register_eraser")
    op.execute("reset role")
    op.execute("alter function erase_words owner to register_eraser")
    op.execute("set role register_owner")
    op.execute("revoke create on schema public from register_eraser")
    op.execute("drop trigger no_truncate on process")
    op.execute("drop trigger no_update on process")
    op.execute("grant update, delete on process to register_app")


def drop_function() -> None:
    """It belongs to the eraser, whom the owner may not stand in for."""
    op.execute("reset role")
    op.execute("drop function erase_words")
    op.execute("set role register_owner")


def refuse(name: str, what: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    table = what.split(" on ")[1].split(maxsplit=1)[0]
    op.execute(f"create trigger {name} before {what} execute function refuse_change()")
    op.execute(f"alter table {table} enable always trigger {name}")
