"""A portfolio of practice as a way to count for the manager part: a row of the list that says so.

Like the outcomes that it must show, it goes into every version that there is: none of them has been applied under by a
portfolio, so no decision rests on the list without it, and none changes by it. The route is the register's own, after the
Independent Review of Children's Residential Care (2016), which knew good managers without the diploma.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_02"
down_revision = "2026_11_27_01"
branch_labels = None
depends_on = None

CODE = "portfolio-of-practice"
TITLE = "Portfolio of practice, in place of the diploma"
ROW = {
    "code": CODE,
    "title": TITLE,
    "route": "portfolio",
    "country": "England",
    "verdict": "full",
    "level": 5,
    "gap_units": [],
}


def upgrade() -> None:
    op.get_bind().execute(
        sa.text("""
            insert into accepted_qualification (id, rule_set_id, position, code, title, route, level, country, verdict, gap_units)
            select gen_random_uuid(), rule_set.id, coalesce(max(listed.position), 0) + 1, :code, :title, 'portfolio', 5, 'England',
              'full', '{}'
            from rule_set left join accepted_qualification listed on listed.rule_set_id = rule_set.id
            where rule_set.part = 'manager' group by rule_set.id"""),
        {"code": CODE, "title": TITLE},
    )
    op.get_bind().execute(
        sa.text("""
            update rule_draft set terms = jsonb_set(terms, '{accepted}', (terms -> 'accepted') || cast(:row as jsonb))
            where part = 'manager'"""),
        {"row": json.dumps(ROW)},
    )


def downgrade() -> None:
    op.execute(
        f"""
        update qualification set accepted_id = null, enrolled_on = coalesce(enrolled_on, awarded_on, current_date)
        where accepted_id in (select id from accepted_qualification where code = '{CODE}')"""
    )
    op.execute("alter table accepted_qualification disable trigger user")
    op.execute(f"delete from accepted_qualification where code = '{CODE}'")
    for trigger in ("no_update", "no_truncate"):
        op.execute(
            f"alter table accepted_qualification enable always trigger {trigger}"
        )
    op.execute(
        f"""
        update rule_draft set terms = jsonb_set(terms, '{{accepted}}',
          (select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(terms -> 'accepted') one
           where one ->> 'code' <> '{CODE}'))
        where part = 'manager'"""
    )
