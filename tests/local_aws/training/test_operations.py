"""Training jobs through the API: their states, texts, refusals and ends."""

import json
import os
import re
import time
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.job_logs import job_log
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import IMAGE, channel, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import ENDLESS, finished, in_training
from tests.aws.waiting import wait_until

pytestmark = pytest.mark.usefixtures("s3")

AUGMENTED = {
    "S3DataSource": {
        "S3DataType": "AugmentedManifestFile",
        "S3Uri": f"s3://{BUCKET}/train/train.csv",
        "AttributeNames": ["source-ref"],
    }
}
FILE_SYSTEM = {
    "FileSystemDataSource": {
        "FileSystemId": "fs-0123456789abcdef0",
        "FileSystemAccessMode": "ro",
        "FileSystemType": "EFS",
        "DirectoryPath": "/data",
    }
}
KNN = "382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1"
UNKNOWN_IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/ntm:1"


def from_manifest(key: str) -> dict[str, Any]:
    source = {"S3DataType": "ManifestFile", "S3Uri": f"s3://{BUCKET}/{key}"}
    return channel(DataSource={"S3DataSource": source})


def test_a_job_goes_through_sagemakers_states(trained: dict[str, Any]) -> None:
    assert [(step["Status"], step["StatusMessage"]) for step in trained["SecondaryStatusTransitions"]] == [
        ("Starting", "Starting the training job"),
        ("Downloading", "Downloading input data"),
        ("Training", "Training image download completed. Training in progress."),
        ("Uploading", "Uploading generated training model"),
        ("Completed", "Training job completed"),
    ]
    assert (trained["TrainingJobStatus"], trained["SecondaryStatus"]) == ("Completed", "Completed")


def test_transitions_follow_each_other_without_a_gap(trained: dict[str, Any]) -> None:
    steps = trained["SecondaryStatusTransitions"]
    assert [step["EndTime"] for step in steps[:-1]] == [step["StartTime"] for step in steps[1:]]
    assert steps[-1]["EndTime"] == trained["TrainingEndTime"]


