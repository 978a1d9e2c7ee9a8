"""Money that came otherwise than by card, and that it was taken back."""

from alembic import op

revision = "2026_11_27_81"
down_revision = "2026_11_27_80"
branch_labels = None
depends_on = None

KINDS = (
    "invoice_raised",
    "credited",
    "payment_received",
    "allocated",
    "released",
    "written_off",
    "recovered",
    "refund_asked",
    "refund_succeeded",
    "refund_failed",
    "settled",
    "identified",
    "reallocated",
)
UP = """
create table other_money (
  id uuid not null,
  number bigint not null generated always as identity,
  kind varchar(40) not null,
  amount_pence bigint not null,
  came_on date not null,
  statement_reference text not null,
  recorded_at timestamptz not null,
  process_id uuid not null,
  constraint other_money_pk primary key (id),
  constraint other_money_number_uq unique (number),
  constraint other_money_amount_pence_ck check (amount_pence > 0),
  constraint other_money_kind_ck check (kind in ('transfer', 'cheque')),
  constraint other_money_process_id_fk foreign key (process_id) references process (id)
);
create index other_money_came_on_amount_pence_ix on other_money (came_on, amount_pence);
create table money_reversal (
  money_id uuid not null,
  because varchar(40) not null,
  reversed_at timestamptz not null,
  process_id uuid not null,
  constraint money_reversal_pk primary key (money_id),
  constraint money_reversal_because_ck check (because in ('recorded_wrong', 'bounced', 'not_for_us')),
  constraint money_reversal_money_id_fk foreign key (money_id) references other_money (id),
  constraint money_reversal_process_id_fk foreign key (process_id) references process (id)
)
"""
TABLES = ("other_money", "money_reversal")


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)
    for table in TABLES:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
        for name, what, each in (
            ("no_update", "update or delete", "row"),
            ("no_truncate", "truncate", "statement"),
        ):
            op.execute(
                f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
            )
            op.execute(f"alter table {table} enable always trigger {name}")
    entry_kinds(*KINDS, "reversed")


def downgrade() -> None:
    entry_kinds(*KINDS)
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")


def entry_kinds(*kinds: str) -> None:
    codes = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("alter table ledger_entry drop constraint ledger_entry_kind_ck")
    op.execute(
        f"alter table ledger_entry add constraint ledger_entry_kind_ck check (kind in ({codes}))"
    )
