"""Refunds: what goes back to the card it came from."""

from alembic import op

revision = "2026_11_27_33"
down_revision = "2026_11_27_32"
branch_labels = None
depends_on = None

TABLE = """
create table refund (
  id uuid not null,
  number bigint not null generated always as identity,
  payment_id uuid not null,
  amount_pence bigint not null,
  state varchar(40) not null,
  failed_because varchar(40),
  provider_id text,
  asked_at timestamptz not null,
  ended_at timestamptz,
  process_id uuid not null,
  version bigint not null,
  constraint refund_pk primary key (id),
  constraint refund_number_uq unique (number),
  constraint refund_provider_id_uq unique (provider_id),
  constraint refund_amount_pence_ck check (amount_pence > 0),
  constraint refund_state_ck check (state in ('asked', 'submitted', 'succeeded', 'failed')),
  constraint refund_failed_because_ck check (failed_because in ('mismatch', 'declined', 'provider')),
  constraint refund_ended_ck check ((state in ('asked', 'submitted')) = (ended_at is null)),
  constraint refund_failed_ck check ((state = 'failed') = (failed_because is not null)),
  constraint refund_provider_id_ck check (state in ('asked', 'failed') or provider_id is not null),
  constraint refund_payment_id_fk foreign key (payment_id) references payment (id),
  constraint refund_process_id_fk foreign key (process_id) references process (id)
);
create unique index refund_one_unsettled on refund (payment_id) where state in ('asked', 'submitted');
create index refund_payment_id_ix on refund (payment_id);
revoke delete, truncate on refund from register_app
"""


def upgrade() -> None:
    for statement in TABLE.split(";\n"):
        op.execute(statement)
    # It learns how it ended, but none is ever forgotten.
    for name, what, each in (
        ("no_delete", "delete", "row"),
        ("no_truncate", "truncate", "statement"),
    ):
        op.execute(
            f"create trigger {name} before {what} on refund for each {each} execute function refuse_change()"
        )
        op.execute(f"alter table refund enable always trigger {name}")


def downgrade() -> None:
    op.execute("drop table refund")
