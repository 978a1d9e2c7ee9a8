"""What was served is kept as it was filled in, with the version of its template; its registrant reads it.

What was served before has neither, and stays as it was.
"""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_99e"
down_revision = "2026_11_27_99d"
branch_labels = None
depends_on = None

READS = "notices notice_file"
SERVED = "directions order early_review publication leaving"
OWN = "(select fitness_capacity()) = 'own'"


def upgrade() -> None:
    allow("case_read", "case_read_what_ck", "what", READS)
    allow("case_service", "case_service_kind_ck", "kind", SERVED)
    op.execute("""
alter table case_service
  add column template_id uuid,
  add column filled_id uuid,
  add constraint case_service_template_id_fk foreign key (template_id) references notice_template (id),
  add constraint case_service_filled_id_fk foreign key (filled_id) references case_text (id) on delete set null""")
    policy(
        "case_text",
        "select",
        f"{OWN} and id in (select filled_id from case_service)",
        name="own_notices",
    )


def downgrade() -> None:
    op.execute("drop policy case_text_select_own_notices on case_text")
    op.execute(
        "alter table case_service drop column filled_id, drop column template_id"
    )
    refuse("case_service", "case_service_kind_ck", "kind", SERVED)
    refuse("case_read", "case_read_what_ck", "what", READS)
