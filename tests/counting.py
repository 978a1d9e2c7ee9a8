"""How often the database is asked."""

from contextlib import contextmanager

from sqlalchemy.event import listen, remove


@contextmanager
def counted(engine):
    """The statements that the database is asked meanwhile."""
    asked = []

    def count(_, __, statement, *___):
        asked.append(statement)

    listen(engine.sync_engine, "before_cursor_execute", count)
    yield asked
    remove(engine.sync_engine, "before_cursor_execute", count)
