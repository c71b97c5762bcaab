"""The tutorial's own data, end to end: its split, its hyperparameters, its confusion table."""

import hashlib
import io
import tarfile
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from local_aws.algorithms.xgboost.library import xgboost
from tests.aws.endpoints import delete, deploy, invoke
from tests.aws.sagemaker_requests import channel, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished
from tests.tutorial_data import HYPERPARAMETERS, needs_bank_clean, tutorial_split


@needs_bank_clean
@pytest.mark.slow
def test_the_tutorials_confusion_table(sagemaker: Any, runtime: Any, s3: Any) -> None:
    csv, features, labels = tutorial_split()
    assert hashlib.sha256(csv).hexdigest() == (
        # pragma: allowlist nextline secret - a checksum
        "5427fd796e30e8288781240b37937807edae67fea9a1bb63d0a43d5246045893"
    )
    s3.put_object(Bucket=BUCKET, Key="bank/train.csv", Body=csv)
    request = training_request(
        "bank", HyperParameters=HYPERPARAMETERS, InputDataConfig=[channel(uri=f"s3://{BUCKET}/bank/")]
    )
    sagemaker.create_training_job(**request)
    artifacts = finished(sagemaker, "bank")["ModelArtifacts"]["S3ModelArtifacts"]
    deploy(sagemaker, "bank", artifacts)
    served = b"".join(
        invoke(
            runtime, "bank", features.iloc[start : start + 5000].to_csv(header=False, index=False).encode()
        )["Body"]
        for start in range(0, len(features), 5000)
    )
    delete(sagemaker, "bank")

    scores = np.array(served.split(), dtype=float)
    assert confusion_matrix(labels, scores > 0.5).ravel().tolist() == [10789, 147, 1138, 283]
    assert roc_auc_score(labels, scores) == pytest.approx(0.77681, abs=5e-6)

    archive = s3.get_object(Bucket=BUCKET, Key=artifacts.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        file = packed.extractfile("xgboost-model")
        assert file is not None
        booster = xgboost.Booster(model_file=bytearray(file.read()))
    own = booster.predict(xgboost.DMatrix(features.to_numpy(dtype=float)))
    np.testing.assert_array_equal(scores.astype(np.float32), own)
