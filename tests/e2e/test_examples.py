"""The examples: one as a person runs it, by `make demo PIPELINE=fraud`, the others beside each other."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local_stack.stack import PROJECT
from tests.e2e.running_stack import FinishedRun, RunningStack

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000)]

# A figure of the model, what it is above, and what the report tells.
EXAMPLES = {
    "demand_forecast": ("r2", 0.8, "the newest rows by sold_on are tested, from 2026-06-22 on"),
    "recommendations": ("roc_auc", 0.75, "Factorization Machines"),
    "bank_marketing_raw": ("roc_auc", 0.7, "Left out, known only afterwards"),
}


@pytest.fixture(scope="module")
def runs(stack: RunningStack) -> Mapping[str, FinishedRun]:
    """A run of each example, all at the same time."""
    started = {example: stack.airflow.trigger(example, {}) for example in EXAMPLES}
    return {example: stack.finish(run, example) for example, run in started.items()}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs_to_a_model_that_passes_its_gate(
    stack: RunningStack, runs: Mapping[str, FinishedRun], example: str, tmp_path: Path
) -> None:
    figure, above, told = EXAMPLES[example]
    assert runs[example].state.state == "success", runs[example].tasks
    results = tmp_path / "run"
    stack.aws.fetch(stack.aws.plan(runs[example].plan), results)
    assert json.loads((results / "metrics.json").read_text())[figure] > above
    assert told in (results / "report.html").read_text()


def test_the_weight_of_the_training_rows_reaches_the_job_and_the_model_finds_the_frauds(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local_stack.demo", "--pipeline", "fraud"],
        cwd=PROJECT,
        env=os.environ | {"LOCAL_STACK_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = tmp_path / "runs" / "latest"
    assert json.loads((results / "metrics.json").read_text())["roc_auc"] > 0.9
    report = (results / "report.html").read_text()
    # 42 of the 8,400 training rows are a fraud.
    assert "199.0, as balanced" in report
    assert "stratified: the shares of the label" in report
