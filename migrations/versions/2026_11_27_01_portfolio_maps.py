"""The section in which an applicant maps each outcome of a portfolio to evidence, and a qualification that is no award."""

from alembic import op

revision = "2026_11_27_01"
down_revision = "2026_11_26_98"
branch_labels = None
depends_on = None

SECTIONS = """'eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal',
    'conduct', 'health', 'english', 'references', 'standards', 'equality', 'skills', 'endorsement'"""
HELD = {
    "application_section": ("application_section_code_ck", "name"),
    "sent_section": ("sent_section_code_ck", "name"),
    "evidence": ("evidence_section_ck", "section"),
    "section_check": ("section_check_code_ck", "section"),
}
KINDS = """'passport', 'driving_licence', 'residence_permit', 'proof_of_age', 'birth_certificate', 'name_change', 'bank_statement',
    'utility_bill', 'photograph', 'certificate', 'translation', 'english_test', 'letter', 'other'"""
AWARDED = "awarded_on is not null or enrolled_on is not null"


def upgrade() -> None:
    allow(
        f"{SECTIONS}, 'portfolio'",
        f"{KINDS}, 'observation', 'testimony', 'work_record', 'reflection'",
    )
    check(
        "qualification",
        "qualification_awarded_or_enrolled_ck",
        f"{AWARDED} or accepted_id is not null",
    )


def downgrade() -> None:
    op.execute(
        f"update qualification set enrolled_on = current_date where not ({AWARDED})"
    )
    check("qualification", "qualification_awarded_or_enrolled_ck", AWARDED)
    for table in ("section_check", "evidence", "sent_section", "application_section"):
        op.execute(f"delete from {table} where {HELD[table][1]} = 'portfolio'")
    allow(SECTIONS, KINDS)


def allow(sections: str, kinds: str) -> None:
    for table, (name, column) in HELD.items():
        check(table, name, f"{column} in ({sections})")
    check("evidence", "evidence_kind_ck", f"kind in ({kinds})")


def check(table: str, name: str, says: str) -> None:
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({says})")
