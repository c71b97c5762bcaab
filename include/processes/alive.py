"""Whether a part of the cluster is alive, for the health checks of docker-compose.yaml.

    python -m include.processes.alive job TriggererJob /run/secrets/database_url
    python -m include.processes.alive worker /run/secrets/worker_redis_url

Airflow's own checks import all of Airflow, which takes seconds of a processor every time. Nothing here does.
"""

import argparse
import socket
from contextlib import closing
from pathlib import Path

_OLDEST_HEARTBEAT = 60
"""Seconds. Airflow's jobs beat every 5."""
_ANSWER_SECONDS = 10


def job_is_alive(job_type: str, database_url: str) -> bool:
    """Tell whether a job of this machine has lately told Airflow's database that it runs.

    Args:
        job_type: As Airflow names it: `TriggererJob` or `DagProcessorJob`.
        database_url: Of PostgreSQL, as SQLAlchemy takes it.

    Raises:
        psycopg2.Error: The database cannot be asked.
    """
    import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 - a worker's check does without

    scheme, _, place = database_url.partition("://")
    url = f"{scheme.partition('+')[0]}://{place}"
    with (
        closing(psycopg2.connect(url, connect_timeout=_ANSWER_SECONDS)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT count(*) FROM job WHERE state = 'running' AND job_type = %s AND hostname = %s"
            " AND latest_heartbeat > now() - %s * interval '1 second'",
            (job_type, socket.gethostname(), _OLDEST_HEARTBEAT),
        )
        (count,) = cursor.fetchone()
    return bool(count)


def worker_is_alive(broker_url: str) -> bool:
    """Tell whether the Celery worker of this machine answers.

    Args:
        broker_url: Of its queue.

    Raises:
        kombu.exceptions.OperationalError: The queue cannot be reached.
    """
    from celery import Celery  # type: ignore[import-untyped]  # noqa: PLC0415 - for workers alone

    app = Celery(broker=broker_url)
    return bool(app.control.ping([f"celery@{socket.gethostname()}"], timeout=_ANSWER_SECONDS))


def main() -> int:
    """Answer with the exit code that Docker asks for: 0 where the part is alive, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    job = parts.add_parser("job")
    job.add_argument("job_type")
    worker = parts.add_parser("worker")
    for part in (job, worker):
        part.add_argument("url_file", type=Path)
    asked = parser.parse_args()
    url = asked.url_file.read_text().strip()
    alive = job_is_alive(asked.job_type, url) if asked.part == "job" else worker_is_alive(url)
    return 0 if alive else 1


if __name__ == "__main__":
    raise SystemExit(main())
