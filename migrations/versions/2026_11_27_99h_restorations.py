"""Whether somebody whom a panel removed comes back, a panel decides: in a case of its own, for each proposal that waits for it."""

from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99h"
down_revision = "2026_11_27_99g"
branch_labels = None
depends_on = None

ENDS = "restored restoration_refused sent_back withdrawn"
OUTCOMES = "restored restoration_refused sent_back"


def upgrade() -> None:
    op.execute("""
alter table fitness_case
  add column proposal_id uuid,
  add constraint fitness_case_proposal_id_fk foreign key (proposal_id) references proposal (id),
  add constraint fitness_case_proposal_id_uq unique (proposal_id)""")
    allow("fitness_case", "fitness_case_because_ck", "because", ENDS)
    allow("hearing", "hearing_kind_ck", "kind", "restoration")
    allow("hearing_decision", "hearing_decision_outcome_ck", "outcome", OUTCOMES)
    allow("proposal", "proposal_code_ck", "kind", "refuse_after_order")


def downgrade() -> None:
    # What a panel heard of a restoration stays: without the column it is a case like any other.
    refuse("proposal", "proposal_code_ck", "kind", "refuse_after_order", delete=False)
    refuse(
        "hearing_decision",
        "hearing_decision_outcome_ck",
        "outcome",
        OUTCOMES,
        delete=False,
    )
    refuse("hearing", "hearing_kind_ck", "kind", "restoration", delete=False)
    refuse("fitness_case", "fitness_case_because_ck", "because", ENDS, delete=False)
    op.execute("alter table fitness_case drop column proposal_id")
