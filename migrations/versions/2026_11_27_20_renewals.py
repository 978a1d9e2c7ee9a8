"""Renewals: one for a person and the period that ends, and the figures of the annual cycle.

Source of the figures: Social Work England renews from 1 September to 30 November; Social Care Wales gives notice of what it
intends 21 days before the period ends; the days in which a lapse is cured are the register's own. All are defaults, open to
change.
"""

from alembic import op

revision = "2026_11_27_20"
down_revision = "2026_11_27_11"
branch_labels = None
depends_on = None

FIGURES = {
    "renewal_opens_month": 9,
    "renewal_opens_day": 1,
    "renewal_notice_days": 21,
    "renewal_cure_days": 14,
}


def upgrade() -> None:
    op.execute("""
        create table renewal (
          id uuid not null,
          person_id uuid not null,
          ends_on date not null,
          until_on date not null,
          rule_set_id uuid not null,
          opened_at timestamptz not null,
          only_pays boolean not null,
          details_at timestamptz,
          employment_at timestamptz,
          declared_at timestamptz,
          declaration_version text,
          learning_at timestamptz,
          paid_at timestamptz,
          finished_at timestamptz,
          version bigint not null,
          constraint renewal_pk primary key (id),
          constraint renewal_person_id_fk foreign key (person_id) references person (id),
          constraint renewal_rule_set_id_fk foreign key (rule_set_id) references rule_set (id),
          constraint renewal_person_id_ends_on_uq unique (person_id, ends_on),
          constraint renewal_order_ck check (ends_on < until_on),
          constraint renewal_declared_ck check ((declared_at is null) = (declaration_version is null)),
          constraint renewal_finished_ck check (finished_at is null or paid_at is not null)
        )""")
    op.execute("""
        create index renewal_open on renewal (ends_on, id) where finished_at is null""")
    op.execute("revoke delete, truncate on renewal from register_app")
    for figure, count in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {count})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{count}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("drop table renewal")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
