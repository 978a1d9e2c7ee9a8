"""Invoices for renewals, and for what was finished late, beside those for applications."""

from alembic import op

revision = "2026_11_27_30"
down_revision = "2026_11_27_06"
branch_labels = None
depends_on = None

UP = """
alter table fee_scale add column each_part boolean not null default false;
alter table fee_scale alter column each_part drop default;
alter table invoice add column purpose varchar(40) not null default 'application';
alter table invoice alter column purpose drop default;
alter table invoice alter column application_id drop not null;
alter table invoice add column renewal_id uuid;
alter table invoice add constraint invoice_renewal_id_fk foreign key (renewal_id) references renewal (id);
alter table invoice add constraint invoice_purpose_ck check (purpose in ('application', 'renewal', 'reinstatement'));
alter table invoice add constraint invoice_what_for_ck check (
  (purpose = 'application') = (application_id is not null) and num_nonnulls(application_id, renewal_id) = 1);
create unique index invoice_one_a_renewal on invoice (renewal_id, purpose) where renewal_id is not null;
create index invoice_process_id_ix on invoice (process_id);
alter table receipt alter column application_id drop not null;
alter table overpayment drop constraint overpayment_because_ck;
alter table overpayment add constraint overpayment_because_ck check (
  because in ('paid_already', 'late', 'closed', 'year_over', 'not_granted', 'not_renewed'))
"""
DOWN = """
alter table overpayment drop constraint overpayment_because_ck;
alter table overpayment add constraint overpayment_because_ck check (
  because in ('paid_already', 'late', 'closed', 'year_over', 'not_granted'));
alter table receipt alter column application_id set not null;
drop index invoice_process_id_ix;
drop index invoice_one_a_renewal;
alter table invoice drop constraint invoice_what_for_ck;
alter table invoice drop constraint invoice_purpose_ck;
alter table invoice drop column renewal_id;
alter table invoice alter column application_id set not null;
alter table invoice drop column purpose;
alter table fee_scale drop column each_part
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN.split(";"):
        op.execute(statement)
