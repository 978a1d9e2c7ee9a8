"""What migrations do again and again: a policy of the second fence, a code more in a CHECK, a figure more in the rules."""

from alembic import op


def policy(table: str, doing: str, holds: str, *, name: str = "ours") -> None:
    """`holds`: what must be true of a row that is read, of one that is written, or of both."""
    op.execute(f"alter table {table} enable row level security")
    clauses = {
        "select": f"using ({holds})",
        "insert": f"with check ({holds})",
        "update": f"using ({holds}) with check ({holds})",
    }
    op.execute(
        f"create policy {table}_{doing}_{name} on {table} for {doing} to register_app {clauses[doing]}"
    )


def allow(table: str, check: str, column: str, codes: str) -> None:
    """Besides what is allowed already, whatever that is. `codes`: with spaces between."""
    either = ", ".join(f"''{code}''" for code in codes.split())
    op.execute(f"""
do $$
declare before text := (select regexp_replace(pg_get_constraintdef(oid), '^CHECK ', '') from pg_constraint where conname = '{check}');
begin
  alter table {table} drop constraint {check};
  execute 'alter table {table} add constraint {check} check (' || before || ' or {column} in ({either}))';
end $$""")


def refuse(
    table: str, check: str, column: str, codes: str, *, delete: bool = True
) -> None:
    """What `allow` allowed; the rows that say so go with what they told of."""
    either = ", ".join(f"'{code}'" for code in codes.split())
    if delete:
        op.execute(f"delete from {table} where {column} in ({either})")
    op.execute(f"""
do $$
declare before text := (select regexp_replace(pg_get_constraintdef(oid), '^CHECK ', '') from pg_constraint where conname = '{check}');
begin
  alter table {table} drop constraint {check};
  execute 'alter table {table} add constraint {check} check (' || before || ' and {column} not in ('
    || $codes${either}$codes$ || '))';
end $$""")


def add_figures(figures: dict[str, str]) -> None:
    """To all versions of the rules, and to the drafts of the next; each as JSON. It is no change of what one said."""
    for figure, value in figures.items():
        _change_rules(
            f"data || jsonb_build_object('{figure}', '{value}'::jsonb)",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{value}')",
        )


def take_figures(figures: dict[str, str]) -> None:
    for figure in figures:
        _change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")


def _change_rules(data: str, terms: str) -> None:
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