def test_a_completed_job_tells_its_time_and_its_model(trained: dict[str, Any]) -> None:
    seconds = (trained["TrainingEndTime"] - trained["TrainingStartTime"]).total_seconds()
    assert 0 <= trained["BillableTimeInSeconds"] - seconds < 1
    assert trained["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/output/shared/output/model.tar.gz"
    assert trained["CreationTime"] <= trained["TrainingStartTime"] <= trained["TrainingEndTime"]


def test_describe_repeats_the_request(trained: dict[str, Any]) -> None:
    request = training_request("shared")
    specification, output = request["AlgorithmSpecification"], request["OutputDataConfig"]
    # AWS shows these members whether or not they were given.
    specification["MetricDefinitions"] = trained["AlgorithmSpecification"]["MetricDefinitions"]
    output |= {"KmsKeyId": "", "CompressionType": "GZIP"}
    shown = {"CompressionType": "None", "RecordWrapperType": "None"}
    request["InputDataConfig"] = [{**shown, **one} for one in request["InputDataConfig"]]
    assert {member: trained[member] for member in request} == request
    assert trained["TrainingJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/shared"


@pytest.mark.usefixtures("s3")
def test_metrics_are_those_of_both_channels(sagemaker: Any) -> None:
    """SageMaker reads train:* and validation:* from the log, each by the definition that Describe tells."""
    request = training_request("metrics", InputDataConfig=[channel(), channel("validation")])
    sagemaker.create_training_job(**request)
    described = finished(sagemaker, "metrics")
    names = {metric["MetricName"] for metric in described["FinalMetricDataList"]}
    assert names == {"train:logloss", "validation:logloss"}
    definitions = {
        metric["Name"]: metric["Regex"] for metric in described["AlgorithmSpecification"]["MetricDefinitions"]
    }
    assert names < set(definitions)
    line = "[4]#011train-logloss:0.25#011validation-logloss:0.5"
    values = [re.match(definitions[name], line) for name in sorted(names)]
    assert [found and found[1] for found in values] == ["0.25", "0.5"]


def test_a_model_that_is_not_to_be_compressed_is_stored_as_its_files(sagemaker: Any, s3: Any) -> None:
    output = {"S3OutputPath": f"s3://{BUCKET}/plain", "CompressionType": "NONE"}
    sagemaker.create_training_job(**training_request("plain", OutputDataConfig=output))
    described = finished(sagemaker, "plain")
    assert described["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{BUCKET}/plain/plain/output/model/"
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix="plain/")["Contents"]
    assert [one["Key"] for one in found] == ["plain/plain/output/model/xgboost-model"]
    assert found[0]["Size"] > 0


@pytest.mark.usefixtures("trained")
def test_jobs_are_listed_by_warm_pool_and_training_plan(sagemaker: Any) -> None:
    resources = {**training_request("pooled")["ResourceConfig"], "KeepAlivePeriodInSeconds": 60}
    sagemaker.create_training_job(**training_request("pooled", ResourceConfig=resources))
    finished(sagemaker, "pooled")

    def names(**filters: str) -> list[str]:
        return [job["TrainingJobName"] for job in listed(sagemaker, "list_training_jobs", **filters)]

    terminated = names(WarmPoolStatusEquals="Terminated")
    assert "pooled" in terminated
    assert "shared" not in terminated
    assert names(WarmPoolStatusEquals="InUse") == []
    assert {"pooled", "shared"} <= set(names())
    plan = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/mine"
    assert names(TrainingPlanArnEquals=plan) == []


def test_a_bucket_of_another_region_has_no_objects_for_the_job(client: Any, sagemaker: Any) -> None:
    other = client("s3", region_name="eu-west-1")
    other.create_bucket(Bucket="in-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    other.put_object(Bucket="in-ireland", Key="train/train.csv", Body=b"1,2\n0,1\n")
    request = training_request("abroad", InputDataConfig=[channel(uri="s3://in-ireland/train/")])
    assert refused(sagemaker.create_training_job, **request)[1].startswith(
        'No S3 objects found under S3 URL "s3://in-ireland/train/" given in input data source. Please ensure '
        "that the bucket exists in the selected region"
    )


def test_the_log_has_the_containers_lines(trained: dict[str, Any], client: Any) -> None:
    lines = job_log(client, "TrainingJobs", trained["TrainingJobName"])
    assert any(line.endswith("Train matrix has 200 rows and 3 columns") for line in lines)
    rounds = [line for line in lines if line.startswith("[") and "#011train-logloss:" in line]
    assert [line.partition("#011")[0] for line in rounds] == ["[0]", "[1]", "[2]", "[3]", "[4]"]


def test_a_new_job_is_starting(sagemaker: Any) -> None:
    sagemaker.create_training_job(**training_request("new"))
    job = sagemaker.describe_training_job(TrainingJobName="new")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("InProgress", "Starting")
    assert finished(sagemaker, "new")["TrainingJobStatus"] == "Completed"


def test_a_name_is_used_once(sagemaker: Any, trained: dict[str, Any]) -> None:
    assert refused(sagemaker.create_training_job, **training_request("shared")) == (
        "ResourceInUse",
        (
            "Training job names must be unique within an AWS account and region, and a training job with "
            "this name "
            f"already exists ({trained['TrainingJobArn']})"
        ),
    )


@pytest.mark.parametrize("operation", ["describe_training_job", "stop_training_job"])
def test_an_absent_job(sagemaker: Any, operation: str) -> None:
    answer = refused(getattr(sagemaker, operation), TrainingJobName="absent")
    assert answer == ("ValidationException", "Requested resource not found.")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"InputDataConfig": [channel(uri=f"s3://{BUCKET}/nothing/")]},
            f'No S3 objects found under S3 URL "s3://{BUCKET}/nothing/" given in input data source.',
            id="no-objects",
        ),
        pytest.param(
            {"InputDataConfig": [channel(uri="s3://no-such-bucket/train/")]},
            'No S3 objects found under S3 URL "s3://no-such-bucket/train/" given in input data source.',
            id="no-bucket",
        ),
        pytest.param(
            {"InputDataConfig": [channel(), channel()]},
            "Channel names must be unique within InputDataConfig.",
            id="channel-twice",
        ),
        pytest.param(
            {"InputDataConfig": [from_manifest("no.manifest")]},
            f'No S3 objects found under S3 URL "s3://{BUCKET}/no.manifest" given in input data source.',
            id="no-manifest",
        ),
        pytest.param(
            {
                "InputDataConfig": [channel(InputMode="Pipe")],
                "AlgorithmSpecification": {
                    "TrainingImage": IMAGE.replace("3.2-0", "1.7-1"),
                    "TrainingInputMode": "File",
                },
            },
            "Channel train: local AWS has no input mode Pipe; it has File, and FastFile as File.",
            id="pipe-mode",
        ),
        pytest.param(
            {"InputDataConfig": [channel(CompressionType="Gzip")]},
            "Invalid compression type for channel train: File mode only supports NONE, got Gzip instead",
            id="gzip",
        ),
        pytest.param(
            {"InputDataConfig": [channel(CompressionType="Gzip", InputMode="FastFile")]},
            "Invalid compression type for channel train: FastFile mode only supports NONE, got Gzip instead",
            id="gzip-fast-file",
        ),
        pytest.param(
            {"InputDataConfig": [channel(DataSource=AUGMENTED)]},
            "Local AWS has no InputDataConfig.DataSource.S3DataSource.AttributeNames in CreateTrainingJob: a "
            "channel is the objects of an S3 prefix or a manifest, in their order.",
            id="augmented-manifest",
        ),
        pytest.param(
            {"InputDataConfig": [channel(DataSource=FILE_SYSTEM)]},
            "Channel train: local AWS has no source but S3DataSource; it reads S3DataType S3Prefix and "
            "ManifestFile.",
            id="file-system",
        ),
        pytest.param(
            {"AlgorithmSpecification": {"TrainingImage": UNKNOWN_IMAGE, "TrainingInputMode": "File"}},
            f'Local AWS cannot run the image "{UNKNOWN_IMAGE}". It runs these SageMaker images, under any '
            "registry account and region: factorization-machines:1, kmeans:1, knn:1, linear-learner:1, ",
            id="unknown-image",
        ),
        pytest.param(
            {
                "AlgorithmSpecification": {
                    "TrainingImage": KNN,
                    "TrainingInputMode": "File",
                    "ContainerEntrypoint": ["/bin/bash", "-c", "exit 3"],
                }
            },
            "Local AWS runs no AlgorithmSpecification.ContainerEntrypoint for knn:1: it runs commands for "
            "the XGBoost and scikit-learn images.",
            id="entrypoint",
        ),
        pytest.param(
            {
                "AlgorithmSpecification": {
                    "TrainingImage": IMAGE,
                    "TrainingInputMode": "File",
                    "ContainerArguments": ["train"],
                }
            },
            "Local AWS has no AlgorithmSpecification.ContainerArguments without a ContainerEntrypoint that "
            "takes them.",
            id="arguments-alone",
        ),
        pytest.param(
            {"HyperParameters": {"num_round": "1", "sagemaker_program": "train.py"}},
            "Script mode needs both hyperparameters, sagemaker_program and sagemaker_submit_directory.",
            id="half-of-script-mode",
        ),
        pytest.param(
            {
                "AlgorithmSpecification": {
                    "TrainingImage": IMAGE,
                    "TrainingInputMode": "File",
                    "MetricDefinitions": [{"Name": "mine", "Regex": "mine=(.*)"}],
                }
            },
            "You can't override the metric definitions for Amazon SageMaker algorithms.",
            id="metric-definitions",
        ),
        pytest.param(
            {"AlgorithmSpecification": {"AlgorithmName": "mine", "TrainingInputMode": "File"}},
            "Local AWS needs the algorithm as AlgorithmSpecification.TrainingImage.",
            id="no-image",
        ),
    ],
)
def test_refused_before_it_starts(sagemaker: Any, changes: dict[str, Any], message: str) -> None:
    code, text = refused(sagemaker.create_training_job, **{**training_request("refused"), **changes})
    assert code == "ValidationException"
    assert text.startswith(message)
    assert (
        refused(sagemaker.describe_training_job, TrainingJobName="refused")[1]
        == "Requested resource not found."
    )


