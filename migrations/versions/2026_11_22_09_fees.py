"""Fee scales, invoices and payments.

What was billed and what was paid are rows that are only added: the database refuses to change or delete them. Amounts are those of
the consultation (all of them open to change): a year as a manager, deputy or worker; restoration at one and a half times that.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_09"
down_revision = "2026_11_22_08"
branch_labels = None
depends_on = None

TABLES = """
create table fee_scale (
  id uuid not null,
  kind varchar(40) not null,
  part varchar(40) not null,
  valid tstzrange not null,
  amount_pence bigint not null,
  pro_rata varchar(40) not null,
  constraint fee_scale_pk primary key (id),
  constraint fee_scale_kind_part_valid_key unique (kind, part, valid without overlaps),
  constraint fee_scale_amount_pence_ck check (amount_pence >= 0),
  constraint fee_scale_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint fee_scale_kind_ck check (kind in ('registration', 'renewal', 'restoration', 'overseas_scrutiny', 'late_reinstatement')),
  constraint fee_scale_part_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint fee_scale_pro_rata_ck check (pro_rata in ('none', 'whole_months'))
);
create table invoice (
  id uuid not null,
  number bigint not null generated always as identity,
  application_id uuid not null,
  person_id uuid not null,
  account_id uuid not null,
  process_id uuid not null,
  raised_at timestamptz not null,
  pay_by date not null,
  covers_until date not null,
  amount_pence bigint not null,
  constraint invoice_pk primary key (id),
  constraint invoice_number_uq unique (number),
  constraint invoice_application_id_covers_until_uq unique (application_id, covers_until),
  constraint invoice_amount_pence_ck check (amount_pence > 0),
  constraint invoice_application_id_fk foreign key (application_id) references application (id),
  constraint invoice_person_id_fk foreign key (person_id) references person (id),
  constraint invoice_account_id_fk foreign key (account_id) references account (id),
  constraint invoice_process_id_fk foreign key (process_id) references process (id)
);
create index invoice_person_id_ix on invoice (person_id);
create index invoice_account_id_ix on invoice (account_id);
create table invoice_line (
  id uuid not null,
  invoice_id uuid not null,
  position bigint not null,
  fee_scale_id uuid not null,
  months bigint,
  amount_pence bigint not null,
  constraint invoice_line_pk primary key (id),
  constraint invoice_line_invoice_id_position_uq unique (invoice_id, position),
  constraint invoice_line_amount_pence_ck check (amount_pence >= 0),
  constraint invoice_line_months_ck check (months between 1 and 12),
  constraint invoice_line_invoice_id_fk foreign key (invoice_id) references invoice (id),
  constraint invoice_line_fee_scale_id_fk foreign key (fee_scale_id) references fee_scale (id)
);
create table payment (
  id uuid not null,
  invoice_id uuid not null,
  attempt bigint not null,
  reference text not null,
  amount_pence bigint not null,
  state varchar(40) not null,
  provider_id text,
  asked_at timestamptz not null,
  ended_at timestamptz,
  succeeded_at timestamptz,
  version bigint not null,
  constraint payment_pk primary key (id),
  constraint payment_invoice_id_attempt_uq unique (invoice_id, attempt),
  constraint payment_reference_uq unique (reference),
  constraint payment_provider_id_uq unique (provider_id),
  constraint payment_attempt_ck check (attempt > 0),
  constraint payment_amount_pence_ck check (amount_pence > 0),
  constraint payment_paid_ck check ((state = 'paid') = (succeeded_at is not null)),
  constraint payment_ended_ck check ((state in ('asking', 'open')) = (ended_at is null)),
  constraint payment_provider_id_ck check (state in ('asking', 'never_made') or provider_id is not null),
  constraint payment_state_ck check (state in (
    'asking', 'open', 'paid', 'declined', 'cancelled', 'expired', 'failed', 'never_made')),
  constraint payment_invoice_id_fk foreign key (invoice_id) references invoice (id)
);
create unique index payment_one_unsettled on payment (invoice_id) where state in ('asking', 'open');
create table receipt (
  invoice_id uuid not null,
  application_id uuid not null,
  payment_id uuid not null,
  paid_at timestamptz not null,
  process_id uuid not null,
  constraint receipt_pk primary key (invoice_id),
  constraint receipt_application_id_uq unique (application_id),
  constraint receipt_payment_id_uq unique (payment_id),
  constraint receipt_invoice_id_fk foreign key (invoice_id) references invoice (id),
  constraint receipt_application_id_fk foreign key (application_id) references application (id),
  constraint receipt_payment_id_fk foreign key (payment_id) references payment (id),
  constraint receipt_process_id_fk foreign key (process_id) references process (id)
);
create table overpayment (
  payment_id uuid not null,
  invoice_id uuid not null,
  amount_pence bigint not null,
  because varchar(40) not null,
  found_at timestamptz not null,
  process_id uuid not null,
  constraint overpayment_pk primary key (payment_id),
  constraint overpayment_amount_pence_ck check (amount_pence > 0),
  constraint overpayment_because_ck check (because in ('paid_already', 'late', 'closed', 'year_over', 'not_granted')),
  constraint overpayment_payment_id_fk foreign key (payment_id) references payment (id),
  constraint overpayment_invoice_id_fk foreign key (invoice_id) references invoice (id),
  constraint overpayment_process_id_fk foreign key (process_id) references process (id)
);
create index overpayment_invoice_id_ix on overpayment (invoice_id);
create table pay_notice (
  message_id text not null,
  event_type text not null,
  provider_id text not null,
  received_at timestamptz not null,
  constraint pay_notice_pk primary key (message_id)
);
create index pay_notice_provider_id_ix on pay_notice (provider_id)
"""

KEPT_FOR_EVER = ("invoice", "invoice_line", "receipt", "overpayment")
DROPPED = (
    "pay_notice",
    "overpayment",
    "receipt",
    "payment",
    "invoice_line",
    "invoice",
    "fee_scale",
)

YEARLY = {"manager": 12_000, "deputy": 6_000, "residential_worker": 3_600}
OVERSEAS_SCRUTINY = 67_000
LATE_REINSTATEMENT = 2_000


def upgrade() -> None:
    for statement in TABLES.split(";"):
        op.execute(statement)
    for table in KEPT_FOR_EVER:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
        refuse(table, "update or delete", "row")
        refuse(table, "truncate", "statement")
    # A try learns how it ended, but none is ever forgotten.
    op.execute("revoke delete, truncate on payment from register_app")
    refuse("payment", "delete", "row")
    refuse("payment", "truncate", "statement")
    for part, yearly in YEARLY.items():
        for kind, pence, pro_rata in prices(yearly):
            op.get_bind().execute(
                sa.text("""
                    insert into fee_scale (id, kind, part, valid, amount_pence, pro_rata)
                    values (gen_random_uuid(), :kind, :part, tstzrange('2024-01-01 00:00+00', null), :pence, :pro_rata)"""),
                {"kind": kind, "part": part, "pence": pence, "pro_rata": pro_rata},
            )


def refuse(table: str, what: str, each: str) -> None:
    """To the owner too."""
    name = f"no_{what.split(maxsplit=1)[0]}"
    op.execute(
        f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
    )
    # Fires under session_replication_role = replica too.
    op.execute(f"alter table {table} enable always trigger {name}")


def prices(yearly: int) -> tuple[tuple[str, int, str], ...]:
    return (
        ("registration", yearly, "whole_months"),
        ("renewal", yearly, "none"),
        ("restoration", yearly * 3 // 2, "none"),
        ("overseas_scrutiny", OVERSEAS_SCRUTINY, "none"),
        ("late_reinstatement", LATE_REINSTATEMENT, "none"),
    )


def downgrade() -> None:
    for table in DROPPED:
        op.execute(f"drop table {table}")
