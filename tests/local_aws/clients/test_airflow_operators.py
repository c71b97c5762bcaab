"""Airflow's own operators and sensors for jobs, pipelines, experiments and notebooks, as they are."""

import json
from typing import Any

import pytest
from airflow.providers.amazon.aws.operators.sagemaker import (
    SageMakerCreateExperimentOperator,
    SageMakerCreateNotebookOperator,
    SageMakerDeleteNotebookOperator,
    SageMakerProcessingOperator,
    SageMakerStartNoteBookOperator,
    SageMakerStartPipelineOperator,
    SageMakerStopNotebookOperator,
    SageMakerStopPipelineOperator,
    SageMakerTransformOperator,
    SageMakerTuningOperator,
)
from airflow.providers.amazon.aws.sensors.sagemaker import (
    SageMakerPipelineSensor,
    SageMakerProcessingSensor,
    SageMakerTrainingSensor,
    SageMakerTransformSensor,
    SageMakerTuningSensor,
)
from airflow.providers.common.compat.sdk import AirflowException

from tests.aws.connection import connect
from tests.aws.processing_jobs import processing_request
from tests.aws.sagemaker_requests import ROLE, model_request
from tests.aws.training_data import BUCKET
from tests.aws.transform_jobs import transform_request
from tests.aws.tuning_jobs import tuning_request
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("s3", "connection")]

FAST = {"wait_for_completion": True, "check_interval": 1}


@pytest.fixture
def connection(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, server.url)


def test_processing(s3: Any) -> None:
    script = "open('/opt/ml/processing/output/done', 'w').write('yes')"
    s3.put_object(Bucket=BUCKET, Key="airflow-processing/script.py", Body=script.encode())
    config = processing_request("airflow-processing")
    result = SageMakerProcessingOperator(task_id="process", config=config, **FAST).execute({})
    assert result["Processing"]["ProcessingJobStatus"] == "Completed"
    stored = s3.get_object(Bucket=BUCKET, Key="processed/airflow-processing/done")["Body"].read()
    assert stored == b"yes"
    assert SageMakerProcessingSensor(task_id="wait", job_name="airflow-processing").poke({}) is True


def test_processing_under_a_name_that_is_taken_gets_another(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="airflow-twice/script.py", Body=b"pass")
    names = [
        SageMakerProcessingOperator(
            task_id="process",
            config=processing_request("airflow-twice"),
            action_if_job_exists="timestamp",
            **FAST,
        ).execute({})["Processing"]["ProcessingJobName"]
        for _ in range(2)
    ]
    assert names[0] == "airflow-twice"
    assert names[1].startswith("airflow-twice-")


def test_a_failed_processing_job_fails_the_task_with_its_reason(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="airflow-failing/script.py", Body=b"raise SystemExit(4)")
    operator = SageMakerProcessingOperator(
        task_id="process", config=processing_request("airflow-failing"), **FAST
    )
    with pytest.raises(AirflowException, match="AlgorithmError: , exit code: 4"):
        operator.execute({})
    with pytest.raises(AirflowException, match="Sagemaker job failed"):
        SageMakerProcessingSensor(task_id="wait", job_name="airflow-failing").poke({})


def test_transform_with_its_model(s3: Any, model_data: str) -> None:
    s3.put_object(Bucket=BUCKET, Key="airflow-batch/rows.csv", Body=b"1,2,3\n-1,2,3\n")
    transform = transform_request("airflow-transform", uri=f"s3://{BUCKET}/airflow-batch/rows.csv")
    config = {
        "Model": model_request("airflow-transform", model_data),
        "Transform": {**transform, "ModelName": "airflow-transform"},
    }
    result = SageMakerTransformOperator(task_id="transform", config=config, **FAST).execute({})
    assert result["Transform"]["TransformJobStatus"] == "Completed"
    assert result["Model"]["ModelName"] == "airflow-transform"
    stored = s3.get_object(Bucket=BUCKET, Key="transformed/airflow-transform/rows.csv.out")["Body"].read()
    # The first feature decides: the first row's label is likely, the second's is not.
    high, low = (float(line) for line in stored.splitlines())
    assert low < 0.5 < high
    assert SageMakerTransformSensor(task_id="wait", job_name="airflow-transform").poke({}) is True


def test_tuning(s3: Any) -> None:
    body = s3.get_object(Bucket=BUCKET, Key="train/train.csv")["Body"].read()
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=body)
    result = SageMakerTuningOperator(task_id="tune", config=tuning_request("airflow-tuning"), **FAST).execute(
        {}
    )
    assert result["Tuning"]["HyperParameterTuningJobStatus"] == "Completed"
    assert SageMakerTuningSensor(task_id="wait", job_name="airflow-tuning").poke({}) is True
    best = result["Tuning"]["BestTrainingJob"]["TrainingJobName"]
    sensor = SageMakerTrainingSensor(task_id="wait", job_name=best, print_log=False)
    assert sensor.poke({}) is True


def test_a_pipeline_is_started_awaited_and_stopped(sagemaker: Any) -> None:
    level = {"Name": "Level", "Type": "Integer", "DefaultValue": 1}
    test = {"Type": "LessThan", "LeftValue": {"Get": "Parameters.Level"}, "RightValue": 5}
    fails = {"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": "too high"}}
    arguments = {"Conditions": [test], "IfSteps": [], "ElseSteps": [fails]}
    asks = {"Name": "Ask", "Type": "Condition", "Arguments": arguments}
    definition = {"Version": "2020-12-01", "Parameters": [level], "Steps": [asks]}
    sagemaker.create_pipeline(
        PipelineName="airflow-pipeline",
        RoleArn=ROLE,
        ClientRequestToken="a" * 32,
        PipelineDefinition=json.dumps(definition),
    )

    def start(level: str) -> str:
        operator = SageMakerStartPipelineOperator(
            task_id="start",
            pipeline_name="airflow-pipeline",
            pipeline_params={"Level": level},
            wait_for_completion=True,
            check_interval=1,
        )
        arn: str = operator.execute({})
        return arn

    arn = start("1")
    assert SageMakerPipelineSensor(task_id="wait", pipeline_exec_arn=arn).poke({}) is True
    # One that is over is left as it is.
    assert SageMakerStopPipelineOperator(task_id="stop", pipeline_exec_arn=arn).execute({}) == "Succeeded"
    with pytest.raises(AirflowException, match="failed because Step failure: One or multiple steps failed"):
        start("9")


def test_an_experiment_and_a_notebook_instance(sagemaker: Any) -> None:
    arn = SageMakerCreateExperimentOperator(task_id="make", name="airflow-experiment").execute({})
    assert arn.endswith(":experiment/airflow-experiment")
    sagemaker.delete_experiment(ExperimentName="airflow-experiment")
    name = "airflow-notebook"
    SageMakerCreateNotebookOperator(
        task_id="make", instance_name=name, instance_type="ml.t3.medium", role_arn=ROLE
    ).execute({})
    for operator in (
        SageMakerStopNotebookOperator(task_id="stop", instance_name=name),
        SageMakerStartNoteBookOperator(task_id="start", instance_name=name),
        SageMakerStopNotebookOperator(task_id="stop-again", instance_name=name),
        SageMakerDeleteNotebookOperator(task_id="delete", instance_name=name),
    ):
        operator.execute({})
