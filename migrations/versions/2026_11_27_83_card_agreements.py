"""Leave to take renewal fees from a card, and that each was told of before."""

from alembic import op

revision = "2026_11_27_83"
down_revision = "2026_11_27_82"
branch_labels = None
depends_on = None

UP = """
create table card_agreement (
  id uuid not null,
  number bigint not null generated always as identity,
  account_id uuid not null,
  person_id uuid not null,
  state varchar(40) not null,
  ended_because varchar(40),
  provider_id text,
  agreed_at timestamptz not null,
  active_at timestamptz,
  ended_at timestamptz,
  over_there_at timestamptz,
  process_id uuid not null,
  version bigint not null,
  constraint card_agreement_pk primary key (id),
  constraint card_agreement_number_uq unique (number),
  constraint card_agreement_provider_id_uq unique (provider_id),
  constraint card_agreement_state_ck check (state in ('asking', 'created', 'active', 'ended')),
  constraint card_agreement_ended_because_ck check (ended_because in ('cancelled', 'never_active', 'card_refused')),
  constraint card_agreement_ended_ck check (
    (state = 'ended') = (ended_at is not null) and (state = 'ended') = (ended_because is not null)),
  constraint card_agreement_provider_id_ck check (state in ('asking', 'ended') or provider_id is not null),
  constraint card_agreement_account_id_fk foreign key (account_id) references account (id),
  constraint card_agreement_person_id_fk foreign key (person_id) references person (id),
  constraint card_agreement_process_id_fk foreign key (process_id) references process (id)
);
create unique index card_agreement_one_a_person on card_agreement (person_id) where ended_at is null;
create table collection_notice (
  agreement_id uuid not null,
  invoice_id uuid not null,
  told_at timestamptz not null,
  given_up_at timestamptz,
  constraint collection_notice_pk primary key (agreement_id, invoice_id),
  constraint collection_notice_agreement_id_fk foreign key (agreement_id) references card_agreement (id)
);
alter table payment add column taken_by text;
alter table payment add column can_retry boolean;
create index payment_taken_by_ix on payment (taken_by)
"""
DOWN = """
alter table payment drop column can_retry;
alter table payment drop column taken_by;
drop table collection_notice;
drop table card_agreement
"""


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN.split(";\n"):
        op.execute(statement)
