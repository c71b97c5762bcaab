"""Runs by hand and of a backfill, at the same time, on one bucket."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests.faults.aftermath import Aftermath
from tests.faults.faulty_stack import FaultyStack
from tests.faults.pipelines import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(1800)]

RUN_SECONDS = 800
# Runs of the same data would use each other's model.
CONF = {"data_url": SOURCE, "bucket": "many-runs", "force_retrain": True}


def test_eight_runs_at_once_end_green_and_none_touches_what_is_anothers(stack: FaultyStack) -> None:
    by_hand = [f"many__{number}" for number in range(4)]
    for run_id in by_hand:
        stack.user.trigger(run_id, CONF)
    # Four Mondays.
    backfilled = stack.user.backfill(date(2026, 10, 5), date(2026, 10, 27), CONF, at_once=4)
    assert len(backfilled) == 4
    run_ids = [*by_hand, *backfilled]
    with ThreadPoolExecutor(len(run_ids)) as pool:
        ended = list(pool.map(lambda run_id: stack.user.wait(run_id, RUN_SECONDS), run_ids))
    assert {run.state for run in ended} == {"success"}
    began, finished = [run.start_date for run in ended], [run.end_date for run in ended]
    assert max(time for time in began if time) < min(time for time in finished if time), "not all at once"

    runs = [Aftermath(stack.aws, run_id, "many-runs") for run_id in run_ids]
    assert len({run.key for run in runs}) == 8
    for run in runs:
        assert run.billing() == []
        assert run.jobs() == ["Completed"]
        assert set(stack.user.tries(run.run_id).values()) == {1}
        assert run.checksums() == runs[0].checksums() != {}
