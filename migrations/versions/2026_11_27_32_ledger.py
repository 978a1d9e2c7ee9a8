"""The ledger: accounts, entries and postings that the database keeps balanced and unchanged, and credit notes.

What was billed and paid before is entered as it stood. What one finance officer gives back alone is the register's own choice,
open to change.
"""

from alembic import op

revision = "2026_11_27_32"
down_revision = "2026_11_27_31"
branch_labels = None
depends_on = None

REFUND_ALONE = 10_000

TABLES = """
create table ledger_account (
  code text not null,
  kind varchar(40) not null,
  title text not null,
  constraint ledger_account_pk primary key (code),
  constraint ledger_account_kind_ck check (kind in ('asset', 'liability', 'income', 'expense'))
);
insert into ledger_account (code, kind, title) values
  ('card_clearing', 'asset', 'Cards, on their way to the bank'),
  ('bank', 'asset', 'Bank'),
  ('receivable', 'asset', 'Owed to us'),
  ('income', 'income', 'Fees'),
  ('unallocated', 'liability', 'Received and not allocated'),
  ('refunds_payable', 'liability', 'Refunds on their way'),
  ('written_off', 'expense', 'Written off');
create table ledger_entry (
  id uuid not null,
  number bigint not null generated always as identity,
  kind varchar(40) not null,
  at timestamptz not null,
  process_id uuid not null,
  invoice_id uuid,
  payment_id uuid,
  constraint ledger_entry_pk primary key (id),
  constraint ledger_entry_number_uq unique (number),
  constraint ledger_entry_kind_ck check (kind in (
    'invoice_raised', 'credited', 'payment_received', 'allocated', 'released', 'written_off', 'recovered',
    'refund_asked', 'refund_succeeded', 'refund_failed')),
  constraint ledger_entry_process_id_fk foreign key (process_id) references process (id)
);
create index ledger_entry_at_ix on ledger_entry (at);
create index ledger_entry_invoice_id_kind_ix on ledger_entry (invoice_id, kind);
create index ledger_entry_payment_id_kind_ix on ledger_entry (payment_id, kind);
create unique index ledger_entry_raised_once on ledger_entry (invoice_id) where kind = 'invoice_raised';
create unique index ledger_entry_once_a_payment on ledger_entry (payment_id, kind)
  where kind in ('payment_received', 'allocated');
create table posting (
  id bigint not null generated always as identity,
  entry_id uuid not null,
  account text not null,
  pence bigint not null,
  invoice_id uuid,
  payment_id uuid,
  part varchar(40),
  fee_kind varchar(40),
  constraint posting_pk primary key (id),
  constraint posting_pence_ck check (pence <> 0),
  constraint posting_receivable_ck check (account <> 'receivable' or invoice_id is not null),
  constraint posting_payment_ck check (
    account not in ('unallocated', 'card_clearing', 'refunds_payable') or payment_id is not null),
  constraint posting_income_ck check (account <> 'income' or (part is not null and fee_kind is not null)),
  constraint posting_part_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint posting_fee_kind_ck check (
    fee_kind in ('registration', 'renewal', 'restoration', 'overseas_scrutiny', 'late_reinstatement')),
  constraint posting_entry_id_fk foreign key (entry_id) references ledger_entry (id),
  constraint posting_account_fk foreign key (account) references ledger_account (code)
);
create index posting_entry_id_ix on posting (entry_id);
create index posting_invoice_id_account_ix on posting (invoice_id, account) include (pence);
create index posting_payment_id_account_ix on posting (payment_id, account) include (pence);
create index posting_account_part_fee_kind_ix on posting (account, part, fee_kind);
create table credit_note (
  id uuid not null,
  number bigint not null generated always as identity,
  invoice_id uuid not null,
  reason varchar(40) not null,
  amount_pence bigint not null,
  given_at timestamptz not null,
  process_id uuid not null,
  constraint credit_note_pk primary key (id),
  constraint credit_note_number_uq unique (number),
  constraint credit_note_amount_pence_ck check (amount_pence > 0),
  constraint credit_note_reason_ck check (reason in (
    'low_income', 'raised_in_error', 'approval_taken_back', 'wrong_part', 'left_early', 'paid_in_part', 'goodwill')),
  constraint credit_note_invoice_id_fk foreign key (invoice_id) references invoice (id),
  constraint credit_note_process_id_fk foreign key (process_id) references process (id)
);
create index credit_note_invoice_id_ix on credit_note (invoice_id);
create table credit_note_line (
  credit_note_id uuid not null,
  invoice_line_id uuid not null,
  amount_pence bigint not null,
  constraint credit_note_line_pk primary key (credit_note_id, invoice_line_id),
  constraint credit_note_line_amount_pence_ck check (amount_pence > 0),
  constraint credit_note_line_credit_note_id_fk foreign key (credit_note_id) references credit_note (id),
  constraint credit_note_line_invoice_line_id_fk foreign key (invoice_line_id) references invoice_line (id)
);
alter table overpayment drop constraint overpayment_because_ck;
alter table overpayment add constraint overpayment_because_ck check (because in (
  'paid_already', 'late', 'closed', 'year_over', 'not_granted', 'not_renewed', 'more_than_owed'))
"""

