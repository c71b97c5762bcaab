"""A health check costs next to nothing: no Airflow is imported for it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("library", ["psycopg2", "celery"])
def test_a_check_imports_no_airflow(library: str) -> None:
    asks = (
        f"import sys, {library}, include.processes.alive; print([n for n in sys.modules if 'airflow' in n])"
    )
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
