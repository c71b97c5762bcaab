"""The compose file as it is, and which secrets each of its parts is to hold."""

from typing import Any

import yaml

from tests.project import PROJECT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text())

# Which part holds which secret: what it needs for its own work. docs/cluster.md says what for.
HOLDS = {
    "postgres": {"postgres_password"},
    "redis": {"redis_users.acl"},
    "statsd-exporter": set(),
    "airflow-init": {"database_url", "admin_password"},
    "airflow-apiserver": {
        "database_url",
        "fernet_key",
        "session_key",
        "users_jwt_key.pem",
        "connections.json",
    },
    "airflow-execution": {"database_url", "fernet_key", "tasks_jwt_key.pem"},
    "airflow-scheduler": {"database_url", "fernet_key", "tasks_jwt_key.pem", "scheduler_redis_url"},
    "airflow-dag-processor": {"database_url", "fernet_key"},
    "airflow-triggerer": {"database_url", "fernet_key", "connections.json"},
    "airflow-worker": {"worker_redis_url", "connections.json"},
    "local-aws": {"local_aws_key"},
}
