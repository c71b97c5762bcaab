"""The notebook as a person runs it, on local AWS."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.metrics import confusion_matrix, roc_auc_score

from include.pipeline.documents.config import load_config
from include.pipeline.iam.__main__ import policies
from include.pipeline.iam.scope import Scope
from include.pipeline.planning.names import default_bucket
from local_stack.demo import SAMPLE
from tests.aws.clients import CREDENTIALS, Aws
from tests.aws.sagemaker_requests import ROLE
from tests.docs.notebook_cells import read, run, source
from tests.pipeline.iam.policy_evaluation import AccessRequest, is_allowed
from tests.project import PROJECT
from tests.services.local_aws_server import local_aws_server
from tests.tutorial_data import BANK_CLEAN, HYPERPARAMETERS

NOTEBOOK = PROJECT / "notebooks" / "bank_marketing.ipynb"
CELLS = read(NOTEBOOK)["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]
# The tutorial's own, where this machine has it.
DATA = BANK_CLEAN if BANK_CLEAN.is_file() else SAMPLE
SCOPE = Scope(
    "notebook", "bank_marketing", load_config("bank_marketing"), account="123456789012",
    region=CREDENTIALS["region_name"], partition="aws",
    buckets=(default_bucket("123456789012", CREDENTIALS["region_name"]),), roles=(ROLE,),
)  # fmt: skip
# As the notebook has docs/aws.md make it.
ROLE_OF_THE_PAGE = json.loads(policies(SCOPE)["sagemaker-role.json"])
# As results.md has them.
OF_THE_TUTORIALS_DATA = {"tn": 10789, "fp": 147, "fn": 1138, "tp": 283}


def figures_of(data: Path) -> tuple[dict[str, int], float]:
    """Train and test by the tutorial's recipe, with XGBoost alone: confusion matrix at 0.5, and ROC AUC."""
    table = pd.read_csv(data, index_col=0).sample(frac=1, random_state=1729)
    features = table.drop(columns=["y_no", "y_yes"]).to_numpy(dtype=np.float32)
    labels = table["y_yes"].to_numpy()
    cut = int(0.7 * len(table))
    settings = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
    rounds = int(HYPERPARAMETERS["num_round"])
    model = xgboost.train(settings, xgboost.DMatrix(features[:cut], labels[:cut]), num_boost_round=rounds)
    scores = model.predict(xgboost.DMatrix(features[cut:]))
    counts = confusion_matrix(labels[cut:], scores >= 0.5).ravel().tolist()
    return dict(zip(("tn", "fp", "fn", "tp"), counts, strict=True)), float(
        roc_auc_score(labels[cut:], scores)
    )


