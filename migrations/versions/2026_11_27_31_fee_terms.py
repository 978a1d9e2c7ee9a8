"""What some pay less and by what days a fee may be shared out; prices are ended, never changed; money has proposals."""

from alembic import op

revision = "2026_11_27_31"
down_revision = "2026_11_27_30"
branch_labels = None
depends_on = None

KINDS = """
    'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse',
    'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave',
    'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome',
    'change_particulars', 'correct_entry', 'confirm_verdict', 'draw_audit', 'renew_conditionally', 'extend_renewal', 'refuse_extension'
"""
MONEY = "'change_fees', 'credit', 'refund'"
ONLY_ITS_END = """
  (new.id, new.kind, new.part, new.amount_pence, new.pro_rata, new.each_part, new.instalments, lower(new.valid))
    is distinct from
  (old.id, old.kind, old.part, old.amount_pence, old.pro_rata, old.each_part, old.instalments, lower(old.valid))
  or not upper_inf(old.valid) or upper_inf(new.valid)
"""

UP = """
alter table fee_scale add column instalments jsonb not null default '[]';
alter table fee_scale alter column instalments drop default;
create table fee_discount (
  fee_scale_id uuid not null,
  because varchar(40) not null,
  per_cent bigint,
  pence bigint,
  constraint fee_discount_pk primary key (fee_scale_id, because),
  constraint fee_discount_fee_scale_id_fk foreign key (fee_scale_id) references fee_scale (id),
  constraint fee_discount_because_ck check (because in ('first_year', 'low_income')),
  constraint fee_discount_one_of_two_ck check (num_nonnulls(per_cent, pence) = 1),
  constraint fee_discount_per_cent_ck check (per_cent between 1 and 99),
  constraint fee_discount_pence_ck check (pence > 0)
);
alter table invoice_line add column off_pence bigint not null default 0;
alter table invoice_line alter column off_pence drop default;
alter table invoice_line add column off_because varchar(40);
alter table invoice_line add constraint invoice_line_off_because_ck check (off_because in ('first_year', 'low_income'));
alter table invoice_line add constraint invoice_line_off_ck check (
  off_pence >= 0 and (off_pence > 0) = (off_because is not null));
revoke update, delete, truncate on fee_discount, fee_scale from register_app;
grant update (valid) on fee_scale to register_app
"""
DOWN = """
drop trigger no_update on fee_scale;
drop trigger no_delete on fee_scale;
drop trigger no_truncate on fee_scale;
revoke update (valid) on fee_scale from register_app;
grant update, delete, truncate on fee_scale to register_app;
alter table invoice_line drop constraint invoice_line_off_ck;
alter table invoice_line drop constraint invoice_line_off_because_ck;
alter table invoice_line drop column off_because;
alter table invoice_line drop column off_pence;
drop table fee_discount;
alter table fee_scale drop column instalments;
delete from proposal where kind in ('change_fees', 'credit', 'refund')
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    refuse(
        "fee_scale",
        "no_update",
        f"update on fee_scale for each row when ({ONLY_ITS_END})",
    )
    refuse("fee_discount", "no_update", "update on fee_discount for each row")
    for table in ("fee_scale", "fee_discount"):
        refuse(table, "no_delete", f"delete on {table} for each row")
        refuse(table, "no_truncate", f"truncate on {table} for each statement")
    kinds(f"{KINDS}, {MONEY}")


def downgrade() -> None:
    for statement in DOWN.split(";"):
        op.execute(statement)
    kinds(KINDS)


def refuse(table: str, name: str, what: str) -> None:
    """Under session_replication_role = replica too."""
    op.execute(f"create trigger {name} before {what} execute function refuse_change()")
    op.execute(f"alter table {table} enable always trigger {name}")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
