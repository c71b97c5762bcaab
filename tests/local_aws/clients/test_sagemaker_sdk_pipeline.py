"""A pipeline as the SageMaker Python SDK 3 writes it: a parameter, a script, a condition and a failure."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import ROLE
from tests.aws.training_data import BUCKET
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.usefixtures("s3"),
    # Of the SDK's own modules, which import each other by names of before.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # Said of each job that a step is made of.
    pytest.mark.filterwarnings("ignore:Running within a PipelineSession:UserWarning"),
    # It leaves a temporary folder to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TRAINS = """
import os, pathlib

pathlib.Path(os.environ["SM_MODEL_DIR"], "model").write_text("trained")
"""


@pytest.fixture
def session(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from sagemaker.core.workflow.pipeline_context import PipelineSession  # noqa: PLC0415 - 4 s

    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    # Some of the SDK's clients are not of the session.
    monkeypatch.setenv("AWS_DEFAULT_REGION", CREDENTIALS["region_name"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS["aws_secret_access_key"])
    # IAM of local AWS simulates no policies.
    monkeypatch.setenv("SAGEMAKER_VALIDATE_ROLE", "false")
    yield PipelineSession(boto3.Session(**CREDENTIALS), default_bucket=BUCKET)
    # The folders of trainers go here, where their warnings are looked for, not in whatever test comes next.
    gc.collect()


def make_pipeline(session: Any, folder: Path) -> Any:
    """Make a pipeline that trains where its parameter is low, and fails where it is high."""
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above
    from sagemaker.core.workflow.conditions import ConditionLessThan  # noqa: PLC0415 - as above
    from sagemaker.core.workflow.functions import Join  # noqa: PLC0415 - as above
    from sagemaker.core.workflow.parameters import ParameterInteger  # noqa: PLC0415 - as above
    from sagemaker.mlops.workflow.condition_step import ConditionStep  # noqa: PLC0415 - as above
    from sagemaker.mlops.workflow.fail_step import FailStep  # noqa: PLC0415 - as above
    from sagemaker.mlops.workflow.pipeline import Pipeline  # noqa: PLC0415 - as above
    from sagemaker.mlops.workflow.steps import TrainingStep  # noqa: PLC0415 - as above
    from sagemaker.train import ModelTrainer  # noqa: PLC0415 - as above

    (folder / "train.py").write_text(TRAINS)
    level = ParameterInteger(name="Level", default_value=1)
    trainer = ModelTrainer(
        training_image=SCIKIT_LEARN,
        source_code=configs.SourceCode(source_dir=str(folder), entry_script="train.py"),
        compute=configs.Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        output_data_config=configs.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/output"),
        stopping_condition=configs.StoppingCondition(max_runtime_in_seconds=600),
        base_job_name="sdk-step",
        role=ROLE,
        # Hyperparameters are texts: as it is, the parameter is refused (see argument_types.py).
        hyperparameters={"level": level.to_string()},
        sagemaker_session=session,
    )
    channel = configs.InputData(channel_name="train", data_source=f"s3://{BUCKET}/train/")
    trains = TrainingStep(name="Train", step_args=trainer.train(input_data_config=[channel]))
    fails = FailStep(name="Refuse", error_message=Join(on=" ", values=["the level is", level]))
    asks = ConditionStep(
        name="Ask", conditions=[ConditionLessThan(left=level, right=5)], if_steps=[trains], else_steps=[fails]
    )
    return Pipeline(name="sdk-pipeline", parameters=[level], steps=[asks], sagemaker_session=session)


def test_a_pipeline_runs_and_fails_by_its_parameter(sagemaker: Any, session: Any, tmp_path: Path) -> None:
    from botocore.exceptions import WaiterError  # noqa: PLC0415 - beside what it is for

    pipeline = make_pipeline(session, tmp_path)
    pipeline.upsert(role_arn=ROLE)
    # Once more: the pipeline is there by now.
    pipeline.upsert(role_arn=ROLE)
    execution = pipeline.start()
    execution.wait(delay=1)
    steps = {step["StepName"]: step for step in execution.list_steps()}
    assert {name: step["StepStatus"] for name, step in steps.items()} == {
        "Ask": "Succeeded",
        "Train": "Succeeded",
    }
    name = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    jobs = (
        sagemaker.get_paginator("list_training_jobs").paginate().build_full_result()["TrainingJobSummaries"]
    )
    (job,) = (job for job in jobs if job["TrainingJobName"].lower() == name)
    assert job["TrainingJobStatus"] == "Completed"
    failed = pipeline.start(parameters={"Level": 9})
    with pytest.raises(WaiterError):
        failed.wait(delay=1)
    assert failed.describe()["PipelineExecutionStatus"] == "Failed"
    steps = {step["StepName"]: step for step in failed.list_steps()}
    assert steps["Refuse"]["Metadata"]["Fail"]["ErrorMessage"] == "the level is 9"
