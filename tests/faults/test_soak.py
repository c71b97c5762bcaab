"""Thirty runs, three at a time: nothing grows."""

import statistics
from dataclasses import dataclass

import pytest

from tests.faults.aftermath import Aftermath
from tests.faults.faulty_stack import FaultyStack
from tests.faults.pipelines import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(3000)]

ROUNDS, AT_ONCE = 10, 3
BUCKET = "soak"


@dataclass(frozen=True)
class Footprint:
    """What local AWS holds when no run is under way."""

    open_files: int
    processes: int
    threads: int
    megabytes: float

    @classmethod
    def of(cls, stack: FaultyStack) -> "Footprint":
        process = stack.local_aws_process
        return cls(
            open_files=process.num_fds(),
            processes=len(process.children(recursive=True)),
            threads=process.num_threads(),
            megabytes=process.memory_info().rss / 2**20,
        )


def test_thirty_runs_leave_nothing_and_nothing_grows(
    stack: FaultyStack, capsys: pytest.CaptureFixture[str]
) -> None:
    footprints = []
    for number in range(ROUNDS):
        runs = [Aftermath(stack.aws, f"soak__{number}-{place}", BUCKET) for place in range(AT_ONCE)]
        for run in runs:
            stack.user.trigger(run.run_id, {"data_url": SOURCE, "bucket": BUCKET, "force_retrain": True})
        for run in runs:
            assert stack.user.wait(run.run_id, 300).state == "success"
            assert run.billing() == []
        footprints.append(Footprint.of(stack))
    with capsys.disabled():
        for number, footprint in enumerate(footprints, start=1):
            print(f"after {number * AT_ONCE} runs: {footprint}")
    early, late = footprints[1:4], footprints[-3:]
    assert max(item.processes for item in late) <= max(item.processes for item in early)
    assert statistics.median(item.open_files for item in late) <= max(item.open_files for item in early)
    assert statistics.median(item.threads for item in late) <= max(item.threads for item in early)
    # A run's objects stay, and with them what describes its job: far less than a megabyte.
    assert late[-1].megabytes - early[0].megabytes < ROUNDS * AT_ONCE
