from datetime import UTC, datetime

import boto3
from botocore.stub import Stubber

from include.pipeline.documents.training.job import CompletedTrainingJob

STARTED, ENDED = datetime(2026, 11, 23, 6, 0, tzinfo=UTC), datetime(2026, 11, 23, 6, 1, tzinfo=UTC)


def test_a_job_is_what_sagemaker_says_of_it() -> None:
    sagemaker = boto3.client(
        "sagemaker", region_name="us-east-1", aws_access_key_id="key-id", aws_secret_access_key="made-up"
    )
    with Stubber(sagemaker) as stubbed:
        stubbed.add_response(
            "describe_training_job",
            {
                "TrainingJobName": "job",
                "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job",
                "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/model.tar.gz"},
                "TrainingJobStatus": "Completed",
                "SecondaryStatus": "Completed",
                "AlgorithmSpecification": {"TrainingInputMode": "File"},
                "ResourceConfig": {"VolumeSizeInGB": 10},
                "StoppingCondition": {},
                "CreationTime": STARTED,
                "TrainingStartTime": STARTED,
                "TrainingEndTime": ENDED,
                "BillableTimeInSeconds": 60,
            },
            {"TrainingJobName": "job"},
        )
        assert CompletedTrainingJob.describe(sagemaker, "job") == CompletedTrainingJob(
            name="job",
            model_uri="s3://bucket/model.tar.gz",
            started=STARTED,
            ended=ENDED,
            billable_seconds=60,
        )