def test_resources_are_required_for_a_training_image(sagemaker: Any) -> None:
    request = training_request("refused")
    del request["ResourceConfig"]
    assert refused(sagemaker.create_training_job, **request) == (
        "ValidationException",
        (
            "1 validation error detected: Value null at 'resourceConfig' failed to satisfy constraint: "
            "Member must not "
            "be null"
        ),
    )


@pytest.mark.parametrize(
    ("hyperparameters", "reason"),
    [
        ({"max_depth": "5"}, "AlgorithmError: Missing required hyperparameter: num_round"),
        ({"num_round": "5", "silent": "0"}, "AlgorithmError: Extraneous hyperparameter found: silent"),
    ],
)
def test_a_failed_job_says_why(sagemaker: Any, s3: Any, hyperparameters: dict[str, str], reason: str) -> None:
    name = f"fails-{len(hyperparameters)}"
    sagemaker.create_training_job(**training_request(name, HyperParameters=hyperparameters))
    job = finished(sagemaker, name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"], job["FailureReason"]) == (
        "Failed",
        "Failed",
        reason,
    )
    assert job["SecondaryStatusTransitions"][-1]["StatusMessage"] == "Training job failed"
    assert not s3.list_objects_v2(Bucket=BUCKET, Prefix=f"output/{name}/")["KeyCount"]


