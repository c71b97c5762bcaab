import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from local_stack import savepoints
from local_stack.savepoints import lock_sqlite_before_savepoints

INSERT = text("INSERT INTO runs VALUES (:name)")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database as the local stack's: readers do not lock out the one who writes."""
    made = create_engine(f"sqlite:///{tmp_path / 'airflow.db'}?timeout=30")
    with made.begin() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))
        connection.execute(text("CREATE TABLE runs (name TEXT)"))
    yield made
    made.dispose()


def write_while_another_does(engine: Engine) -> None:
    """Read in a savepoint, let another connection write in the meantime, then write too."""
    others_turn, done = threading.Event(), threading.Event()

    def other() -> None:
        others_turn.wait()
        with engine.begin() as connection:
            connection.execute(INSERT, {"name": "the scheduler's"})
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    try:
        with engine.begin() as connection, connection.begin_nested():
            connection.execute(text("SELECT * FROM runs")).all()
            others_turn.set()
            # Where the lock is ours, the other waits for it.
            done.wait(timeout=0.5)
            connection.execute(INSERT, {"name": "the backfill's"})
    finally:
        others_turn.set()
        thread.join()


@pytest.fixture
def locking() -> Iterator[None]:
    lock_sqlite_before_savepoints()
    yield
    event.remove(Engine, "savepoint", savepoints._begin)


@pytest.mark.usefixtures("locking")
def test_both_write_one_after_the_other(engine: Engine) -> None:
    write_while_another_does(engine)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT name FROM runs")).all()
    assert sorted(names) == ["the backfill's", "the scheduler's"]


@pytest.mark.usefixtures("locking")
def test_what_is_rolled_back_to_a_savepoint_is_not_written_and_the_rest_is(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.begin_nested().commit()
        connection.execute(INSERT, {"name": "before"})
        undone = connection.begin_nested()
        connection.execute(INSERT, {"name": "undone"})
        undone.rollback()
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT name FROM runs")).all() == ["before"]


def test_sqlite_by_itself_refuses_the_second(engine: Engine) -> None:
    with pytest.raises(OperationalError, match="database is locked"):
        write_while_another_does(engine)