OPENING = """
insert into ledger_entry (id, kind, at, process_id, invoice_id)
  select gen_random_uuid(), 'invoice_raised', raised_at, process_id, id from invoice order by number;
insert into posting (entry_id, account, pence, invoice_id)
  select e.id, 'receivable', i.amount_pence, i.id from ledger_entry e join invoice i on i.id = e.invoice_id;
insert into posting (entry_id, account, pence, invoice_id, part, fee_kind)
  select e.id, 'income', -l.amount_pence, l.invoice_id, s.part, s.kind
  from ledger_entry e join invoice_line l on l.invoice_id = e.invoice_id join fee_scale s on s.id = l.fee_scale_id
  where l.amount_pence > 0;
insert into ledger_entry (id, kind, at, process_id, payment_id)
  select gen_random_uuid(), 'payment_received', p.ended_at, coalesce(r.process_id, o.process_id), p.id
  from payment p left join receipt r on r.payment_id = p.id left join overpayment o on o.payment_id = p.id
  where p.state = 'paid' order by p.ended_at;
insert into posting (entry_id, account, pence, payment_id)
  select e.id, a.account, a.sign * p.amount_pence, p.id
  from ledger_entry e join payment p on p.id = e.payment_id
  cross join (values ('card_clearing', 1), ('unallocated', -1)) a (account, sign)
  where e.kind = 'payment_received';
insert into ledger_entry (id, kind, at, process_id, invoice_id, payment_id)
  select gen_random_uuid(), 'allocated', p.ended_at, r.process_id, r.invoice_id, p.id
  from receipt r join payment p on p.id = r.payment_id order by p.ended_at;
insert into posting (entry_id, account, pence, invoice_id, payment_id)
  select e.id, a.account, a.sign * p.amount_pence, e.invoice_id, p.id
  from ledger_entry e join payment p on p.id = e.payment_id
  cross join (values ('unallocated', 1), ('receivable', -1)) a (account, sign)
  where e.kind = 'allocated'
"""

BALANCES = """
create function must_balance() returns trigger language plpgsql set search_path = public, pg_temp as $$
  declare
    entry uuid := case when tg_table_name = 'posting' then (to_jsonb(new) ->> 'entry_id')::uuid else (to_jsonb(new) ->> 'id')::uuid end;
    total numeric;
    lines bigint;
  begin
    select coalesce(sum(pence), 0), count(*) into total, lines from posting where entry_id = entry;
    if total <> 0 or lines < 2 then
      raise exception 'ledger entry % does not balance', entry using errcode = 'check_violation';
    end if;
    return null;
  end $$
"""

KEPT_FOR_EVER = (
    "ledger_account",
    "ledger_entry",
    "posting",
    "credit_note",
    "credit_note_line",
)


def upgrade() -> None:
    for statement in (*TABLES.split(";\n"), *OPENING.split(";\n"), BALANCES):
        op.execute(statement)
    for table in ("ledger_entry", "posting"):
        op.execute(f"""
            create constraint trigger balances after insert on {table}
            deferrable initially deferred for each row execute function must_balance()""")
        op.execute(f"alter table {table} enable always trigger balances")
    for table in KEPT_FOR_EVER:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
        refuse(table, "update or delete", "row")
        refuse(table, "truncate", "statement")
    change_rules(
        f"data || jsonb_build_object('refund_alone_pence', {REFUND_ALONE})",
        f"jsonb_set(terms, '{{rules,refund_alone_pence}}', '{REFUND_ALONE}')",
    )


def refuse(table: str, what: str, each: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    name = f"no_{what.split(maxsplit=1)[0]}"
    op.execute(
        f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
    )
    op.execute(f"alter table {table} enable always trigger {name}")


def downgrade() -> None:
    change_rules("data - 'refund_alone_pence'", "terms #- '{rules,refund_alone_pence}'")
    for table in reversed(KEPT_FOR_EVER):
        op.execute(f"drop table {table}")
    op.execute("drop function must_balance()")
    op.execute("alter table overpayment drop constraint overpayment_because_ck")
    op.execute("""
        alter table overpayment add constraint overpayment_because_ck check (
          because in ('paid_already', 'late', 'closed', 'year_over', 'not_granted', 'not_renewed'))""")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
