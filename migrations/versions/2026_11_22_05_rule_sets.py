"""The first rule set of each part: what the consultation proposed, all of it open to change.

Sources: Children's Homes (England) Regulations 2015, regulations 28 and 32 (qualifications and deadlines); Social Work England
(registration year, pay window, appeal time); the rest are the register's own defaults.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_05"
down_revision = "2026_11_22_04"
branch_labels = None
depends_on = None

RULES: dict[str, object] = {
    "open": False,
    "registrar_name": "The Registrar",
    "minimum_age_years": 18,
    "register_by_months": 6,
    "qualification_deadline_months": 24,
    "address_history_years": 5,
    "employment_gap_days": 28,
    "draft_kept_days": 90,
    "draft_reminder_days": 14,
    "information_due_days": 21,
    "information_reminder_days": 7,
    "assessment_target_working_days": 10,
    "payment_window_working_days": 10,
    "payment_reminder_days": 4,
    "period_end_month": 11,
    "period_end_day": 30,
    "publication_former_months": 12,
    "publication_order_months": 120,
    "appeal_days": 28,
    "standards_version": "2026-1",
    "declaration_version": "2026-1",
}

PARTS: dict[str, dict[str, object]] = {
    "manager": {
        "title": "Manager",
        "open": True,
        "minimum_age_years": 19,
        "qualification_deadline_months": 36,
    },
    "deputy": {"title": "Deputy manager"},
    "residential_worker": {"title": "Residential worker"},
    "responsible_individual": {"title": "Responsible individual"},
    "trainee": {"title": "Trainee manager"},
}

MANAGER_QUALIFICATIONS = (
    (
        "Level 5 Diploma in Leadership and Management for Residential Childcare (England)",
        5,
        "England",
        "full",
    ),
    (
        "Level 5 Diploma in Leadership for Health and Social Care and Children and Young People's Services",
        5,
        "England",
        "full",
    ),
    (
        "NVQ Level 4 in Health and Social Care (Children and Young People) with the Registered Manager's Award",
        4,
        "England",
        "full",
    ),
    (
        "Level 5 Children, Young People and Families Manager apprenticeship (residential pathway)",
        5,
        "England",
        "full",
    ),
    (
        "Level 4 Preparing for Leadership and Management with Level 5 Leadership and Management: Practice",
        5,
        "Wales",
        "full",
    ),
    ("SCQF level 9 practice award with a management award", None, "Scotland", "full"),
    (
        "Degree in social work, teaching or nursing with a management award",
        6,
        "United Kingdom",
        "full",
    ),
    ("Level 3 Diploma for Residential Childcare (England)", 3, "England", "partial"),
)

STANDARDS = (
    (
        "R1",
        "Put children's safety first",
        "Act at once on harm or the risk of it, and report it to those who must know.",
    ),
    (
        "R2",
        "Keep boundaries",
        "Build warm, professional relationships that never serve your own needs.",
    ),
    (
        "R3",
        "Listen to the child",
        "Hear what children say, and help them to complain and to have an advocate.",
    ),
    (
        "R4",
        "Be honest and keep true records",
        "Write down what happened, when it happened, and hide nothing.",
    ),
    (
        "R5",
        "Know your competence and its limits",
        "Do what you are trained to do, and ask when you are not sure.",
    ),
    (
        "R6",
        "Treat everybody with respect",
        "Challenge discrimination and bullying, and never take part in them.",
    ),
    (
        "R7",
        "Keep confidences",
        "Share what must be shared to keep a child safe, and nothing else.",
    ),
    (
        "R8",
        "Be fit to practise",
        "Look after your health and conduct, in and outside work, and tell us when they affect your work.",
    ),
    (
        "R9",
        "Lead well",
        "If you manage a home, keep it safely staffed and supervised, and notify those the law names.",
    ),
    (
        "R10",
        "Keep learning and co-operate",
        "Learn all your working life, and answer your regulator openly.",
    ),
)


def upgrade() -> None:
    connection = op.get_bind()
    for part, own in PARTS.items():
        rule_set = connection.scalar(
            sa.text("""
                insert into rule_set (id, part, version, valid, data)
                values (gen_random_uuid(), :part, 1, tstzrange('2024-01-01 00:00+00', null), cast(:data as jsonb)) returning id"""),
            {"part": part, "data": json.dumps(RULES | own)},
        )
        connection.execute(
            sa.text("""
                insert into standard (id, rule_set_id, position, code, title, meaning)
                values (gen_random_uuid(), :rule_set, :position, :code, :title, :meaning)"""),
            [
                {
                    "rule_set": rule_set,
                    "position": n,
                    "code": code,
                    "title": title,
                    "meaning": meaning,
                }
                for n, (code, title, meaning) in enumerate(STANDARDS, start=1)
            ],
        )
        if part == "manager":
            connection.execute(
                sa.text("""
                    insert into accepted_qualification (id, rule_set_id, position, title, level, country, verdict)
                    values (gen_random_uuid(), :rule_set, :position, :title, :level, :country, :verdict)"""),
                [
                    {
                        "rule_set": rule_set,
                        "position": n,
                        "title": title,
                        "level": level,
                        "country": country,
                        "verdict": verdict,
                    }
                    for n, (title, level, country, verdict) in enumerate(
                        MANAGER_QUALIFICATIONS, start=1
                    )
                ],
            )


def downgrade() -> None:
    for table in ("standard", "accepted_qualification", "rule_set"):
        op.execute(f"alter table {table} disable trigger user")
        op.execute(f"delete from {table}")
        op.execute(f"alter table {table} enable always trigger no_update")
        op.execute(f"alter table {table} enable always trigger no_truncate")
