import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.planning.names import run_key
from local_stack.aws_key import PROFILE
from local_stack.demo import DAG_ID, SAMPLE
from tests.aws.clients import STRANGER, strangers_s3
from tests.aws.lists import listed
from tests.docs.terminal import AWS_CLI, write_aws_program
from tests.e2e.billing import TEARDOWN, assert_nothing_bills
from tests.e2e.running_stack import FinishedRun, RunningStack
from tests.project import DEPLOYMENT_ID
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

TWINS = ("twin_1", "twin_2", "twin_3")


@pytest.fixture(scope="module")
def runs(stack: RunningStack, local_data: Path) -> dict[str, FinishedRun]:
    """All runs of this module, at the same time: they also show that none touches another's resources."""
    sample = (local_data / SAMPLE.name).as_uri()
    (local_data / "page.csv").write_text("<!doctype html><html><body>404</body></html>")
    (local_data / "ragged.csv").write_text("age,y_no,y_yes\n31,0,1\n42,1\n")
    confs = {
        "sample": {"data_url": sample},
        "kept": {"data_url": sample, "keep_endpoint": True},
        "validated": {
            "data_url": sample,
            "validation_fraction": 0.2,
            "threshold_rule": "best_f1",
            "hyperparameters": {
                "num_round": 60,
                "objective": "binary:logistic",
                "eval_metric": "logloss",
                "early_stopping_rounds": 5,
            },
        },
        "deleted": {"data_url": sample, "delete_data": True, "bucket": "bucket-of-one-run"},
        "versioned": {"data_url": sample, "delete_data": True, "bucket": "bucket-with-versions"},
        "strangers": {"data_url": sample, "bucket": "bucket-of-a-stranger"},
        "partners": {"data_url": sample, "bucket": "bucket-of-a-partner", "bucket_owner": STRANGER},
        "far": {"data_url": sample, "bucket": "bucket-in-ireland"},
        "poor": {"data_url": sample, "min_roc_auc": 0.99},
        "html": {"data_url": (local_data / "page.csv").as_uri()},
        "ragged": {"data_url": (local_data / "ragged.csv").as_uri()},
        "private": {"data_url": "https://127.0.0.1:9/bank.csv?X-Amz-Signature=SIGNATURE"},
        "roundless": {"data_url": sample, "hyperparameters": {"eta": 0.2}},
        **{name: {"data_url": sample, "seed": 7, "force_retrain": False} for name in TWINS},
        "unknown": {"data_url": sample, "treshold": 0.4},
        "unusable": {"data_url": sample, "hyperparameters": {"num_round": 10, "eta": 2}},
        "untrainable": {
            "data_url": sample,
            "hyperparameters": {
                "num_round": 10,
                "objective": "binary:logistic",
                "tree_method": "hist",
                "monotone_constraints": str((0,) * 500),  # more than there are columns
            },
        },
    }
    s3, stranger = stack.aws.s3, strangers_s3(stack.aws.client("sts"))
    for bucket in ("bucket-of-a-stranger", "bucket-of-a-partner"):
        stranger.create_bucket(Bucket=bucket)
    s3.create_bucket(
        Bucket="bucket-in-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.create_bucket(Bucket="bucket-with-versions")
    s3.put_bucket_versioning(Bucket="bucket-with-versions", VersioningConfiguration={"Status": "Enabled"})
    if BANK_CLEAN.is_file():
        confs["tutorial"] = {"data_url": (local_data / BANK_CLEAN.name).as_uri()}
    # Other runs of the same data would use each other's model.
    anew = [{"force_retrain": True} | conf for conf in confs.values()]
    return dict(zip(confs, stack.run_all(anew), strict=True))


@needs_bank_clean
def test_the_tutorials_data_gives_the_tutorials_split_and_the_known_figures(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["tutorial"]
    assert run.state.state == "success"
    split = run.xcom("split_data")
    assert (split["train_rows"], split["test_rows"]) == (28831, 12357)
    (train,) = list_objects(stack.aws.s3, run.plan.locations.train)
    sha256 = hashlib.sha256(read_object(stack.aws.s3, train)).hexdigest()
    # pragma: allowlist nextline secret - a checksum
    assert sha256 == "5427fd796e30e8288781240b37937807edae67fea9a1bb63d0a43d5246045893"
    metrics = run.xcom("evaluate_model")
    assert metrics["confusion_matrix"] == {"tn": 10789, "fp": 147, "fn": 1138, "tp": 283}
    assert metrics["accuracy"] == pytest.approx(0.89601, abs=1e-5)
    assert metrics["roc_auc"] == pytest.approx(0.77681, abs=1e-5)
    assert metrics["average_precision"] == pytest.approx(0.42611, abs=1e-5)


def test_a_run_by_hand_has_no_logical_date(runs: dict[str, FinishedRun]) -> None:
    assert runs["sample"].state.logical_date is None
    assert runs["sample"].state.dag_run_id.startswith("manual__")


def test_a_good_run_keeps_its_results_and_nothing_that_bills(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["sample"]
    assert run.state.state == "success"
    assert {name: task.state for name, task in run.tasks.items() if task.state != "success"} == {
        "delete_data": "skipped"
    }
    assert_nothing_bills(stack, run)
    (job,) = listed(stack.aws.client("sagemaker"), "list_training_jobs", NameContains=run.plan.key)
    assert job["TrainingJobStatus"] == "Completed"
    folder = run.plan.locations.run
    assert {uri.removeprefix(folder) for uri in list_objects(stack.aws.s3, folder)} == {
        "/plan.json",
        "/manifest.json",
        "/train/train.csv",
        "/test/features.csv",
        "/test/labels.csv",
        f"/model/{run.plan.key}/output/model.tar.gz",
        "/evaluation/predictions.csv",
        "/evaluation/metrics.json",
        "/evaluation/report.html",
    }


def test_the_metrics_are_those_of_the_predictions_that_were_kept(
    stack: RunningStack, runs: dict[str, FinishedRun], tmp_path: Path
) -> None:
    run = runs["sample"]
    stack.aws.fetch(stack.aws.plan(run.plan), tmp_path / "run")
    assert {file.name for file in (tmp_path / "latest").iterdir()} == {
        "plan.json",
        "metrics.json",
        "predictions.csv",
        "model.tar.gz",
        "report.html",
    }
    predictions = pd.read_csv(tmp_path / "latest" / "predictions.csv")
    assert list(predictions.columns) == ["label", "score"]
    table = pd.read_csv(SAMPLE)
    order = np.random.RandomState(1729).choice(len(table), size=len(table), replace=False)
    test = order[int(0.7 * len(table)) :]
    assert predictions["label"].tolist() == table["y_yes"].to_numpy()[test].tolist()

    metrics = run.xcom("evaluate_model")
    said = predictions["score"] >= 0.5
    was = predictions["label"] == 1
    assert metrics["confusion_matrix"] == {
        "tn": (~said & ~was).sum(),
        "fp": (said & ~was).sum(),
        "fn": (~said & was).sum(),
        "tp": (said & was).sum(),
    }
    assert metrics["accuracy"] == pytest.approx((said == was).mean())
    # The Mann-Whitney statistic from mean ranks.
    ranks = predictions["score"].rank()
    yes, no = was.sum(), (~was).sum()
    assert metrics["roc_auc"] == pytest.approx((ranks[was].sum() - yes * (yes + 1) / 2) / (yes * no))


def test_validation_rows_stop_the_training_and_choose_the_threshold(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["validated"]
    assert run.state.state == "success"
    split = run.xcom("split_data")
    assert (split["train_rows"], split["validation_rows"], split["test_rows"]) == (2240, 560, 1200)
    held_out = read_object(stack.aws.s3, run.plan.locations.validation).splitlines()
    (train,) = list_objects(stack.aws.s3, run.plan.locations.train)
    assert len(held_out) == 560
    # Both are of the shuffled rows' first 70 %, in their order: what the other runs train on.
    (whole,) = list_objects(stack.aws.s3, runs["sample"].plan.locations.train)
    assert read_object(stack.aws.s3, train).splitlines() + held_out == (
        read_object(stack.aws.s3, whole).splitlines()
    )
    evaluation = Evaluation.model_validate_json(read_object(stack.aws.s3, run.plan.locations.metrics))
    curve = evaluation.training_curve["validation-logloss"]
    assert len(curve) < 60
    assert len(curve) - 1 - curve.index(min(curve)) == 5
    assert evaluation.validation_rows == 560
    assert evaluation.best_f1.chosen_on == "validation"
    assert evaluation.threshold == evaluation.best_f1.test.threshold != 0.5


def test_the_report_tells_of_the_run_and_of_what_was_torn_down(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    for name, fate in (("sample", "Deleted"), ("kept", "There, kept as asked")):
        run = runs[name]
        report = read_object(stack.aws.s3, run.plan.locations.report).decode()
        raw, metrics = run.xcom("download_data"), run.xcom("evaluate_model")
        for expected in (run.plan.key, raw["sha256"], f"{metrics['roc_auc']:.3f}", fate):
            assert expected in report
    poor = read_object(stack.aws.s3, runs["poor"].plan.locations.report).decode()
    assert "it has to be at least min_roc_auc = 0.99" in poor


def test_a_run_without_an_evaluation_has_no_report(runs: dict[str, FinishedRun]) -> None:
    assert runs["untrainable"].tasks["write_report"].state == "skipped"


def test_a_model_that_passed_the_gate_is_an_asset_event_with_its_metrics(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    events = {event["source_run_id"]: event["extra"] for event in stack.airflow.asset_events(DAG_ID)}
    good = {run.state.dag_run_id for run in runs.values() if run.tasks["check_quality"].state == "success"}
    assert set(events) == good
    run = runs["sample"]
    extra = events[run.state.dag_run_id]
    assert extra["metrics"] == run.xcom("evaluate_model")
    assert extra["summary"] == run.xcom("check_quality", "summary")
    assert extra["report"] == run.plan.locations.report
    assert read_object(stack.aws.s3, extra["model"])[:2] == b"\x1f\x8b"


def test_of_runs_of_the_same_at_once_one_trains_and_the_others_use_its_model(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    twins = [runs[name] for name in TWINS]
    assert {run.state.state for run in twins} == {"success"}
    assert sorted(run.tasks["train_model"].state or "" for run in twins) == ["skipped", "skipped", "success"]
    (trainer,) = [run for run in twins if run.tasks["train_model"].state == "success"]
    assert {run.xcom("train_model")["Training"]["TrainingJobName"] for run in twins} == {trainer.plan.key}
    metrics = [read_object(stack.aws.s3, run.plan.locations.metrics) for run in twins]
    assert metrics[0] == metrics[1] == metrics[2]
    assert list_objects(stack.aws.s3, f"{trainer.plan.locations.claims}/") == []


def test_a_runs_note_says_in_one_line_what_it_was(stack: RunningStack, runs: dict[str, FinishedRun]) -> None:
    def note(name: str) -> str:
        found: str = stack.airflow.get(f"{DAG_ID}/dagRuns/{runs[name].state.dag_run_id}")["note"]
        return found

    raw, metrics = runs["sample"].xcom("download_data"), runs["sample"].xcom("evaluate_model")
    file = f"{SAMPLE.name}, sha256 {raw['sha256'][:6]}..."
    assert note("sample") == f"ROC AUC {metrics['roc_auc']:.3f}, passed, {file}"
    assert note("poor") == f"ROC AUC {metrics['roc_auc']:.3f}, failed, {file}"
    assert note("ragged").startswith("not judged, ragged.csv, sha256 ")


def test_tasks_link_to_the_runs_report_and_not_to_a_console_that_is_not_there(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run_id = runs["sample"].state.dag_run_id
    assert stack.airflow.links(DAG_ID, run_id, "evaluate_model") == {
        "Model report": f"{stack.local.airflow_url}/dags/{DAG_ID}/runs/{quote(run_id)}/plugin/model_report"
    }
    assert stack.airflow.links(DAG_ID, run_id, "train_model") == {"SageMaker training job": None}


def test_an_endpoint_that_is_to_be_kept_answers_after_the_run(
    stack: RunningStack, runs: dict[str, FinishedRun], tmp_path: Path
) -> None:
    run = runs["kept"]
    assert run.state.state == "success"
    assert {run.tasks[task].state for task in TEARDOWN} == {"skipped"}
    features = read_object(stack.aws.s3, run.plan.locations.test_features).splitlines()[:3]
    answer = stack.aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=run.plan.key, ContentType="text/csv", Body=b"\n".join(features)
    )
    assert len(answer["Body"].read().split()) == 3
    # As somebody does who pastes what the report offers.
    report = read_object(stack.aws.s3, run.plan.locations.report).decode()
    python, shell, _ = (html.unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", report, re.DOTALL))
    profile = {"AWS_SHARED_CREDENTIALS_FILE": str(stack.local.aws_credentials), "AWS_PROFILE": PROFILE}
    said = subprocess.run(
        [sys.executable, "-c", python],
        env=os.environ | profile,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 0 < float(said) < 1
    first = pd.read_csv(io.BytesIO(read_object(stack.aws.s3, run.plan.locations.predictions)))["score"][0]
    assert float(said) == pytest.approx(first, abs=1e-6)
    assert features[0].decode() in shell
    if AWS_CLI.is_dir():
        write_aws_program(tmp_path)
        path = {"PATH": os.pathsep.join((str(tmp_path), os.environ["PATH"]))}
        asked = ["/bin/sh", "-euc", shell]
        subprocess.run(asked, cwd=tmp_path, env=os.environ | profile | path, check=True)
        assert float((tmp_path / "score.csv").read_text()) == pytest.approx(first, abs=1e-6)


def test_why_a_task_was_skipped_is_the_last_line_of_its_log(runs: dict[str, FinishedRun]) -> None:
    def last_line(run: FinishedRun, task: str) -> str:
        # Airflow ends a group, whether one has begun or not.
        return [line for line in run.log(task).splitlines() if line != "::endgroup::"][-1]

    run = runs["kept"]
    for task in TEARDOWN:
        last = last_line(run, task)
        assert last.startswith("Skipped: keep_endpoint is set for this run, so its ")
        assert last.endswith(f"The DAG delete_kept_endpoint takes it away: {run.plan.key}")
    assert last_line(runs["sample"], "delete_data").startswith("Skipped: delete_data is not set")


def test_the_data_of_a_run_goes_with_its_bucket_where_that_was_asked(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["deleted"]
    assert run.state.state == "success"
    assert run.tasks["delete_data"].state == "success"
    buckets = [bucket["Name"] for bucket in stack.aws.s3.list_buckets()["Buckets"]]
    assert "bucket-of-one-run" not in buckets
    assert "and the bucket" in run.log("delete_data")


def test_no_version_of_the_data_is_left_where_the_bucket_keeps_versions(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["versioned"]
    assert run.state.state == "success"
    deleted = run.xcom("delete_data")
    assert run.xcom("download_data")["uri"] in deleted["objects"]
    assert run.plan.locations.report in deleted["objects"]
    assert deleted["versions"] >= len(deleted["objects"]) > 9
    assert stack.aws.s3.list_object_versions(Bucket="bucket-with-versions").get("Versions", []) == []
    # It was there before the run.
    stays = "s3://bucket-with-versions stays: its tags do not say that this run made it"
    assert (deleted["bucket_is_deleted"], deleted["stays"]) == (False, [stays])
    assert stays in run.log("delete_data")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("strangers", "OwnerError: Found: The bucket bucket-of-a-stranger is another account's"),
        ("far", "BucketError: Found: The bucket bucket-in-ireland is in eu-west-1"),
    ],
)
def test_a_bucket_that_cannot_be_the_runs_is_refused_before_anything_is_written_or_bought(
    name: str, error: str, stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs[name]
    assert run.state.state == "failed"
    assert (run.tasks["create_bucket"].state, run.tasks["create_bucket"].try_number) == ("failed", 1)
    assert error in run.log("create_bucket")
    assert {task.state for task in run.tasks.values()} == {"success", "failed", "upstream_failed"}
    assert list_objects(stack.aws.s3, f"s3://{run.plan.bucket}/") == []
    assert listed(stack.aws.client("sagemaker"), "list_training_jobs", NameContains=run.plan.key) == []


def test_the_bucket_of_another_account_is_used_where_the_param_names_that(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["partners"]
    assert run.state.state == "success"
    theirs = list_objects(strangers_s3(stack.aws.client("sts")), "s3://bucket-of-a-partner/")
    assert run.plan.locations.report in theirs


def test_a_model_below_the_gate_fails_the_run_and_leaves_nothing(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs["poor"]
    assert run.state.state == "failed"
    assert run.tasks["check_quality"].state == "failed"
    assert "it has to be at least min_roc_auc = 0.99" in run.log("check_quality")
    assert_nothing_bills(stack, run)


@pytest.mark.parametrize(
    ("name", "task", "error"),
    [
        ("unknown", "plan_run", "ParamError: Found: 'treshold' is unknown, did you mean 'threshold'?"),
        ("roundless", "plan_run", "ParamError: Found: hyperparameters: 'num_round' is missing"),
        ("unusable", "plan_run", "ParamError: Found: hyperparameters: eta = '2' (has to be in [0, 1])"),
        (
            "html",
            "download_data",
            "page.csv is an HTML page\nExpected: a source is CSV, Parquet or JSON Lines",
        ),
        ("private", "download_data", "SourceError: Found: https://127.0.0.1:9/bank.csv is at 127.0.0.1"),
        (
            "untrainable",
            "split_data",
            "ParamError: Found: hyperparameters: monotone_constraints has 500 values",
        ),
        (
            "ragged",
            "split_data",
            "Found: ragged.csv: row 3 has 2 cells: '42,1'\nExpected: every row has 3, as the header",
        ),
    ],
)
def test_bad_input_fails_without_a_retry_and_before_a_training_job_exists(
    name: str, task: str, error: str, stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    run = runs[name]
    assert run.state.state == "failed"
    assert (run.tasks[task].state, run.tasks[task].try_number) == ("failed", 1)
    assert error in run.log(task)
    # In the open, below what Airflow says itself.
    told = run.xcom(task, "failure")
    *_, end, found, expected, to_do, _ = run.log(task).splitlines()
    assert [end, found, expected, to_do] == ["::endgroup::", *told.splitlines()]
    key = run_key(DEPLOYMENT_ID, run.dag_id, run.state.dag_run_id)
    assert listed(stack.aws.client("sagemaker"), "list_training_jobs", NameContains=key) == []
    if task == "plan_run":  # nothing was made, so there is nothing to tear down
        assert run.tasks["verify_teardown"].state == "success"
        others = {other.state for name, other in run.tasks.items() if name != "verify_teardown"}
        assert others == {"failed", "upstream_failed"}
    else:
        assert_nothing_bills(stack, run)


def test_no_line_of_a_tasks_log_is_too_long_to_read_and_none_is_of_what_is_deprecated_here(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    of_runs = {run.state.dag_run_id for run in runs.values()}
    events = [
        json.loads(line)["event"]
        for file in stack.logs.rglob("*.log")
        if file.parts[-3].partition("=")[2] in of_runs
        for line in file.read_text().splitlines()
    ]
    assert len(events) > 1000
    assert max(len(line) for event in events for line in event.splitlines()) < 1000
    assert [event for event in events if "eprecated" in event and "xgboost" not in event] == []


def test_no_task_returns_a_document_that_fills_a_page(runs: dict[str, FinishedRun]) -> None:
    """The plan, the request and the answer of a training job are on S3 and SageMaker."""
    lengths = {
        (name, task_id): len(json.dumps(run.returned(task_id)))
        for name, run in runs.items()
        if name in {"sample", "kept", "poor", *TWINS}
        for task_id, task in run.tasks.items()
        if task.state == "success"
    }
    assert ("sample", "plan_run") in lengths
    assert {place: length for place, length in lengths.items() if length > 3000} == {}


def test_no_secret_is_in_a_tasks_log(stack: RunningStack, runs: dict[str, FinishedRun]) -> None:
    ran = {
        (run.state.dag_run_id, task.task_id)
        for run in runs.values()
        for task in run.tasks.values()
        if task.try_number
    }
    logs = [file for file in stack.logs.rglob("*.log") if "task_id=" in str(file)]
    found = {tuple(part.partition("=")[2] for part in file.parts[-3:-1]) for file in logs}
    assert ran <= found
    for file in logs:
        text = file.read_text()
        for secret in (*stack.passwords, "PASSWORD", "SIGNATURE"):
            assert secret not in text, file


def test_the_janitor_removes_what_a_finished_run_left_and_keeps_what_was_to_be_kept(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    sagemaker = stack.aws.client("sagemaker")
    left = stack.aws.plan(runs["sample"].plan)
    sagemaker.create_endpoint_config(
        **left.deployment["EndpointConfig"]
        | {
            "ProductionVariants": [
                {
                    **left.deployment["EndpointConfig"]["ProductionVariants"][0],
                    "ModelName": runs["kept"].plan.key,
                }
            ]
        }
    )
    assert stack.run({"action": "list only"}, "sagemaker_janitor").xcom("sweep_leftovers") == [
        (
            f"endpoint configuration {left.key} (0.00 USD a day) of bank_marketing {left.identity.run_id}: "
            "its run is over"
        )
    ]
    # No Param switches the dry run off that the administrator has not switched off.
    refused = stack.run({"action": "delete"}, "sagemaker_janitor")
    assert "an administrator has to allow deletions" in refused.xcom("sweep_leftovers", "failure")
    assert listed(sagemaker, "list_endpoint_configs", NameContains=left.key)
    stack.set_variable("sagemaker_janitor_dry_run", "false")
    said = stack.run({}, "sagemaker_janitor").log("sweep_leftovers")
    assert listed(sagemaker, "list_endpoint_configs", NameContains=left.key) == []
    kept = runs["kept"].plan.key
    assert sagemaker.describe_endpoint(EndpointName=kept)["EndpointStatus"] == "InService"
    assert f"Kept as asked: endpoint {kept} (6.72 USD a day) of bank_marketing manual__" in said
    for line in ("kept as asked: 1, 6.72 USD a day", "removed 1, 0.00 USD a day"):
        assert line in said.splitlines()


def test_an_endpoint_that_was_kept_is_taken_away_by_its_name(
    stack: RunningStack, runs: dict[str, FinishedRun]
) -> None:
    kept, others = runs["kept"].plan.key, runs["sample"].plan.key
    deletion = stack.run({}, "delete_kept_endpoint")
    assert deletion.tasks["delete_kept_endpoint"].state == "skipped"
    assert f"{kept}, InService, of bank_marketing manual__" in deletion.log("delete_kept_endpoint")
    wrong = stack.run({"endpoint": others}, "delete_kept_endpoint")
    assert (wrong.state.state, wrong.tasks["delete_kept_endpoint"].try_number) == ("failed", 1)
    assert f"were asked to keep: {kept}" in wrong.xcom("delete_kept_endpoint", "failure")
    assert stack.run({"endpoint": kept}, "delete_kept_endpoint").state.state == "success"
    sagemaker = stack.aws.client("sagemaker")
    assert listed(sagemaker, "list_endpoints", NameContains=kept) == []
    assert listed(sagemaker, "list_endpoint_configs", NameContains=kept) == []
    assert listed(sagemaker, "list_models", NameContains=kept) == []
