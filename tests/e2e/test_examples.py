"""An example as a person runs it: `make demo PIPELINE=fraud`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.stack import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


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
