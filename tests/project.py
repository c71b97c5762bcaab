"""Where the project lies, and which Airflow the tests are."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DEPLOYMENT_ID = "tests"
