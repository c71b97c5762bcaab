"""Executions through boto3: every step has done its work, and what it made is there."""

import io
import json
import tarfile
from typing import Any

import numpy as np
import pytest
import xgboost

from tests.aws.answers import refused
from tests.aws.processing_jobs import processing_request, s3_input, s3_output
from tests.aws.sagemaker_requests import IMAGE, ROLE, training_request
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.transform_jobs import transform_request
from tests.aws.tuning_jobs import tuning_request
from tests.aws.waiting import wait_until

TOKEN = "t" * 32
EVALUATE = b"""
import json, sys, tarfile
with tarfile.open("/opt/ml/processing/input/model/model.tar.gz") as archive:
    size = archive.getmember("xgboost-model").size
with open("/opt/ml/processing/output/report.json", "w") as file:
    json.dump({"model": {"bytes": size}}, file)
"""


def without(request: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != member}


def training(**members: Any) -> dict[str, Any]:
    rounds = {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Rounds"}]}}
    hyperparameters = {"num_round": rounds, "objective": "binary:logistic"}
    arguments = without(training_request("-", HyperParameters=hyperparameters), "TrainingJobName")
    return {"Name": "Train", "Type": "Training", "Arguments": arguments | members}


ROUNDS = {"Name": "Rounds", "Type": "Integer", "DefaultValue": 3}
LARGEST = {"Name": "LargestModel", "Type": "Integer", "DefaultValue": 1_000_000}
MODEL_DATA = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
CONTAINER = {"Image": IMAGE, "ModelDataUrl": MODEL_DATA}
ENDLESS = {"num_round": "1000000000", "objective": "binary:logistic"}


def evaluating() -> dict[str, Any]:
    """A processing step that writes a report of the model."""
    request = processing_request("evaluate")
    request["ProcessingInputs"][1] = s3_input("model", "-", "/opt/ml/processing/input/model")
    request["ProcessingInputs"][1]["S3Input"]["S3Uri"] = MODEL_DATA
    request["ProcessingOutputConfig"]["Outputs"] = [s3_output("evaluation")]
    file = {"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "report.json"}
    return {
        "Name": "Evaluate",
        "Type": "Processing",
        "Arguments": without(request, "ProcessingJobName"),
        "PropertyFiles": [file],
    }


def judging() -> dict[str, Any]:
    """A condition on the report: register the model and score by it, or fail."""
    size = {
        "Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": "model.bytes"}
    }
    test = {"Type": "LessThanOrEqualTo", "LeftValue": size, "RightValue": {"Get": "Parameters.LargestModel"}}
    scoring = without(transform_request("scored"), "TransformJobName")
    register = {
        "ModelPackageGroupName": "of-pipeline",
        "InferenceSpecification": {
            "Containers": [CONTAINER],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    joined = {"Std:Join": {"On": " ", "Values": ["the model has", size, "bytes"]}}
    return {
        "Name": "Judge",
        "Type": "Condition",
        "Arguments": {
            "Conditions": [test],
            "IfSteps": [
                {"Name": "Register", "Type": "RegisterModel", "Arguments": register},
                {
                    "Name": "Make",
                    "Type": "Model",
                    "Arguments": {"PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE},
                },
                {
                    "Name": "Score",
                    "Type": "Transform",
                    "Arguments": scoring | {"ModelName": {"Get": "Steps.Make.ModelName"}},
                },
            ],
            "ElseSteps": [{"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": joined}}],
        },
    }


def definition(*steps: dict[str, Any]) -> str:
    return json.dumps({"Version": "2020-12-01", "Parameters": [ROUNDS, LARGEST], "Steps": steps})


def make(sagemaker: Any, name: str, *steps: dict[str, Any], **members: Any) -> str:
    arn: str = sagemaker.create_pipeline(
        PipelineName=name,
        RoleArn=ROLE,
        ClientRequestToken=TOKEN,
        **({"PipelineDefinition": definition(*steps)} | members),
    )["PipelineArn"]
    return arn


def begin(sagemaker: Any, name: str, token: str = TOKEN, **parameters: str) -> str:
    given = [{"Name": key, "Value": value} for key, value in parameters.items()]
    arn: str = sagemaker.start_pipeline_execution(
        PipelineName=name, ClientRequestToken=token, PipelineParameters=given
    )["PipelineExecutionArn"]
    return arn


def ended(sagemaker: Any, arn: str) -> dict[str, Any]:
    def description() -> dict[str, Any] | None:
        told: dict[str, Any] = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return told if told["PipelineExecutionStatus"] not in ("Executing", "Stopping") else None

    found: dict[str, Any] = wait_until(description)
    return found


def steps_of(sagemaker: Any, arn: str) -> dict[str, dict[str, Any]]:
    """Return the steps in the order in which they began."""
    told = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    return {step["StepName"]: step for step in told["PipelineExecutionSteps"]}


@pytest.fixture(scope="module")
def judged(sagemaker: Any, s3: Any) -> str:
    """The name of a pipeline of all types of steps."""
    s3.put_object(Bucket=BUCKET, Key="evaluate/script.py", Body=EVALUATE)
    s3.put_object(Bucket=BUCKET, Key="batch/all.csv", Body=b"0.5,0.1,-0.2\n-1,0,0\n")
    make(sagemaker, "judged", training(), evaluating(), judging())
    return "judged"


def test_every_step_does_its_work(sagemaker: Any, s3: Any, judged: str) -> None:
    arn = begin(sagemaker, judged, Rounds="7")
    assert begin(sagemaker, judged, Rounds="7") == arn
    told = ended(sagemaker, arn)
    steps = steps_of(sagemaker, arn)
    assert told["PipelineExecutionStatus"] == "Succeeded", (told, steps)
    assert list(steps) == ["Train", "Evaluate", "Judge", "Register", "Make", "Score"]
    assert {step["StepStatus"] for step in steps.values()} == {"Succeeded"}
    assert steps["Judge"]["Metadata"] == {"Condition": {"Outcome": "True"}}

    def made(step: str, kind: str) -> str:
        name: str = steps[step]["Metadata"][kind]["Arn"].rpartition("/")[2]
        return name

    execution = arn.rpartition("/")[2]
    (trained,) = (
        sagemaker.get_paginator("list_training_jobs")
        .paginate(NameContains=f"pipelines-{execution}-Train-")
        .build_full_result()["TrainingJobSummaries"]
    )
    assert trained["TrainingJobArn"] == steps["Train"]["Metadata"]["TrainingJob"]["Arn"]
    job = sagemaker.describe_training_job(TrainingJobName=trained["TrainingJobName"])
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    archive = io.BytesIO(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    with tarfile.open(fileobj=archive) as packed:
        member = packed.extractfile("xgboost-model")
        assert member is not None
        model = member.read()
    booster = xgboost.Booster(model_file=bytearray(model))
    assert booster.num_boosted_rounds() == 7
    report = s3.get_object(Bucket=BUCKET, Key="processed/evaluation/report.json")["Body"].read()
    assert json.loads(report) == {"model": {"bytes": len(model)}}
    scores = s3.get_object(Bucket=BUCKET, Key="transformed/scored/all.csv.out")["Body"].read()
    rows = xgboost.DMatrix(np.array([[0.5, 0.1, -0.2], [-1, 0, 0]]))
    assert [float(line) for line in scores.split()] == pytest.approx(booster.predict(rows).tolist())
    package = steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    (container,) = sagemaker.describe_model_package(ModelPackageName=package)["InferenceSpecification"][
        "Containers"
    ]
    assert container["ModelDataUrl"] == job["ModelArtifacts"]["S3ModelArtifacts"]
    values = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    assert values == [{"Name": "Rounds", "Value": "7"}, {"Name": "LargestModel", "Value": "1000000"}]
    known = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert known["PipelineDefinition"] == definition(training(), evaluating(), judging())
    assert made("Score", "TransformJob").startswith(f"pipelines-{execution}-score-")


def test_a_condition_may_lead_to_failure(sagemaker: Any, judged: str) -> None:
    arn = begin(sagemaker, judged, "f" * 32, LargestModel="10")
    told = ended(sagemaker, arn)
    assert told["PipelineExecutionStatus"] == "Failed"
    assert told["FailureReason"] == "Step failure: One or multiple steps failed."
    steps = steps_of(sagemaker, arn)
    assert list(steps) == ["Train", "Evaluate", "Judge", "Refuse"]
    assert steps["Judge"]["Metadata"] == {"Condition": {"Outcome": "False"}}
    assert steps["Refuse"]["StepStatus"] == "Failed"
    message = steps["Refuse"]["Metadata"]["Fail"]["ErrorMessage"]
    assert message.startswith("the model has ")
    assert message.endswith(" bytes")


def test_a_tuning_step_hands_its_best_models_on(sagemaker: Any, s3: Any, rows: np.ndarray) -> None:
    """The second best model is named by the properties of the step, as the SDK names it."""
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(rows[:80]))
    tuning = {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": without(tuning_request("-"), "HyperParameterTuningJobName"),
    }
    second = {"Get": "Steps.Tune.TrainingJobSummaries[1].TrainingJobName"}
    values = [f"s3://{BUCKET}/output", second, "output/model.tar.gz"]
    container = {"Image": IMAGE, "ModelDataUrl": {"Std:Join": {"On": "/", "Values": values}}}
    arguments = {"PrimaryContainer": container, "ExecutionRoleArn": ROLE}
    make(sagemaker, "tuned", tuning, {"Name": "Make", "Type": "Model", "Arguments": arguments})
    arn = begin(sagemaker, "tuned")
    told, steps = ended(sagemaker, arn), steps_of(sagemaker, arn)
    assert told["PipelineExecutionStatus"] == "Succeeded", (told, steps)
    name = steps["Tune"]["Metadata"]["TuningJob"]["Arn"].rpartition("/")[2]
    assert name.startswith(f"{arn.rpartition('/')[2]}-tune-")
    (job,) = sagemaker.list_hyper_parameter_tuning_jobs(NameContains=arn.rpartition("/")[2])[
        "HyperParameterTuningJobSummaries"
    ]
    trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=job["HyperParameterTuningJobName"]
    )["TrainingJobSummaries"]

    def value(trial: dict[str, Any]) -> float:
        found: float = trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        return found

    _, second_best = sorted(map(value, trials), reverse=True)[:2]
    models = sagemaker.list_models(NameContains=f"{arn.rpartition('/')[2]}-Make")["Models"]
    model = sagemaker.describe_model(ModelName=models[0]["ModelName"])
    url = model["PrimaryContainer"]["ModelDataUrl"]
    (taken,) = (trial for trial in trials if f"/{trial['TrainingJobName']}/" in url)
    # Two trials may be equally good.
    assert value(taken) == second_best


def test_a_job_that_fails_ends_the_execution(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="exit/script.py", Body=b"raise SystemExit(3)")
    request = without(processing_request("exit"), "ProcessingJobName")
    first = {"Name": "Exit", "Type": "Processing", "Arguments": request}
    make(sagemaker, "exits", first, training() | {"DependsOn": ["Exit"]})
    arn = begin(sagemaker, "exits")
    assert ended(sagemaker, arn)["PipelineExecutionStatus"] == "Failed"
    steps = steps_of(sagemaker, arn)
    assert list(steps) == ["Exit"]
    assert "exit code: 3" in steps["Exit"]["FailureReason"].lower()


def test_a_job_that_is_refused_says_so(sagemaker: Any, s3: Any) -> None:
    assert s3 is not None
    unknown = {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1",
        "TrainingInputMode": "File",
    }
    make(sagemaker, "refused", training(AlgorithmSpecification=unknown))
    arn = begin(sagemaker, "refused")
    assert ended(sagemaker, arn)["PipelineExecutionStatus"] == "Failed"
    reason = steps_of(sagemaker, arn)["Train"]["FailureReason"]
    assert reason.startswith("ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: ")


def test_an_execution_is_stopped_with_its_jobs_and_its_pipeline_deleted(sagemaker: Any, s3: Any) -> None:
    assert s3 is not None
    second = training(HyperParameters=ENDLESS) | {"Name": "Second"}
    make(
        sagemaker,
        "endless",
        training(HyperParameters=ENDLESS),
        second,
        ParallelismConfiguration={"MaxParallelExecutionSteps": 1},
    )
    arn = begin(sagemaker, "endless")

    def executes() -> bool:
        return [step["StepStatus"] for step in steps_of(sagemaker, arn).values()] == ["Executing"]

    wait_until(executes)
    code, message = refused(sagemaker.delete_pipeline, PipelineName="endless", ClientRequestToken=TOKEN)
    assert (code, arn in message) == ("ConflictException", True)
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=TOKEN)
    assert ended(sagemaker, arn)["PipelineExecutionStatus"] == "Stopped"
    steps = steps_of(sagemaker, arn)
    # Of two steps that could run, one may at a time.
    assert {name: step["StepStatus"] for name, step in steps.items()} == {"Train": "Stopped"}
    name = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
    (job,) = (
        sagemaker.get_paginator("list_training_jobs")
        .paginate(NameContains=f"pipelines-{arn.rpartition('/')[2]}")
        .build_full_result()["TrainingJobSummaries"]
    )
    assert (job["TrainingJobStatus"], job["TrainingJobName"].lower()) == ("Stopped", name)
    code, message = refused(
        sagemaker.stop_pipeline_execution, PipelineExecutionArn=arn, ClientRequestToken=TOKEN
    )
    assert code == "ValidationException"
    assert "Only pipelines with 'Executing' status can be stopped" in message
    sagemaker.delete_pipeline(PipelineName="endless", ClientRequestToken=TOKEN)
    assert refused(sagemaker.describe_pipeline_execution, PipelineExecutionArn=arn)[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("name", "step", "message"),
    [
        (
            "lambda",
            {"Name": "Call", "Type": "Lambda"},
            "Local AWS has no Lambda steps in pipelines; step Call is",
        ),
        (
            "retries",
            training() | {"RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 2}]},
            "Local AWS has no RetryPolicies of steps in pipelines, as step Train has.",
        ),
    ],
)
def test_what_would_not_be_done_is_refused_before_anything_is(
    sagemaker: Any, name: str, step: dict[str, Any], message: str
) -> None:
    make(sagemaker, name, step)
    code, text = refused(sagemaker.start_pipeline_execution, PipelineName=name, ClientRequestToken=TOKEN)
    assert (code, text[: len(message)]) == ("ValidationException", message)
    assert sagemaker.list_pipeline_executions(PipelineName=name)["PipelineExecutionSummaries"] == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Depth": "3"}, "The pipeline has no parameter Depth."),
        ({"Rounds": "many"}, "Parameter Rounds: many is not of type Integer."),
    ],
)
def test_parameters_are_checked(
    sagemaker: Any, judged: str, parameters: dict[str, str], message: str
) -> None:
    given = [{"Name": name, "Value": value} for name, value in parameters.items()]
    answer = refused(
        sagemaker.start_pipeline_execution,
        PipelineName=judged,
        ClientRequestToken="p" * 32,
        PipelineParameters=given,
    )
    assert answer == ("ValidationException", message)
