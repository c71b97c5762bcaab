"""Airflow's real API server in this process, with the plugin and the DAGs of this project."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from airflow import plugins_manager, settings
from airflow.api_fastapi.app import create_app, purge_cached_app
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.listeners.listener import get_listener_manager
from airflow.models.base import Base
from airflow.utils.db import import_all_models, synchronize_log_template
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.plugins.model_report.pipeline_runs import store_dags
from tests.plugins.model_report.secretive import SecretiveAuthManager
from tests.project import PROJECT

# Name and role: the last has none, and may do nothing.
USERS = "admin:admin,viewer:viewer,stranger:"
# One for all servers of this process: Airflow remembers it in what signs and in what checks, each by itself.
_SECRET = secrets.token_hex(32)


@contextmanager
def api_server(dags: Path) -> Iterator[FastAPI]:
    """Set up Airflow with an empty database but for the DAGs.

    Args:
        dags: An empty folder for these.
    """
    caches = (plugins_manager._get_plugins, plugins_manager.get_fastapi_plugins, get_listener_manager)
    manager = f"{SecretiveAuthManager.__module__}.{SecretiveAuthManager.__name__}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")
        patch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", _SECRET)
        patch.setenv("AIRFLOW__CORE__AUTH_MANAGER", manager)
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", USERS)
        patch.setenv("AIRFLOW__SCHEDULER__ALLOWED_RUN_ID_PATTERN", "(?s).*")
        patch.setattr(settings, "PLUGINS_FOLDER", str(PROJECT / "plugins"))
        for cache in caches:
            cache.cache_clear()
        import_all_models()
        Base.metadata.create_all(settings.engine)
        synchronize_log_template()
        store_dags(dags)
        yield create_app(apps="core")
        purge_cached_app()
        Base.metadata.drop_all(settings.engine)
    for cache in caches:
        cache.cache_clear()


def browser(server: FastAPI, user: str | None = None, *, by: str = "cookie") -> httpx.Client:
    """Make a client of the server.

    Args:
        server: The API server.
        user: Who is logged in; None for nobody.
        by: `cookie`, as the UI is, or `header`, as a program is.
    """
    client = TestClient(server, raise_server_exceptions=False)
    if user:
        login = {"username": user, "password": SimpleAuthManager.get_passwords()[user]}
        token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        if by == "cookie":
            client.cookies.set("_token", token)
        else:
            client.headers["Authorization"] = f"Bearer {token}"
    return client
