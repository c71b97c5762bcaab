"""The tutorial as one script, from no bucket to figures and nothing left: its steps with boto3 alone.

SageMaker's SDK, with which it is written, takes four seconds to import.
"""

import argparse
import json
import uuid
from typing import Any

import boto3
import pandas as pd

from bench.tutorial import poll
from tests.aws.sagemaker_requests import channel, deployment_requests, training_request
from tests.tutorial_data import HYPERPARAMETERS, tutorial_split


def run_tutorial(url: str) -> dict[str, int]:
    """Split the table, train, deploy, ask for the test rows, count them, and delete all that was made.

    Args:
        url: Of a local AWS. Credentials and region are the environment's.

    Returns:
        How many rows of each label got which answer, as `01` of a label 0 and the answer 1.
    """
    session: Any = boto3.Session()
    s3, sagemaker, runtime = (
        session.client(service, endpoint_url=url) for service in ("s3", "sagemaker", "sagemaker-runtime")
    )
    name = f"tutorial-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    train_csv, features, labels = tutorial_split()
    s3.put_object(Bucket=name, Key="train/train.csv", Body=train_csv)
    output = {"S3OutputPath": f"s3://{name}/output"}
    channels = [channel(uri=f"s3://{name}/train/")]
    sagemaker.create_training_job(
        **training_request(
            name, HyperParameters=HYPERPARAMETERS, InputDataConfig=channels, OutputDataConfig=output
        )
    )
    poll(lambda: sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"], {"InProgress"})
    trained = sagemaker.describe_training_job(TrainingJobName=name)
    requests = deployment_requests(name, trained["ModelArtifacts"]["S3ModelArtifacts"])
    sagemaker.create_model(**requests["Model"])
    sagemaker.create_endpoint_config(**requests["EndpointConfig"])
    sagemaker.create_endpoint(**requests["Endpoint"])
    poll(lambda: sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"], {"Creating"})
    rows = features.to_csv(header=False, index=False).encode()
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=rows)
    scores = pd.Series([float(score) for score in answer["Body"].read().split()], index=labels.index)
    counts: Any = pd.crosstab(labels, scores.round())
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)
    bucket = session.resource("s3", endpoint_url=url).Bucket(name)
    bucket.objects.delete()
    bucket.delete()
    return {f"{label}{score:g}": int(counts.loc[label, score]) for label in (0, 1) for score in (0, 1)}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", metavar="S3")
    print(json.dumps(run_tutorial(parser.parse_args().url)))


if __name__ == "__main__":
    main()
