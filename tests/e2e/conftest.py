"""The local stack, as `make up` starts it, and the data that its runs may read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.pipeline.documents.config import DATASETS
from local_stack.demo import SAMPLE
from tests.e2e.running_stack import RunningStack, running_stack
from tests.tutorial_data import BANK_CLEAN


@pytest.fixture(scope="session")
def local_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that local sources may come from: the samples and, where it is, the tutorial's file."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(DATASETS / "examples", folder / "examples")
    (folder / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    if BANK_CLEAN.is_file():
        (folder / BANK_CLEAN.name).write_bytes(BANK_CLEAN.read_bytes())
    return folder


@pytest.fixture(scope="package")
def stack(local_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("airflow"), local_data, {}) as stack:
        yield stack
