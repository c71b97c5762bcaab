"""Training through the real server: the model is the one that the same call of xgboost makes."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from include.local_aws.algorithms.xgboost.library import xgboost
from tests.local_aws.conftest import BUCKET, channel, finished, training_request

pytestmark = [
    # Warnings of the wheel itself, which the container gives too.
    pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated:UserWarning"),
    pytest.mark.usefixtures("s3"),
]


def model_of(s3: Any, job: dict[str, Any]) -> bytes:
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    archive = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
        assert packed.getnames() == ["xgboost-model"]
        file = packed.extractfile("xgboost-model")
        assert file is not None
        return file.read()


def run(sagemaker: Any, name: str, hyperparameters: dict[str, str], *channels: Any) -> dict[str, Any]:
    request = training_request(name, HyperParameters=hyperparameters, InputDataConfig=list(channels))
    sagemaker.create_training_job(**request)
    return finished(sagemaker, name)


def test_the_model_is_byte_for_byte_that_of_a_bare_call(sagemaker: Any, s3: Any, tmp_path: Path) -> None:
    job = run(
        sagemaker,
        "bytes",
        {
            "num_round": "20",
            "objective": "binary:logistic",
            "eta": "0.3",
            "subsample": "0.8",
            "max_depth": "4",
        },
        channel(),
    )
    s3.download_file(BUCKET, "train/train.csv", str(tmp_path / "train.csv"))
    matrix = xgboost.DMatrix(f"{tmp_path}?format=csv&label_column=0&delimiter=,")
    parameters = {"objective": "binary:logistic", "eta": 0.3, "subsample": 0.8, "max_depth": 4}
    booster = xgboost.train(parameters, matrix, num_boost_round=20)
    assert model_of(s3, job) == bytes(booster.save_raw("ubj"))


def test_early_stopping_keeps_the_best_round(sagemaker: Any, s3: Any, tmp_path: Path) -> None:
    flipped = b"0,1,0,0\n1,-1,0,0\n"
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=flipped)
    hyperparameters = {"num_round": "50", "objective": "binary:logistic", "early_stopping_rounds": "3"}
    validation = channel("validation", f"s3://{BUCKET}/validation/")
    job = run(sagemaker, "early", hyperparameters, channel(), validation)
    path = tmp_path / "model.ubj"
    path.write_bytes(model_of(s3, job))
    # Every round makes flipped labels worse: the first is the best.
    assert xgboost.Booster(model_file=path).num_boosted_rounds() == 1


def test_libsvm_and_updaters(sagemaker: Any, s3: Any, tmp_path: Path) -> None:
    lines = b"".join(b"%d 0:%d 1:1\n" % (number % 2, number % 2) for number in range(40))
    s3.put_object(Bucket=BUCKET, Key="libsvm/data", Body=lines)
    libsvm = channel(uri=f"s3://{BUCKET}/libsvm/", ContentType="libsvm")
    hyperparameters = {"num_round": "2", "objective": "binary:logistic", "updater": "grow_colmaker,prune"}
    job = run(sagemaker, "libsvm", hyperparameters, libsvm)
    path = tmp_path / "model.ubj"
    path.write_bytes(model_of(s3, job))
    assert xgboost.Booster(model_file=path).num_features() == 2


def test_what_xgboost_itself_refuses_is_the_failure_reason(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="labels/data.csv", Body=b"2,1,2\n-1,3,4\n")
    job = run(
        sagemaker,
        "labels",
        {"num_round": "2", "objective": "binary:logistic"},
        channel(uri=f"s3://{BUCKET}/labels/"),
    )
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: XGB train call failed with exception:")
    assert "label must be in (0, 1) for logistic regression" in job["FailureReason"]
