"""The provider's settlement files, what of them is identified later, and the accounts that they are posted to."""

from alembic import op

revision = "2026_11_27_70"
down_revision = "2026_11_27_50"
branch_labels = None
depends_on = None

ENTRIES = (
    "'invoice_raised', 'credited', 'payment_received', 'allocated', 'released', 'written_off', 'recovered', "
    "'refund_asked', 'refund_succeeded', 'refund_failed'"
)
OURS = "'settled', 'identified', 'reallocated'"

TABLES = """
insert into ledger_account (code, kind, title) values
  ('provider_fees', 'expense', 'Fees of the payment provider'),
  ('unidentified', 'liability', 'Received and not identified');
create table settlement (
  id uuid not null,
  number bigint not null generated always as identity,
  sha256 bytea not null,
  taken_in_at timestamptz not null,
  process_id uuid not null,
  constraint settlement_pk primary key (id),
  constraint settlement_number_uq unique (number),
  constraint settlement_sha256_uq unique (sha256),
  constraint settlement_process_id_fk foreign key (process_id) references process (id)
);
create table settlement_row (
  id uuid not null,
  settlement_id uuid not null,
  line bigint not null,
  provider_id text not null,
  reference text not null,
  gross_pence bigint not null,
  fee_pence bigint not null,
  net_pence bigint not null,
  settled_on date not null,
  nth bigint not null,
  state varchar(40) not null,
  expected_pence bigint,
  payment_id uuid,
  entry_id uuid not null,
  constraint settlement_row_pk primary key (id),
  constraint settlement_row_provider_id_settled_on_gross_pence_nth_uq unique (provider_id, settled_on, gross_pence, nth),
  constraint settlement_row_settlement_id_line_uq unique (settlement_id, line),
  constraint settlement_row_gross_pence_ck check (gross_pence <> 0),
  constraint settlement_row_net_pence_ck check (net_pence = gross_pence - fee_pence),
  constraint settlement_row_state_ck check (state in ('matched', 'over', 'under', 'unidentified')),
  constraint settlement_row_known_ck check (
    (state = 'unidentified') = (payment_id is null) and (payment_id is null) = (expected_pence is null)),
  constraint settlement_row_matched_ck check ((state = 'matched') = (expected_pence is not distinct from gross_pence)),
  constraint settlement_row_settlement_id_fk foreign key (settlement_id) references settlement (id),
  constraint settlement_row_entry_id_fk foreign key (entry_id) references ledger_entry (id)
);
create index settlement_row_payment_id_ix on settlement_row (payment_id);
create index settlement_row_unidentified on settlement_row (provider_id) where state = 'unidentified';
create table settlement_identified (
  row_id uuid not null,
  payment_id uuid not null,
  process_id uuid not null,
  constraint settlement_identified_pk primary key (row_id),
  constraint settlement_identified_row_id_fk foreign key (row_id) references settlement_row (id),
  constraint settlement_identified_process_id_fk foreign key (process_id) references process (id)
);
alter table receipt drop constraint receipt_payment_id_uq;
create index receipt_payment_id_ix on receipt (payment_id)
"""

DOWN = """
drop index receipt_payment_id_ix;
alter table receipt add constraint receipt_payment_id_uq unique (payment_id);
drop table settlement_identified;
drop table settlement_row;
drop table settlement;
alter table ledger_account disable trigger no_update;
delete from ledger_account where code in ('provider_fees', 'unidentified');
alter table ledger_account enable always trigger no_update
"""

KEPT_FOR_EVER = ("settlement", "settlement_row", "settlement_identified")


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    entries(f"{ENTRIES}, {OURS}")
    for table in KEPT_FOR_EVER:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
        refuse(table, "update or delete", "row")
        refuse(table, "truncate", "statement")


def downgrade() -> None:
    entries(ENTRIES)
    for statement in DOWN.split(";\n"):
        op.execute(statement)


def entries(allowed: str) -> None:
    op.execute("alter table ledger_entry drop constraint ledger_entry_kind_ck")
    op.execute(
        f"alter table ledger_entry add constraint ledger_entry_kind_ck check (kind in ({allowed}))"
    )


def refuse(table: str, what: str, each: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    name = f"no_{what.split(maxsplit=1)[0]}"
    op.execute(
        f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
    )
    op.execute(f"alter table {table} enable always trigger {name}")
