"""Bank transfers and cheques that were given back, which above the limit two finance officers agree to."""

from alembic import op

revision = "2026_11_27_85"
down_revision = "2026_11_27_84"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse', "
    "'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome', "
    "'change_particulars', 'correct_entry', 'confirm_verdict', 'draw_audit', 'renew_conditionally', 'extend_renewal', "
    "'refuse_extension', 'change_fees', 'credit', 'refund', 'release_lapses', 'close_period'"
)
OURS = "'refund_money'"

UP = """
create table money_refund (
  id uuid not null,
  number bigint not null generated always as identity,
  money_id uuid not null,
  amount_pence bigint not null,
  refunded_at timestamptz not null,
  process_id uuid not null,
  constraint money_refund_pk primary key (id),
  constraint money_refund_number_uq unique (number),
  constraint money_refund_amount_pence_ck check (amount_pence > 0),
  constraint money_refund_money_id_fk foreign key (money_id) references other_money (id),
  constraint money_refund_process_id_fk foreign key (process_id) references process (id)
);
create index money_refund_money_id_ix on money_refund (money_id);
revoke update, delete, truncate on money_refund from register_app;
create trigger no_update before update or delete on money_refund for each row execute function refuse_change();
alter table money_refund enable always trigger no_update;
create trigger no_truncate before truncate on money_refund for each statement execute function refuse_change();
alter table money_refund enable always trigger no_truncate
"""


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, {OURS}")


def downgrade() -> None:
    op.execute(f"delete from proposal where kind in ({OURS})")
    kinds(KINDS)
    op.execute("drop table money_refund")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
