"""Who reads which words of a case, as before; but asked in functions, and so only where it matters.

As policies each of these questions, with the policies of the tables that it asks, was planned with every query of case_text: 50
milliseconds and some megabytes a plan. A function is planned once a connection, and run only for whom it is about.
"""

from collections.abc import Sequence

from alembic import op

from migrations.steps import policy

revision = "2026_11_27_99k"
down_revision = "2026_11_27_99j"
branch_labels = None
depends_on = None

OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"
DECIDERS = f"(select fitness_has_role('case_examiner', 'adjudicator', 'legal_adviser')) and {OF_A_CASE}"
EXAMINERS = f"(select fitness_has_role('case_examiner')) and {OF_A_CASE}"
PANEL = "(select fitness_has_role('adjudicator', 'legal_adviser'))"
BY_HEARINGS = (
    "hearing.place_id",
    "hearing_direction.text_id",
    "hearing_finding.text_id",
    "hearing_ground.text_id",
    "hearing_decision.text_id",
    "hearing_decision.wording_id",
    "hearing_decision.cover_wording_id",
)
THEIR_OWN = {
    "own": (
        "case_service.text_id",
        "particular.text_id",
        "particular.place_id",
        "case_evidence.text_id",
    ),
    "own_check_ins": ("check_in.text_id", "check_in.judgement_id"),
    "own_early_reviews": ("early_review.text_id",),
    "own_examined": (
        "examination_decision.text_id",
        "examination_decision.wording_id",
        "examination_decision.public_id",
        "disposal.text_id",
    ),
    "own_hearings": BY_HEARINGS,
    "own_notices": ("case_service.filled_id",),
    "own_orders": ("case_order.text_id",),
}
LAID_BEFORE = {
    "deciders": (
        DECIDERS,
        ("particular.text_id", "particular.place_id", "case_order.text_id"),
    ),
    "examiners": (
        EXAMINERS,
        (
            "examination.text_id",
            "examiner_view.text_id",
            "examiner_view.interest_id",
            "examiner_prospect.text_id",
            "examination_decision.text_id",
            "examination_decision.wording_id",
            "examination_decision.public_id",
            "disposal.text_id",
            "case_evidence.text_id",
        ),
    ),
    "panel": (PANEL, (*BY_HEARINGS, "interim_application.text_id")),
}


def upgrade() -> None:
    _drop(*THEIR_OWN, *LAID_BEFORE)
    theirs = [column for columns in THEIR_OWN.values() for column in columns]
    for name, (guard, columns) in {"own": (OWN, theirs), **LAID_BEFORE}.items():
        # As whoever asks: the tables show it no more than they would by themselves.
        op.execute(f"""
create function fitness_texts_of_{name}() returns uuid[] stable language plpgsql as $$
begin
  return array({_texts(columns)});
end $$""")
        holds = f"id = any ((select fitness_texts_of_{name}())::uuid[])"
        policy("case_text", "select", f"{guard} and {holds}", name=name)


def downgrade() -> None:
    _drop("own", *LAID_BEFORE)
    for name in ("own", *LAID_BEFORE):
        op.execute(f"drop function fitness_texts_of_{name}()")
    before = {name: (OWN, columns) for name, columns in THEIR_OWN.items()}
    for name, (guard, columns) in {**before, **LAID_BEFORE}.items():
        asked = (
            f"id in (select {column} from {column.partition('.')[0]})"
            for column in columns
        )
        policy("case_text", "select", f"{guard} and ({' or '.join(asked)})", name=name)


def _drop(*names: str) -> None:
    for name in names:
        op.execute(f"drop policy case_text_select_{name} on case_text")


def _texts(columns: Sequence[str]) -> str:
    return " union ".join(
        f"select {column} from {column.partition('.')[0]} where {column} is not null"
        for column in columns
    )
