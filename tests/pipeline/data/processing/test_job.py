"""The split in a container: files in, files out, byte for byte what the worker writes."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from include.pipeline.aws.object_store import read_object, split_uri, write_object
from include.pipeline.data.processing import start
from include.pipeline.data.processing.job import run
from include.pipeline.data.processing.outcome import Outcome, message_of, packages, refusal_in
from include.pipeline.data.processing.result import failure_of, split_of
from include.pipeline.data.processing.sending import send
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.table.split_job import PROCESSING, PROFILES, RUN, SplitJob
from include.pipeline.errors import DataError, DriftError, ObjectError, PipelineError, ProcessingError
from tests.module_imports import imports
from tests.pipeline.accepted_runs import accepted
from tests.pipeline.data.encoding.churn import churn, written
from tests.pipeline.several_algorithms import plan_of_three
from tests.pipeline.split_jobs import BY_JOB, CONTENT, objects_of_split, plan_of_job
from tests.project import PROJECT

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def kept_raw(s3: "S3Client", plan: RunPlan, content: bytes = CONTENT) -> RawData:
    sha256 = hashlib.sha256(content).hexdigest()
    raw = RawData(
        uri=f"{plan.locations.raw}/{sha256}/churn.csv",
        url="https://data.example.com/churn.csv",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        sha256=sha256,
        bytes=len(content),
        etag=None,
        last_modified=None,
    )
    write_object(s3, raw.uri, content, "text/csv")
    return raw


class Container:
    """A folder that stands for /opt/ml, in which a job finds what was sent."""

    def __init__(self, s3: "S3Client", opt_ml: Path, sent: dict[str, Any]) -> None:
        self.opt_ml = opt_ml
        (opt_ml / "output").mkdir()
        for each in sent["ProcessingInputs"]:
            source = each["S3Input"]
            folder = self.at(source["LocalPath"])
            folder.mkdir(parents=True)
            (folder / source["S3Uri"].rpartition("/")[2]).write_bytes(read_object(s3, source["S3Uri"]))
        archive, self.code_sha256, order, self.order_sha256 = sent["ContainerArguments"]
        self.archive, self.order = self.at(archive), self.at(order)

    def at(self, path: str) -> Path:
        return self.opt_ml / path.removeprefix("/opt/ml/")

    def message(self) -> str:
        return (self.opt_ml / "output" / "message").read_text()

    def written(self, plan: RunPlan) -> dict[str, bytes]:
        """All that SageMaker copies to S3, by its place there."""
        return {
            f"{split_uri(uri)[1]}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for folder, uri in (
                (self.at(f"{PROCESSING}/{RUN}"), plan.locations.run),
                (self.at(f"{PROCESSING}/{PROFILES}"), plan.locations.profiles),
            )
            for path in folder.rglob("*")
            if path.is_file()
        }


def container(s3: "S3Client", tmp_path: Path, plan: RunPlan, raw: RawData) -> Container:
    return Container(s3, tmp_path, send(s3, plan, raw, max_bytes=10**6))


def split_in(made: Container, plan: RunPlan) -> tuple[Split, dict[str, bytes]]:
    """Run the job, and give its answer and what it wrote beside."""
    assert run(made.order, made.order_sha256) == 0
    files = made.written(plan)
    content = files.pop(f"{split_uri(plan.locations.processing)[1]}/split.json")
    outcome = Outcome.read(made.message().encode(), "message")
    assert outcome.split_sha256 == hashlib.sha256(content).hexdigest()
    assert outcome.packages == packages()
    return Split.read(content, "split.json"), files


@pytest.mark.long
@pytest.mark.parametrize(
    "table",
    [
        {},
        {"split": "hash", "key": "customer"},
        {"split": "stratified"},
        {"split": "time", "time": "born"},
        {"show_values": False, "groups": {}},
    ],
    ids=["shuffled", "by-hash", "stratified", "by-time", "hidden"],
)
def test_a_job_writes_what_the_worker_writes_to_the_last_byte(
    s3: "S3Client", tmp_path: Path, table: dict[str, Any]
) -> None:
    config = BY_JOB.model_copy(update={"table": BY_JOB.table.model_copy(update=table)})
    plan = plan_of_job(config, bucket="bucket")
    raw = kept_raw(s3, plan)
    split, files = split_in(container(s3, tmp_path, plan, raw), plan)
    assert split == split_to_s3(s3, raw, plan)
    assert files == objects_of_split(s3, plan)
    names = {name.rpartition("/")[2] for name in files}
    assert names - {"groups.csv"} == {
        *("train.csv", "validation.csv", "features.csv", "labels.csv", "identifiers.csv"),
        *("encoding.json", f"{raw.sha256}.json"),
    }
    assert ("groups.csv" in names) is bool(config.table.groups)


@pytest.mark.long
def test_so_it_does_for_several_algorithms_and_instances(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_three(bucket="bucket", training_instance_count=2)
    table = BY_JOB.table.model_copy(update={"leaks": ()})
    plan = plan.model_copy(update={"table": table, "processing": plan_of_job().processing})
    raw = kept_raw(s3, plan)
    split, files = split_in(container(s3, tmp_path, plan, raw), plan)
    assert split == split_to_s3(s3, raw, plan)
    assert set(split.contenders) == {"xgboost", "linear-learner", "knn"}
    assert files == objects_of_split(s3, plan)
    assert any(name.endswith("train-2-of-2.csv") for name in files)


def plan_after_another(s3: "S3Client") -> RunPlan:
    """Plan a run after one whose model was accepted."""
    before = plan_of_job(bucket="bucket", run_id="manual__before", day=20)
    split_to_s3(s3, kept_raw(s3, before), before)
    accepted(s3, before, data=hashlib.sha256(CONTENT).hexdigest())
    return plan_of_job(bucket="bucket", run_id="manual__after")


@pytest.mark.long
def test_the_version_before_is_compared_with_though_the_job_has_no_network(
    s3: "S3Client", tmp_path: Path
) -> None:
    plan = plan_after_another(s3)
    raw = kept_raw(s3, plan, written(churn(rows=800, seed=6)))
    split, _ = split_in(container(s3, tmp_path, plan, raw), plan)
    assert split.drift
    assert split == split_to_s3(s3, raw, plan)


def test_a_table_that_is_not_like_the_version_before_is_refused_in_the_workers_words(
    s3: "S3Client", tmp_path: Path
) -> None:
    plan = plan_after_another(s3)
    raw = kept_raw(s3, plan, written(churn(rows=600, seed=5).assign(income="7")))
    made = container(s3, tmp_path, plan, raw)
    assert run(made.order, made.order_sha256) == 1
    with pytest.raises(DriftError) as refused:
        split_to_s3(s3, raw, plan)
    assert_is(refusal_in(made.message()), refused.value)
    assert made.written(plan).keys() == {f"{split_uri(plan.locations.profiles)[1]}/{raw.sha256}.json"}


def assert_is(found: PipelineError | None, expected: PipelineError) -> None:
    assert (type(found), str(found)) == (type(expected), str(expected))


def test_a_broken_table_is_refused_in_the_workers_words(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    raw = kept_raw(s3, plan, CONTENT.replace(b"churned", b"bought"))
    made = container(s3, tmp_path, plan, raw)
    assert run(made.order, made.order_sha256) == 1
    with pytest.raises(DataError, match="churned") as refused:
        split_to_s3(s3, raw, plan)
    assert_is(failure_of(failed(made.message()), "aws"), refused.value)


def failed(message: str | None) -> dict[str, Any]:
    """How SageMaker describes a job whose command ended so."""
    return {
        "ProcessingJobName": "run-2",
        "ProcessingJobStatus": "Failed",
        "FailureReason": "AlgorithmError: exit code 137",
        "ExitMessage": message,
    }


def test_a_file_that_is_not_what_was_downloaded_is_refused(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    raw = kept_raw(s3, plan)
    write_object(s3, raw.uri, CONTENT + b"\n", "text/csv")
    made = container(s3, tmp_path, plan, raw)
    assert run(made.order, made.order_sha256) == 1
    assert isinstance(refusal_in(made.message()), ObjectError)


def test_an_order_that_is_not_what_was_sent_is_refused(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    made = container(s3, tmp_path, plan, kept_raw(s3, plan))
    made.order.write_bytes(made.order.read_bytes() + b" ")
    assert run(made.order, made.order_sha256) == 1
    assert "what was sent" in str(refusal_in(made.message()))
    assert made.written(plan) == {}


def test_code_and_order_lie_in_the_runs_folder_under_their_hashes(s3: "S3Client") -> None:
    plan = plan_of_job(bucket="bucket")
    raw = kept_raw(s3, plan)
    first, second = (send(s3, plan, raw, max_bytes=10**6) for _ in range(2))
    assert first == second
    data, *others = (each["S3Input"]["S3Uri"] for each in first["ProcessingInputs"])
    assert data == raw.uri
    hashes = first["ContainerArguments"][1::2]
    assert others == [
        f"{plan.locations.processing}/{sha256}.{kind}"
        for sha256, kind in zip(hashes, ("zip", "json"), strict=True)
    ]
    assert [hashlib.sha256(read_object(s3, uri)).hexdigest() for uri in others] == hashes


def started(
    made: Container, plan: RunPlan, *, code_sha256: str, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the job's own command, in a process that knows nothing of the project."""
    request = plan.processing or {}
    _, *command = request["AppSpecification"]["ContainerEntrypoint"]
    arguments = (str(made.archive), code_sha256, str(made.order), made.order_sha256)
    return subprocess.run(
        [sys.executable, *options, *command, *arguments],
        cwd=made.opt_ml,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_image_without_the_packages_is_refused_by_their_names(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    made = container(s3, tmp_path, plan, kept_raw(s3, plan))
    # Without the packages of the environment.
    ended = started(made, plan, code_sha256=made.code_sha256, options=("-I", "-S"))
    assert ended.returncode == 1, ended.stderr
    with pytest.raises(ProcessingError, match="the image of the job has no botocore, httpcore, httpx, numpy"):
        raise failure_of(failed(made.message()), "aws")


def test_code_that_is_not_what_was_sent_does_not_run(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    made = container(s3, tmp_path, plan, kept_raw(s3, plan))
    ended = started(made, plan, code_sha256="0" * 64)
    assert (ended.returncode, ended.stderr.strip()) == (1, "The code is not what was sent")


@pytest.mark.slow
def test_the_archive_alone_splits_the_table(s3: "S3Client", tmp_path: Path) -> None:
    plan = plan_of_job(bucket="bucket")
    raw = kept_raw(s3, plan)
    made = container(s3, tmp_path, plan, raw)
    ended = started(made, plan, code_sha256=made.code_sha256, options=("-I",))
    assert ended.returncode == 0, ended.stderr
    assert Outcome.read(made.message().encode(), "message").packages == packages()
    split_to_s3(s3, raw, plan)
    assert made.written(plan).items() >= objects_of_split(s3, plan).items()


def test_what_an_image_is_asked_for_is_what_the_split_imports() -> None:
    seen: set[str] = set()
    others: set[str] = set()
    waiting = {"include.pipeline.data.processing.job"}
    while waiting:
        module = waiting.pop()
        seen.add(module)
        path = PROJECT.joinpath(*module.split("."))
        file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
        if not file.is_file():
            continue
        for name in imports(file):
            if name.startswith("include."):
                waiting |= {name} - seen
            else:
                others.add(name.partition(".")[0])
    third = {name for name in others - set(sys.stdlib_module_names) if not name.startswith("mypy_boto3")}
    # pydantic brings pydantic_core; SageMaker's registries and the model's file are no part of the split.
    assert third - {"pydantic_core", "include", "xgboost", "more_itertools"} == set(start.PACKAGES)


def test_an_image_of_other_versions_is_told(
    s3: "S3Client", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = plan_of_job(bucket="bucket")
    made = container(s3, tmp_path, plan, kept_raw(s3, plan))
    split, _ = split_in(made, plan)
    content = split.model_dump_json().encode()
    write_object(s3, f"{plan.locations.processing}/split.json", content, "application/json")
    theirs = packages() | {"numpy": "0.0.1"}
    outcome = Outcome(split_sha256=hashlib.sha256(content).hexdigest(), packages=theirs)
    cluster = {"ClusterConfig": {"InstanceType": "ml.m5.xlarge"}}
    job = failed(outcome.model_dump_json()) | {"ProcessingResources": cluster}
    taken = split_of(s3, plan, job)
    assert taken.job == SplitJob(name="run-2", instance_type="ml.m5.xlarge", seconds=0, packages=theirs)
    (warning,) = (record.message for record in caplog.records if "other versions" in record.message)
    assert warning.endswith(f"numpy 0.0.1, here {packages()['numpy']}")


@pytest.mark.parametrize("length", [10, 2000])
def test_a_refusal_fits_into_what_sagemaker_hands_on(length: int) -> None:
    error = DataError("ü" * length, "each row has a key", "Fill in the cell")
    content = message_of(error)
    assert len(content) <= 1024
    told = json.loads(content)
    assert error.found.startswith(told["found"].rstrip("…"))
    assert (told["rule"], told["mend"]) == (error.rule, error.mend)
    refusal = refusal_in(content.decode())
    assert isinstance(refusal, DataError)
    assert refusal.mend == error.mend


@pytest.mark.parametrize("message", [None, "", "Killed", "[]", '{"error": "KeyError"}'])
def test_a_job_that_told_nothing_failed_for_sagemakers_reason(message: str | None) -> None:
    with pytest.raises(ProcessingError, match="ended as Failed: AlgorithmError: exit code 137") as told:
        raise failure_of(failed(message), "aws")
    assert "/aws/sagemaker/ProcessingJobs, stream run-2/" in told.value.mend
