"""Collective invoices, and a ledger that knows money by its number, whichever way it came."""

from alembic import op

revision = "2026_11_27_80"
down_revision = "2026_11_27_71"
branch_labels = None
depends_on = None

UP = """
create table collective_invoice (
  id uuid not null,
  number bigint not null generated always as identity,
  organisation_id uuid not null,
  process_id uuid not null,
  raised_at timestamptz not null,
  pay_by date not null,
  amount_pence bigint not null,
  cancelled_at timestamptz,
  version bigint not null,
  constraint collective_invoice_pk primary key (id),
  constraint collective_invoice_number_uq unique (number),
  constraint collective_invoice_amount_pence_ck check (amount_pence > 0),
  constraint collective_invoice_organisation_id_fk foreign key (organisation_id) references organisation (id),
  constraint collective_invoice_process_id_fk foreign key (process_id) references process (id)
);
create index collective_invoice_organisation_id_ix on collective_invoice (organisation_id);
create table collective_line (
  collective_id uuid not null,
  position bigint not null,
  invoice_id uuid not null,
  amount_pence bigint not null,
  constraint collective_line_pk primary key (collective_id, position),
  constraint collective_line_amount_pence_ck check (amount_pence > 0),
  constraint collective_line_collective_id_fk foreign key (collective_id) references collective_invoice (id)
);
create unique index collective_line_once on collective_line (collective_id, invoice_id);
create index collective_line_invoice_id_ix on collective_line (invoice_id);
create table collective_share (
  payment_id uuid not null,
  invoice_id uuid not null,
  collective_id uuid not null,
  pence bigint not null,
  left_out varchar(40),
  process_id uuid not null,
  constraint collective_share_pk primary key (payment_id, invoice_id, collective_id),
  constraint collective_share_pence_ck check (pence >= 0 and (pence = 0) = (left_out is not null)),
  constraint collective_share_left_out_ck check (left_out in ('paid_already', 'late', 'not_renewed', 'too_little')),
  constraint collective_share_collective_id_fk foreign key (collective_id) references collective_invoice (id),
  constraint collective_share_process_id_fk foreign key (process_id) references process (id)
);
create index collective_share_invoice_id_ix on collective_share (invoice_id);
create index collective_share_collective_id_ix on collective_share (collective_id);
alter table payment alter column invoice_id drop not null;
alter table payment add column collective_id uuid;
alter table payment add constraint payment_collective_id_fk foreign key (collective_id) references collective_invoice (id);
alter table payment add constraint payment_collective_id_attempt_uq unique (collective_id, attempt);
alter table payment add constraint payment_what_for_ck check (num_nonnulls(invoice_id, collective_id) = 1);
create unique index payment_one_unsettled_together on payment (collective_id) where state in ('asking', 'open');
drop index ledger_entry_once_a_payment;
create unique index ledger_entry_received_once on ledger_entry (payment_id) where kind = 'payment_received';
create unique index ledger_entry_allocated_once on ledger_entry (payment_id, invoice_id) where kind = 'allocated';
alter table receipt drop constraint receipt_payment_id_fk;
alter table receipt add column paid_by varchar(40) not null default 'card';
alter table receipt alter column paid_by drop default;
alter table receipt add constraint receipt_paid_by_ck check (paid_by in ('card', 'transfer', 'cheque', 'employer'))
"""
DOWN = """
alter table receipt drop column paid_by;
alter table receipt add constraint receipt_payment_id_fk foreign key (payment_id) references payment (id);
drop index ledger_entry_allocated_once;
drop index ledger_entry_received_once;
create unique index ledger_entry_once_a_payment on ledger_entry (payment_id, kind)
  where kind in ('payment_received', 'allocated');
alter table payment drop constraint payment_what_for_ck;
alter table payment drop column collective_id;
alter table payment alter column invoice_id set not null;
drop table collective_share;
drop table collective_line;
drop table collective_invoice
"""

KEPT = {
    "collective_invoice": ("delete", "truncate"),
    "collective_line": ("update or delete", "truncate"),
    "collective_share": ("update or delete", "truncate"),
}


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)
    for table, refused in KEPT.items():
        for what in refused:
            each = "statement" if what == "truncate" else "row"
            verbs = what.replace(" or ", ", ")
            name = f"no_{what.split(maxsplit=1)[0]}"
            op.execute(f"revoke {verbs} on {table} from register_app")
            op.execute(
                f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
            )
            op.execute(f"alter table {table} enable always trigger {name}")


def downgrade() -> None:
    for statement in DOWN.split(";\n"):
        op.execute(statement)
