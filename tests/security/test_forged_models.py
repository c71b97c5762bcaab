"""Whoever may write to the bucket has no run take over a model that its run's job did not make."""

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from include.pipeline.aws.object_store import list_objects, read_object, write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.history.provenance import is_made_by_its_run
from include.pipeline.history.reuse import reuse_model
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from tests.pipeline.accepted_runs import DATA, accepted, archive_of, day, plan_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

MADE = plan_of("scheduled__1", of=day(1))
NEXT = plan_of("scheduled__2", of=day(2))
THEIRS = "s3://bucket/bank_marketing/runs/theirs/model/attackers-training-job/output/model.tar.gz"


def forge(s3: "S3Client", **training: Any) -> None:
    (uri,) = list_objects(s3, f"{MADE.locations.models}/")
    entry = json.loads(read_object(s3, uri))
    entry["training"] |= training
    write_object(s3, uri, json.dumps(entry).encode(), "application/json")


def test_an_honest_model_is_used_again(s3: "S3Client") -> None:
    accepted(s3, MADE)
    assert reuse_model(s3, NEXT, DATA)


@pytest.mark.parametrize("hashed", [True, False], ids=["with its hash", "of an earlier version"])
def test_a_replaced_archive_is_passed_over(hashed: bool, s3: "S3Client") -> None:
    manifest = accepted(s3, MADE)
    if not hashed:
        forge(s3, archive_sha256=None)
    write_object(s3, manifest.training.model_uri, archive_of(b"evil model"), "application/x-tar")
    assert reuse_model(s3, NEXT, DATA) is None


@pytest.mark.parametrize(
    "training",
    [
        {"name": "attackers-training-job", "model_uri": THEIRS},
        {"model_uri": THEIRS},
        {"model_uri": "s3://attackers-bucket/model.tar.gz"},
    ],
    ids=["another job", "another place", "another bucket"],
)
def test_a_forged_entry_is_passed_over(training: dict[str, str], s3: "S3Client") -> None:
    manifest = accepted(s3, MADE)
    write_object(s3, THEIRS, read_object(s3, manifest.training.model_uri), "application/x-tar")
    forge(s3, **training)
    assert reuse_model(s3, NEXT, DATA) is None


@pytest.mark.parametrize(
    # Each in a region of its own, as SageMaker keeps a job's name for ever.
    ("region", "run_id", "output", "genuine"),
    [
        ("us-east-1", "scheduled__1", MADE.locations.model, True),
        ("us-east-2", "somebody_elses", MADE.locations.model, False),
        ("us-west-2", "scheduled__1", "s3://attackers-bucket/model", False),
    ],
)
def test_sagemaker_is_asked_whose_job_made_it(
    region: str,
    run_id: str,
    output: str,
    genuine: bool,
    s3: "S3Client",
) -> None:
    manifest = accepted(s3, MADE)
    sagemaker = boto3.client("sagemaker", region_name=region)
    assert not is_made_by_its_run(sagemaker, manifest)
    sagemaker.create_training_job(
        TrainingJobName=manifest.training.name,
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::123456789012:role/sagemaker",
        OutputDataConfig={"S3OutputPath": output},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        Tags=RunTags(
            deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id=run_id, expires=None
        ).to_aws(),
    )
    assert is_made_by_its_run(sagemaker, manifest) is genuine
    sagemaker.close()


def test_poisoned_raw_data_of_the_same_size_is_replaced(s3: "S3Client", tmp_path: "Path") -> None:
    source = tmp_path / "bank.csv"
    source.write_bytes(b"age,y_yes\n1,0\n2,1\n")
    policy = SourcePolicy(local_folder=tmp_path)
    raw = fetch(str(source), policy=policy, s3=s3, raw_uri="s3://bucket/raw")
    write_object(s3, raw.uri, b"age,y_yes\n1,1\n2,0\n", "text/csv")
    assert fetch(str(source), policy=policy, s3=s3, raw_uri="s3://bucket/raw") == raw
    assert read_object(s3, raw.uri) == source.read_bytes()
