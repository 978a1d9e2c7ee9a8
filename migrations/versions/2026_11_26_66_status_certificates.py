"""What other registers certify of applicants, only added, and how old it may be."""

from alembic import op

revision = "2026_11_26_66"
down_revision = "2026_11_26_65"
branch_labels = None
depends_on = None

DAYS = 90
"""The register's own choice."""


def upgrade() -> None:
    op.execute("""
        create table status_certificate (
          id uuid not null,
          application_id uuid not null,
          registration_id uuid not null,
          body varchar(40) not null,
          certified varchar(40) not null,
          seen_as varchar(40) not null,
          status_on date not null,
          recorded_at timestamptz not null,
          account_id uuid not null,
          process_id uuid not null,
          constraint status_certificate_pk primary key (id),
          constraint status_certificate_application_id_fk foreign key (application_id) references application (id),
          constraint status_certificate_account_id_fk foreign key (account_id) references account (id),
          constraint status_certificate_process_id_fk foreign key (process_id) references process (id),
          constraint status_certificate_code_ck check
            (body in ('swe', 'hcpc', 'nmc', 'gmc', 'tra', 'scw', 'sssc', 'niscc', 'ofsted', 'other')),
          constraint status_certificate_certified_ck check (certified in ('good_standing', 'restricted', 'not_registered')),
          constraint status_certificate_seen_as_ck check (seen_as in ('certificate', 'public_register'))
        )""")
    op.execute("""
        create index status_certificate_latest_ix on status_certificate (application_id, registration_id, recorded_at)""")
    op.execute("revoke update, truncate on status_certificate from register_app")
    op.execute("""
        create trigger no_update before update on status_certificate for each row execute function refuse_change()""")
    op.execute("alter table status_certificate enable always trigger no_update")
    change_rules(
        f"data || jsonb_build_object('status_certificate_days', {DAYS})",
        f"jsonb_set(terms, '{{rules,status_certificate_days}}', '{DAYS}')",
    )


def downgrade() -> None:
    change_rules(
        "data - 'status_certificate_days'", "terms #- '{rules,status_certificate_days}'"
    )
    op.execute("drop table status_certificate")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
