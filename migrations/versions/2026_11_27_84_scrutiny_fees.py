"""The fee for the scrutiny of a qualification from abroad: asked for as the application is sent, and waited for."""

from alembic import op

revision = "2026_11_27_84"
down_revision = "2026_11_27_83"
branch_labels = None
depends_on = None

REASONS = """
  'low_income', 'raised_in_error', 'approval_taken_back', 'wrong_part', 'left_early', 'paid_in_part', 'goodwill'"""

UP = f"""
alter table application add column scrutiny_asked_at timestamptz;
alter table application add column scrutiny_cleared_at timestamptz;
alter table application add constraint application_scrutiny_ck check (
  scrutiny_cleared_at is null or scrutiny_asked_at is not null);
create index application_scrutiny_ix on application (scrutiny_asked_at)
  where scrutiny_asked_at is not null and scrutiny_cleared_at is null;
alter table invoice alter column covers_until drop not null;
alter table invoice drop constraint invoice_purpose_ck;
alter table invoice add constraint invoice_purpose_ck check (
  purpose in ('application', 'scrutiny', 'renewal', 'reinstatement'));
alter table invoice drop constraint invoice_what_for_ck;
alter table invoice add constraint invoice_what_for_ck check (
  (purpose in ('application', 'scrutiny')) = (application_id is not null) and num_nonnulls(application_id, renewal_id) = 1);
alter table invoice add constraint invoice_covers_until_ck check ((purpose = 'scrutiny') = (covers_until is null));
create unique index invoice_one_scrutiny on invoice (application_id) where purpose = 'scrutiny';
alter table credit_note drop constraint credit_note_reason_ck;
alter table credit_note add constraint credit_note_reason_ck check (reason in ({REASONS}, 'waived'))
"""
DOWN = f"""
alter table credit_note drop constraint credit_note_reason_ck;
alter table credit_note add constraint credit_note_reason_ck check (reason in ({REASONS}));
drop index invoice_one_scrutiny;
alter table invoice drop constraint invoice_covers_until_ck;
alter table invoice drop constraint invoice_what_for_ck;
alter table invoice add constraint invoice_what_for_ck check (
  (purpose = 'application') = (application_id is not null) and num_nonnulls(application_id, renewal_id) = 1);
alter table invoice drop constraint invoice_purpose_ck;
alter table invoice add constraint invoice_purpose_ck check (purpose in ('application', 'renewal', 'reinstatement'));
alter table invoice alter column covers_until set not null;
drop index application_scrutiny_ix;
alter table application drop constraint application_scrutiny_ck;
alter table application drop column scrutiny_cleared_at;
alter table application drop column scrutiny_asked_at
"""


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN.split(";\n"):
        op.execute(statement)
