"""An example as a person runs it: `make demo PIPELINE=fraud`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.stack import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


def demo(pipeline: str, folder: Path) -> Path:
    """Run an example, and return the folder of its results."""
    done = subprocess.run(
        [sys.executable, "-m", "local_stack.demo", "--pipeline", pipeline],
        cwd=PROJECT,
        env=os.environ | {"LOCAL_STACK_FOLDER": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "runs" / "latest"


@pytest.mark.parametrize(
    ("pipeline", "figure", "above", "told"),
    [
        ("demand_forecast", "r2", 0.8, "the newest rows by sold_on are tested, from 2026-06-22 on"),
        ("recommendations", "roc_auc", 0.75, "Factorization Machines"),
        ("bank_marketing_raw", "roc_auc", 0.7, "Left out, known only afterwards"),
    ],
)
def test_an_example_runs_to_a_model_that_passes_its_gate(
    pipeline: str, figure: str, above: float, told: str, tmp_path: Path
) -> None:
    results = demo(pipeline, tmp_path)
    assert json.loads((results / "metrics.json").read_text())[figure] > above
    assert told in (results / "report.html").read_text()


def test_the_weight_of_the_training_rows_reaches_the_job_and_the_model_finds_the_frauds(
    tmp_path: Path,
) -> None:
    results = demo("fraud", tmp_path)
    assert json.loads((results / "metrics.json").read_text())["roc_auc"] > 0.9
    report = (results / "report.html").read_text()
    # 42 of the 8,400 training rows are a fraud.
    assert "199.0, as balanced" in report
    assert "stratified: the shares of the label" in report
