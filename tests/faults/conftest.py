"""The stack that a whole package of tests breaks, and the matrix in their output."""

from collections.abc import Iterator

import pytest

from tests.faults.faulty_stack import FaultyStack, faulty_stack
from tests.faults.matrix import OBSERVED, bucket_of, documented
from tests.faults.thirds import third_of
from tests.thirds import THIRDS, leave_out

_BUCKETS = ("ended-runs", "many-runs", "mistakes", "mistakes-of-a-stranger", "outages", "reference", "soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if third := config.getoption("third"):
        faults = [item for item in items if item.get_closest_marker("faults")]
        leave_out(set(faults) - set(third_of(faults, third)), items, config)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OBSERVED] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the matrix as it was observed."""
    observed = config.stash[OBSERVED]
    if not observed:
        return
    faults = list(dict.fromkeys(cell.fault for cell in observed))
    third = config.getoption("third")
    part = f" (third {third} of {len(THIRDS)})" if third else ""
    terminalreporter.section(f"fault matrix: {len(observed)} cells of {len(documented())}{part}")
    terminalreporter.line(" " * 34 + "".join(f"{fault:<24}" for fault in faults))
    for row in dict.fromkeys(cell.row for cell in observed):
        outcomes = {cell.fault: outcome for cell, outcome in observed.items() if cell.row == row}
        terminalreporter.line(f"{row:<34}" + "".join(f"{outcomes.get(fault, ''):<24}" for fault in faults))


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyStack]:
    buckets = (*_BUCKETS, *map(bucket_of, documented()))
    with faulty_stack(tmp_path_factory.mktemp("faults"), buckets) as running:
        yield running
