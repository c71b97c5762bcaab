"""Training through the real server: the model is the one that the same call of xgboost makes."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from local_aws.algorithms.xgboost.library import xgboost
from tests.aws.sagemaker_requests import channel, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished

pytestmark = [
    # Warnings of the wheel itself, which the container gives too.
    pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated:UserWarning"),
    pytest.mark.usefixtures("s3"),
]


def model_of(s3: Any, job: dict[str, Any]) -> bytes:
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    archive = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    files = unpacked(archive)
    assert list(files) == ["xgboost-model"]
    return files["xgboost-model"]


def unpacked(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
        files = {name: packed.extractfile(name) for name in packed.getnames()}
        return {name: file.read() for name, file in files.items() if file is not None}


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


@pytest.fixture(scope="module")
def validation(s3: Any) -> dict[str, Any]:
    """A channel on which every further round makes a good model worse: its labels are flipped."""
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=b"0,1,0,0\n1,-1,0,0\n")
    return channel("validation", f"s3://{BUCKET}/validation/")


@pytest.mark.parametrize(
    ("metrics", "rounds"),
    [
        ({"eval_metric": "error,logloss"}, 1),
        ({"eval_metric": "accuracy"}, 1),
        ({"_tuning_objective_metric": "validation:logloss"}, 1),
        # The container needs to be told the metric.
        ({}, 20),
    ],
)
def test_early_stopping_keeps_the_best_round(
    sagemaker: Any, s3: Any, validation: Any, metrics: dict[str, str], rounds: int
) -> None:
    hyperparameters = {"num_round": "20", "objective": "binary:logistic", "early_stopping_rounds": "3"}
    name = f"early-{'-'.join(metrics.values()) or 'none'}".replace(",", "-").replace(":", "-")
    job = run(sagemaker, name, {**hyperparameters, **metrics}, channel(), validation)
    booster = xgboost.Booster(model_file=bytearray(model_of(s3, job)))
    assert booster.num_boosted_rounds() == rounds


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


def test_checkpoints_are_kept_and_resumed_from(sagemaker: Any, s3: Any) -> None:
    def train(name: str, rounds: int, **members: Any) -> bytes:
        hyperparameters = {"num_round": str(rounds), "objective": "binary:logistic"}
        sagemaker.create_training_job(**training_request(name, HyperParameters=hyperparameters, **members))
        return model_of(s3, finished(sagemaker, name))

    config = {"CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints"}}
    train("half", 7, **config)
    kept = s3.list_objects_v2(Bucket=BUCKET, Prefix="checkpoints/")["Contents"]
    assert [entry["Key"] for entry in kept] == [
        f"checkpoints/xgboost-checkpoint.{number}" for number in range(2, 7)
    ]
    resumed, straight = train("resumed", 10, **config), train("straight", 10)
    assert resumed == straight


def test_ranking_by_group(sagemaker: Any, s3: Any, rows: Any) -> None:
    lines = "".join(
        f"{int(row[0])} qid:{number // 20} 0:{row[1]} 1:{row[2]}\n"
        for number, row in enumerate(rows.tolist())
    )
    s3.put_object(Bucket=BUCKET, Key="ranking/data", Body=lines.encode())
    hyperparameters = {"num_round": "4", "objective": "rank:ndcg", "eval_metric": "ndcg@5,map"}
    libsvm = channel(uri=f"s3://{BUCKET}/ranking/", ContentType="text/libsvm")
    job = run(sagemaker, "ranking", hyperparameters, libsvm)
    matrix = xgboost.DMatrix(rows[:, 1:3], rows[:, 0], qid=[number // 20 for number in range(200)])
    parameters = {"objective": "rank:ndcg", "eval_metric": ["ndcg@5", "map"]}
    expected = xgboost.train(parameters, matrix, 4).predict(matrix)
    booster = xgboost.Booster(model_file=bytearray(model_of(s3, job)))
    assert booster.predict(matrix).tolist() == expected.tolist()


def test_a_metric_for_two_classes_refuses_three(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="three/data.csv", Body=b"0,1,2\n1,3,4\n2,5,6\n")
    hyperparameters = {
        "num_round": "1",
        "objective": "multi:softprob",
        "num_class": "3",
        "eval_metric": "f1_binary",
    }
    job = run(sagemaker, "three", hyperparameters, channel(uri=f"s3://{BUCKET}/three/"))
    assert job["FailureReason"].startswith("AlgorithmError: Target is multiclass but average='binary'.")