def test_a_pipe_fails_in_the_job_as_in_the_image(sagemaker: Any) -> None:
    piped = channel(InputMode="Pipe", CompressionType="Gzip")
    sagemaker.create_training_job(**training_request("piped", InputDataConfig=[piped]))
    job = finished(sagemaker, "piped")
    assert job["FailureReason"] == (
        "AlgorithmError: Pipe mode for CSV is no longer supported. Please use Fast File mode (default) "
        "instead. Set input_mode='File' in your SageMaker Estimator or TrainingInput."
    )


def test_a_refused_channel_is_told_in_the_order_of_the_image(sagemaker: Any) -> None:
    request = training_request("ordered", InputDataConfig=[channel(ContentType="text/tsv")])
    sagemaker.create_training_job(**request)
    assert finished(sagemaker, "ordered")["FailureReason"] == (
        "AlgorithmError: Channel configuration for 'train' channel is not supported: {'ContentType': "
        "'text/tsv', 'TrainingInputMode': 'File', 'S3DistributionType': 'FullyReplicated', "
        "'RecordWrapperType': 'None'}"
    )


def test_a_manifest_chooses_the_objects_of_a_channel(s3: Any, sagemaker: Any, client: Any) -> None:
    for name, rows in (("a", 30), ("b", 20), ("c", 10)):
        s3.put_object(Bucket=BUCKET, Key=f"listed-rows/{name}.csv", Body=b"1,2,3\n0,1,2\n" * (rows // 2))
    manifest = [{"prefix": f"s3://{BUCKET}/listed-rows/"}, "a.csv", "c.csv"]
    s3.put_object(Bucket=BUCKET, Key="rows.manifest", Body=json.dumps(manifest).encode())
    request = training_request("from-manifest", InputDataConfig=[from_manifest("rows.manifest")])
    sagemaker.create_training_job(**request)
    assert finished(sagemaker, "from-manifest")["TrainingJobStatus"] == "Completed"
    lines = job_log(client, "TrainingJobs", "from-manifest")
    assert any(line.endswith("Train matrix has 40 rows and 2 columns") for line in lines)


def test_a_manifest_that_lists_an_absent_object_fails_the_job(s3: Any, sagemaker: Any) -> None:
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/train/"}, "train.csv", "more.csv"])
    s3.put_object(Bucket=BUCKET, Key="absent-rows.manifest", Body=manifest.encode())
    request = training_request("absent-rows", InputDataConfig=[from_manifest("absent-rows.manifest")])
    sagemaker.create_training_job(**request)
    job = finished(sagemaker, "absent-rows")
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"ClientError: Data download failed: the manifest s3://{BUCKET}/absent-rows.manifest lists "
        f"s3://{BUCKET}/train/more.csv, which does not exist"
    )


def test_a_long_failure_reason_is_cut(sagemaker: Any) -> None:
    name = "x" * 2000
    hyperparameters = {"num_round": "5", "booster": name}
    sagemaker.create_training_job(**training_request("fails-long", HyperParameters=hyperparameters))
    assert (
        finished(sagemaker, "fails-long")["FailureReason"]
        == f"AlgorithmError: Hyperparameter booster: {name}"[:1024]
    )


def test_a_job_whose_output_bucket_is_absent_fails_at_the_end(sagemaker: Any) -> None:
    output = {"S3OutputPath": "s3://no-such-bucket/output"}
    sagemaker.create_training_job(**training_request("no-output", OutputDataConfig=output))
    job = finished(sagemaker, "no-output")
    assert job["TrainingJobStatus"] == "Failed"
    assert (
        "there is no bucket for s3://no-such-bucket/output/no-output/output/model.tar.gz"
        in job["FailureReason"]
    )


def test_stop(sagemaker: Any, s3: Any) -> None:
    sagemaker.create_training_job(**training_request("stopped", HyperParameters=ENDLESS))
    in_training(sagemaker, "stopped")
    sagemaker.stop_training_job(TrainingJobName="stopped")
    job = finished(sagemaker, "stopped")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert [step["Status"] for step in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Stopping",
        "Stopped",
    ]
    assert not s3.list_objects_v2(Bucket=BUCKET, Prefix="output/stopped/")["KeyCount"]
    assert refused(sagemaker.stop_training_job, TrainingJobName="stopped") == (
        "ValidationException",
        "The request was rejected because the training job is in status Stopped.",
    )


def test_a_job_is_deleted_when_it_is_over_and_its_name_is_free_again(sagemaker: Any) -> None:
    delete = sagemaker.delete_training_job
    sagemaker.create_training_job(**training_request("deleted", HyperParameters=ENDLESS))
    assert refused(delete, TrainingJobName="deleted") == (
        "ResourceInUse",
        "The request was rejected because the training job is in status InProgress.",
    )
    sagemaker.stop_training_job(TrainingJobName="deleted")
    finished(sagemaker, "deleted")
    delete(TrainingJobName="deleted")
    assert refused(delete, TrainingJobName="deleted") == ("ResourceNotFound", "Requested resource not found.")
    sagemaker.create_training_job(**training_request("deleted"))
    assert finished(sagemaker, "deleted")["TrainingJobStatus"] == "Completed"


def test_boto3s_waiter_sees_the_end(sagemaker: Any) -> None:
    sagemaker.create_training_job(**training_request("waited"))
    waiter = sagemaker.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName="waited", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    status = sagemaker.describe_training_job(TrainingJobName="waited")["TrainingJobStatus"]
    assert status == "Completed"


def test_a_stopped_job_keeps_the_model_it_was_asked_to_save(sagemaker: Any, s3: Any, client: Any) -> None:
    saving = {**ENDLESS, "save_model_on_termination": "true"}
    sagemaker.create_training_job(**training_request("saved", HyperParameters=saving))
    in_training(sagemaker, "saved")
    group = {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamNamePrefix": "saved/"}
    wait_until(lambda: client("logs").describe_log_streams(**group)["logStreams"])
    wait_until(lambda: any("[3]#011" in line for line in job_log(client, "TrainingJobs", "saved")))
    sagemaker.stop_training_job(TrainingJobName="saved")
    url = finished(sagemaker, "saved")["ModelArtifacts"]["S3ModelArtifacts"]
    assert s3.head_object(Bucket=BUCKET, Key=url.removeprefix(f"s3://{BUCKET}/"))["ContentLength"] > 0


@pytest.mark.slow
def test_longest_run(sagemaker: Any) -> None:
    request = training_request(
        "too-long", HyperParameters=ENDLESS, StoppingCondition={"MaxRuntimeInSeconds": 2}
    )
    sagemaker.create_training_job(**request)
    job = finished(sagemaker, "too-long")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert job["SecondaryStatusTransitions"][-1]["StatusMessage"] == (
        "Training job runtime exceeded MaxRuntimeInSeconds provided"
    )
    training = job["SecondaryStatusTransitions"][2]
    assert 2 <= (training["EndTime"] - training["StartTime"]).total_seconds() < 20


def test_one_training_process_a_core_and_the_others_wait(sagemaker: Any) -> None:
    running = [f"busy-{number}" for number in range(os.cpu_count() or 1)]
    for name in (*running, "waiting"):
        sagemaker.create_training_job(**training_request(name, HyperParameters=ENDLESS))
    for name in running:
        in_training(sagemaker, name)
    time.sleep(0.3)
    assert sagemaker.describe_training_job(TrainingJobName="waiting")["SecondaryStatus"] == "Starting"
    sagemaker.stop_training_job(TrainingJobName="waiting")
    waiting = sagemaker.describe_training_job(TrainingJobName="waiting")
    assert waiting["TrainingJobStatus"] == "Stopped"
    assert "TrainingStartTime" not in waiting
    for name in running:
        sagemaker.stop_training_job(TrainingJobName=name)
    assert {finished(sagemaker, name)["TrainingJobStatus"] for name in running} == {"Stopped"}


def test_an_older_image_runs_on_the_same_wheel_and_the_log_says_so(sagemaker: Any, client: Any) -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    specification = {"TrainingImage": image, "TrainingInputMode": "File"}
    sagemaker.create_training_job(**training_request("older", AlgorithmSpecification=specification))
    assert finished(sagemaker, "older")["TrainingJobStatus"] == "Completed"
    assert job_log(client, "TrainingJobs", "older")[0] == (
        "Local AWS runs sagemaker-xgboost:1.7-1 on the libraries of sagemaker-xgboost:3.2-0."
    )


@pytest.mark.parametrize("asked_by", ["job", "channel"])
def test_fast_file_mode_gives_the_same_files_and_the_log_says_how(
    sagemaker: Any, client: Any, asked_by: str
) -> None:
    name = f"fast-file-{asked_by}"
    request = training_request(name)
    if asked_by == "job":
        request["AlgorithmSpecification"]["TrainingInputMode"] = "FastFile"
    else:
        request["InputDataConfig"] = [channel(InputMode="FastFile")]
    sagemaker.create_training_job(**request)
    assert finished(sagemaker, name)["TrainingJobStatus"] == "Completed"
    assert job_log(client, "TrainingJobs", name)[0] == (
        "Local AWS copies channel train before the start, as in File mode, where FastFile streams it."
    )


def test_jobs_of_another_region_are_another_regions(client: Any, trained: dict[str, Any]) -> None:
    elsewhere = client("sagemaker", region_name="eu-west-1")
    name = trained["TrainingJobName"]
    assert (
        refused(elsewhere.describe_training_job, TrainingJobName=name)[1] == "Requested resource not found."
    )
