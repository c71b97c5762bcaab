"""The bundle as MWAA lays it out, and the Python that runs it."""

import shutil
import sys
import zipfile
from pathlib import Path

from deploy.mwaa.bundle import write_bundle
from tests.project import PROJECT

MWAA_PYTHON = PROJECT / ".local" / "mwaa" / "venv" / "bin" / "python"
"""`make test` makes it where there is a Python 3.12."""
THERE = MWAA_PYTHON if MWAA_PYTHON.exists() else Path(sys.executable)


def mwaa_home(folder: Path) -> Path:
    """Fill a folder as MWAA fills /usr/local/airflow.

    Args:
        folder: Where the bundle is written to, and that folder beside it.
    """
    dags, plugins, *_ = write_bundle(folder / "bundle")
    home = folder / "airflow"
    shutil.copytree(dags, home / "dags")
    with zipfile.ZipFile(plugins) as archive:
        archive.extractall(home / "plugins")
    return home
