"""A PostgreSQL database for an Airflow under test: SQLite locks up under several runs at once."""

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import SplitResult, urlsplit

import psycopg2
import pytest


@contextmanager
def airflow_database() -> Iterator[str]:
    """Makes an empty database and drops it at the end.

    Yields:
        Its URL, for SQLAlchemy. The test is skipped where there is no PostgreSQL.
    """
    server = _server()
    try:
        connection = psycopg2.connect(server.geturl())
    except psycopg2.OperationalError as error:
        pytest.skip(f"no PostgreSQL (set TEST_POSTGRES_URL): {error}")
    connection.autocommit = True
    name = f"airflow_test_{uuid.uuid4().hex}"
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield server._replace(scheme="postgresql+psycopg2", path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


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


def _server() -> SplitResult:
    return urlsplit(os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres"))
