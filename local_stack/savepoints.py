"""Savepoints on SQLite that wait for their turn to write.

A savepoint that opens a transaction opens one that reads. Once another process has written, SQLite refuses to
let it write at all, whatever the timeout: "database is locked". `airflow backfill create` makes its runs so.
https://www.sqlite.org/rescode.html#busy_snapshot
"""

from sqlalchemy import Connection, Engine, event


def lock_sqlite_before_savepoints() -> None:
    """Let every savepoint on SQLite be part of a transaction that may write, and waits until it may."""
    event.listen(Engine, "savepoint", _begin)


def _begin(connection: Connection, _name: str) -> None:
    if connection.dialect.name == "sqlite" and not connection.connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
