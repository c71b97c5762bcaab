"""Airflow's API server with its database, for plugins that act on what users and the scheduler do."""

import warnings
from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A user with all rights, who sends a token as programs do."""
    with warnings.catch_warnings():
        # Airflow's API is not free of them where it is imported and set up.
        warnings.simplefilter("ignore")
        from tests.plugins.model_report.api_server import api_server, browser

        with api_server(tmp_path_factory.mktemp("dags")) as server:
            yield browser(server, "admin", by="header")
