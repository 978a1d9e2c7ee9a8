"""No case is closed while an order stands in it that somebody is to review: nobody would."""

from alembic import op

revision = "2026_11_27_99c"
down_revision = "2026_11_27_99b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
create function fitness_case_closes() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from case_order where case_id = new.id and ended_at is null
    and measure in ('conditions_order', 'suspension_order', 'interim_conditions', 'interim_suspension');
  if found then
    raise exception 'an order stands in case %', new.id using errcode = 'check_violation';
  end if;
  return new;
end $$""")
    op.execute(
        "create trigger closes before update of stage on fitness_case for each row "
        "when (new.stage = 'closed' and old.stage <> 'closed') execute function fitness_case_closes()"
    )


def downgrade() -> None:
    op.execute("drop trigger closes on fitness_case")
    op.execute("drop function fitness_case_closes")