@pytest.mark.slow
def test_both_ways_give_the_figures_of_xgboost_itself(tmp_path: Path) -> None:
    written = tmp_path / "ends.json"
    with local_aws_server() as server:
        done = subprocess.run(
            [sys.executable, "-m", "tests.docs.notebook_cells", str(NOTEBOOK), str(written)],
            cwd=NOTEBOOK.parent,
            env=os.environ
            | {
                "PYTHONPATH": str(PROJECT),
                "DATA_URL": str(DATA),
                "SAGEMAKER_ROLE": ROLE,
                "AWS_ENDPOINT_URL": server.url,
                "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
                "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
                "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert what_is_left(Aws(server.url)) == []
        needed = access_of_jobs(Aws(server.url))
        # Of both ways, a job each, which reads its rows and writes its model.
        assert len(needed) == 4
        assert [request for request in needed if not is_allowed(ROLE_OF_THE_PAGE, request)] == []
    ends = json.loads(written.read_text(encoding="utf-8"))
    counts, roc_auc = figures_of(DATA)
    assert ends["figures"] == counts
    assert ends["roc_auc"] == pytest.approx(roc_auc, abs=1e-9)
    if DATA == BANK_CLEAN:
        assert counts == OF_THE_TUTORIALS_DATA


def access_of_jobs(aws: Aws) -> list[AccessRequest]:
    """Name what SageMaker's role has to be allowed for the jobs that were trained."""
    sagemaker = aws.client("sagemaker")
    context = {"aws:ResourceAccount": SCOPE.account}
    requests = []
    for listed in sagemaker.list_training_jobs()["TrainingJobSummaries"]:
        job = sagemaker.describe_training_job(TrainingJobName=listed["TrainingJobName"])
        (channel,) = job["InputDataConfig"]
        rows = channel["DataSource"]["S3DataSource"]["S3Uri"] + "train.csv"
        for action, uri in (
            ("s3:GetObject", rows),
            ("s3:PutObject", job["ModelArtifacts"]["S3ModelArtifacts"]),
        ):
            requests.append(AccessRequest(action, uri.replace("s3://", "arn:aws:s3:::", 1), context))
    return requests


def what_is_left(aws: Aws) -> list[str]:
    """Name what is billed or stored when the last cell has run."""
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    return [
        *(found["EndpointName"] for found in sagemaker.list_endpoints()["Endpoints"]),
        *(found["EndpointConfigName"] for found in sagemaker.list_endpoint_configs()["EndpointConfigs"]),
        *(found["ModelName"] for found in sagemaker.list_models()["Models"]),
        *(found["Name"] for found in s3.list_buckets()["Buckets"]),
    ]


def test_it_is_a_notebook_without_what_a_run_of_it_printed() -> None:
    # What Jupyter asks of format 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
    notebook = read(NOTEBOOK)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert len({cell["id"] for cell in CELLS}) == len(CELLS)
    assert {cell["cell_type"] for cell in CELLS} == {"code", "markdown"}
    assert [cell for cell in CODE if cell["outputs"] or cell["execution_count"] is not None] == []


def test_it_has_the_deployment_that_it_tells_readers_to_make_the_role_for() -> None:
    assert f"--deployment {SCOPE.deployment_id}`" in source(CELLS[0])
    assert any(f'deployment_id="{SCOPE.deployment_id}"' in source(cell) for cell in CODE)


def test_the_files_that_it_names_are_there() -> None:
    text = "\n".join(source(cell) for cell in CELLS if cell["cell_type"] == "markdown")
    named = re.findall(r"`((?:docs|include)/[\w./-]+)`", text)
    assert "docs/aws.md" in named
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_each_cell_is_python_alone() -> None:
    # So that `notebook_cells` does with it what a kernel does.
    for cell in CODE:
        assert ast.parse(source(cell)).body


def test_it_goes_through_the_seven_steps() -> None:
    headings = [
        line.removeprefix("## ").partition(":")[0]
        for cell in CELLS
        if cell["cell_type"] == "markdown"
        for line in source(cell).splitlines()
        if line.startswith("## ")
    ]
    assert headings == ["Steps 1 and 2", *(f"Step {number}" for number in range(3, 8))]


def test_each_step_has_both_ways() -> None:
    """The tutorial's way and the pipeline's stand side by side: a cell of each, at least, in every step."""
    steps: list[list[str]] = []
    for cell in CELLS:
        text = source(cell)
        if cell["cell_type"] == "markdown" and text.startswith("## Step "):
            steps.append([])
        elif cell["cell_type"] == "code" and steps:
            steps[-1].append(text)
    for cells in steps:
        assert {"include.pipeline" in text for text in cells} == {True, False}


def test_cells_share_names_and_end_with_values(tmp_path: Path) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": ["n = 2\n", "n"], "metadata": {}},
        {"cell_type": "markdown", "source": "# 1 / 0", "metadata": {"tags": ["no"]}},
        {"cell_type": "code", "source": "n + 1", "metadata": {"tags": ["three"]}},
        {"cell_type": "code", "source": "m = n", "metadata": {"tags": ["nothing"]}},
    ]
    path = tmp_path / "made.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert run(path) == {"three": 3}
    cells[0]["source"] = "1 / 0"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        run(path)
