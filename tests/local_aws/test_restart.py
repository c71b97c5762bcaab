"""A server killed with SIGKILL and started again with the same data directory."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.answers import refused
from tests.aws.clients import make_client
from tests.aws.endpoints import deploy, invoke, settled
from tests.aws.monitors import definition_request, deploy_capturing, last_execution, schedule_config
from tests.aws.processing_jobs import processing_request
from tests.aws.sagemaker_requests import IMAGE, ROLE, model_request, training_request
from tests.aws.training_data import BUCKET, put_training_data
from tests.aws.training_jobs import ENDLESS, finished, in_training, trained_model
from tests.aws.transform_jobs import transform_request
from tests.aws.waiting import wait_until
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer, local_aws_server

ROW = b"0.5,0.1,-0.2"
SCRIPT = b"open('/opt/ml/output/message', 'w').write('bye')"


class Running:
    """A server with a data directory, and its clients."""

    def __init__(self, server: LocalAwsServer, stack: ExitStack) -> None:
        self.server = server
        self.s3, self.sagemaker, self.runtime = (
            stack.enter_context(closing(make_client(service, server.url)))
            for service in ("s3", "sagemaker", "sagemaker-runtime")
        )

    def kill(self) -> None:
        self.server.process.kill()
        self.server.process.wait(timeout=10)


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[Running]:
    with local_aws_server("--data-dir", str(data_dir), *options) as server, ExitStack() as stack:
        yield Running(server, stack)


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_jobs_models_and_endpoints(tmp_path: Path, rows: np.ndarray) -> None:
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        tags = [{"Key": "team", "Value": "bank"}]
        job_arn = first.sagemaker.create_training_job(**training_request("done", Tags=tags))["TrainingJobArn"]
        done = without_metadata(finished(first.sagemaker, "done"))
        model_data = done["ModelArtifacts"]["S3ModelArtifacts"]
        served = without_metadata(deploy(first.sagemaker, "served", model_data, InitialVariantWeight=2.0))
        first.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="served",
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 5.0}],
        )
        settled(first.sagemaker, "served")
        answer = invoke(first.runtime, "served", ROW)["Body"]
        # What an endpoint was made from may go while it serves.
        first.sagemaker.delete_endpoint_config(EndpointConfigName="served")
        first.sagemaker.delete_model(ModelName="served")
        first.sagemaker.create_model_package_group(ModelPackageGroupName="group")
        package = first.sagemaker.create_model_package(
            ModelPackageGroupName="group",
            InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": model_data}]},
        )["ModelPackageArn"]
        first.sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
        described = without_metadata(first.sagemaker.describe_model_package(ModelPackageName=package))
        first.sagemaker.create_training_job(**training_request("endless", HyperParameters=ENDLESS))
        in_training(first.sagemaker, "endless")
        first.kill()
    with running(tmp_path) as second:
        sagemaker = second.sagemaker
        assert without_metadata(sagemaker.describe_training_job(TrainingJobName="done")) == done
        assert sagemaker.list_tags(ResourceArn=job_arn)["Tags"] == tags
        lost = sagemaker.describe_training_job(TrainingJobName="endless")
        assert (lost["TrainingJobStatus"], lost["SecondaryStatus"]) == ("Failed", "Failed")
        assert lost["FailureReason"] == "InternalServerError: local AWS ended while the training job ran."
        assert lost["SecondaryStatusTransitions"][-2]["Status"] == "Training"
        endpoint = settled(sagemaker, "served")
        assert endpoint["EndpointStatus"] == "InService"
        assert endpoint["CreationTime"] == served["CreationTime"]
        assert endpoint["ProductionVariants"][0]["CurrentWeight"] == 5.0
        assert invoke(second.runtime, "served", ROW)["Body"] == answer
        assert sagemaker.list_models()["Models"] == []
        assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
        assert without_metadata(sagemaker.describe_model_package(ModelPackageName=package)) == described
        sagemaker.create_training_job(**training_request("after"))
        assert finished(sagemaker, "after")["TrainingJobStatus"] == "Completed"


def test_a_server_that_is_stopped_leaves_a_running_job_to_the_next_one(
    tmp_path: Path, rows: np.ndarray
) -> None:
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        first.sagemaker.create_training_job(**training_request("endless", HyperParameters=ENDLESS))
        in_training(first.sagemaker, "endless")
    with running(tmp_path) as second:
        lost = second.sagemaker.describe_training_job(TrainingJobName="endless")
        assert lost["FailureReason"] == "InternalServerError: local AWS ended while the training job ran."


def test_processing_and_transform_jobs(tmp_path: Path, rows: np.ndarray) -> None:
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        sagemaker = first.sagemaker
        model_data = trained_model(sagemaker, "done")
        sagemaker.create_model(**model_request("transforms", model_data))
        for name in ("done", "begun"):
            first.s3.put_object(Bucket=BUCKET, Key=f"{name}/script.py", Body=SCRIPT)
        first.s3.put_object(Bucket=BUCKET, Key="batch/all.csv", Body=ROW)
        processed, transformed = create_other_jobs(sagemaker, "done")
        wait_until(lambda: processed()["ProcessingJobStatus"] == "Completed")
        wait_until(lambda: transformed()["TransformJobStatus"] == "Completed")
        done = [processed(), transformed()]
        assert done[0]["ExitMessage"] == "bye"
        first.kill()
    with running(tmp_path, "--latency", "realistic") as second:
        begun = [describe() for describe in create_other_jobs(second.sagemaker, "begun")]
        assert begun[0]["ProcessingJobStatus"] == begun[1]["TransformJobStatus"] == "InProgress"
        second.kill()
    with running(tmp_path) as third:
        assert [describe() for describe in describers(third.sagemaker, "done")] == done
        lost = [describe() for describe in describers(third.sagemaker, "begun")]
    assert lost[0]["ProcessingJobStatus"] == lost[1]["TransformJobStatus"] == "Failed"
    for noun, job in zip(("processing", "transform"), lost, strict=True):
        assert job["FailureReason"] == f"InternalServerError: local AWS ended while the {noun} job ran."


def create_other_jobs(sagemaker: Any, name: str) -> list[Callable[[], dict[str, Any]]]:
    """Creates a processing and a transform job, and returns what describes them."""
    sagemaker.create_processing_job(**processing_request(name))
    sagemaker.create_transform_job(**transform_request(name))
    return describers(sagemaker, name)


def describers(sagemaker: Any, name: str) -> list[Callable[[], dict[str, Any]]]:
    return [
        lambda: without_metadata(sagemaker.describe_processing_job(ProcessingJobName=name)),
        lambda: without_metadata(sagemaker.describe_transform_job(TransformJobName=name)),
    ]


def test_objects_are_kept_with_all_that_they_are_read_by(tmp_path: Path) -> None:
    part = b"p" * 5 * 1024**2
    with running(tmp_path) as first:
        s3 = first.s3
        s3.create_bucket(Bucket="kept")
        s3.put_bucket_tagging(Bucket="kept", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        s3.create_bucket(Bucket="gone")
        s3.delete_bucket(Bucket="gone")
        s3.put_object(
            Bucket="kept",
            Key="odd/ä b+c%20d//e",
            Body=b"content",
            ContentType="text/csv",
            CacheControl="no-store",
            Metadata={"rows": "7", "row_count": "8"},
            Tagging="x=y",
        )
        s3.put_object(Bucket="kept", Key="/leading", Body=b"")
        s3.put_object(Bucket="kept", Key="replaced", Body=b"old")
        s3.put_object(Bucket="kept", Key="replaced", Body=b"new", ContentType="text/plain")
        s3.copy_object(Bucket="kept", Key="copy", CopySource={"Bucket": "kept", "Key": "replaced"})
        upload = {"Bucket": "kept", "Key": "parts"}
        upload["UploadId"] = s3.create_multipart_upload(**upload, ContentType="text/x")["UploadId"]
        etags = [
            s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
            for number, body in ((1, part), (2, b"end"))
        ]
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)]
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        for key in ("deleted", "deleted-too", "deleted-as-well"):
            s3.put_object(Bucket="kept", Key=key, Body=b"x")
        s3.delete_object(Bucket="kept", Key="deleted")
        s3.delete_objects(
            Bucket="kept", Delete={"Objects": [{"Key": "deleted-too"}, {"Key": "deleted-as-well"}]}
        )
        before = snapshot(s3)
        buckets = s3.list_buckets()["Buckets"]
        first.kill()
    assert before.keys() == {"odd/ä b+c%20d//e", "/leading", "replaced", "copy", "parts"}
    assert before["parts"]["Body"] == part + b"end"
    assert before["parts"]["ETag"].endswith('-2"')
    with running(tmp_path) as second:
        assert snapshot(second.s3) == before
        assert second.s3.list_buckets()["Buckets"] == buckets
        assert second.s3.get_bucket_tagging(Bucket="kept")["TagSet"] == [{"Key": "a", "Value": "b"}]
        second.s3.delete_object(Bucket="kept", Key="copy")
        second.kill()
    with running(tmp_path) as third:
        assert snapshot(third.s3).keys() == before.keys() - {"copy"}


def snapshot(s3: Any) -> dict[str, dict[str, Any]]:
    """Everything that a client can tell of the objects in the bucket `kept`."""
    objects = {}
    for listed in s3.list_objects_v2(Bucket="kept")["Contents"]:
        read = without_metadata(s3.get_object(Bucket="kept", Key=listed["Key"]))
        tags = s3.get_object_tagging(Bucket="kept", Key=listed["Key"])["TagSet"]
        objects[listed["Key"]] = {**listed, **read, "Body": read["Body"].read(), "Tags": tags}
    return objects


def test_logs_are_kept_until_they_are_deleted(tmp_path: Path, rows: np.ndarray) -> None:
    group = "/aws/sagemaker/TrainingJobs"
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        for name in ("kept", "deleted"):
            first.sagemaker.create_training_job(**training_request(name))
        for name in ("kept", "deleted"):
            finished(first.sagemaker, name)
        before = read_logs(first.server, group)
        kept, deleted = sorted(before, reverse=True)
        assert any("#011train-logloss:" in message for _, message in before[kept])
        make_client("logs", first.server.url).delete_log_stream(logGroupName=group, logStreamName=deleted)
        first.kill()
    with running(tmp_path) as second:
        assert read_logs(second.server, group) == {kept: before[kept]}
        make_client("logs", second.server.url).delete_log_group(logGroupName=group)
        second.kill()
    with running(tmp_path) as third:
        assert make_client("logs", third.server.url).describe_log_groups()["logGroups"] == []


def read_logs(server: LocalAwsServer, group: str) -> dict[str, list[tuple[int, str]]]:
    """Reads time and message of each event, by stream."""
    logs = make_client("logs", server.url)
    found = {}
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        name = stream["logStreamName"]
        events = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)["events"]
        found[name] = [(event["timestamp"], event["message"]) for event in events]
    return found


def test_a_request_to_another_service_costs_no_object(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.s3.create_bucket(Bucket="kept")
        first.s3.put_object(Bucket="kept", Key="key", Body=b"1")
        make_client("sts", first.server.url).get_caller_identity()
        make_client("logs", first.server.url).describe_log_groups()
        make_client("iam", first.server.url).list_roles()
        first.kill()
    with running(tmp_path) as second:
        assert second.s3.get_object(Bucket="kept", Key="key")["Body"].read() == b"1"


def test_a_versioned_bucket_keeps_its_current_versions(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        s3 = first.s3
        s3.create_bucket(Bucket="versioned")
        s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
        for body in (b"1", b"2"):
            version = s3.put_object(Bucket="versioned", Key="key", Body=body)["VersionId"]
        s3.put_object(Bucket="versioned", Key="marked", Body=b"x")
        s3.delete_object(Bucket="versioned", Key="marked")
        first.kill()
    with running(tmp_path) as second:
        assert second.s3.get_bucket_versioning(Bucket="versioned")["Status"] == "Enabled"
        found = second.s3.get_object(Bucket="versioned", Key="key")
        assert (found["VersionId"], found["Body"].read()) == (version, b"2")
        assert refused(second.s3.get_object, Bucket="versioned", Key="marked")[0] == "NoSuchKey"


def test_the_bucket_of_a_stack_is_kept_until_its_stack_deletes_it(tmp_path: Path) -> None:
    template = "Resources: {A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: of-a-stack}}}"
    with running(tmp_path) as first, closing(make_client("cloudformation", first.server.url)) as stacks:
        stacks.create_stack(StackName="kept", TemplateBody=template)
        stacks.create_stack(StackName="deleted", TemplateBody=template.replace("of-a-stack", "gone"))
        stacks.delete_stack(StackName="deleted")
        first.s3.put_object(Bucket="of-a-stack", Key="key", Body=b"object")
        first.kill()
    with running(tmp_path) as second:
        assert [one["Name"] for one in second.s3.list_buckets()["Buckets"]] == ["of-a-stack"]
        assert second.s3.get_object(Bucket="of-a-stack", Key="key")["Body"].read() == b"object"


def test_what_was_acknowledged_is_there_and_nothing_is_half_there(tmp_path: Path) -> None:
    """Killed while four clients write and overwrite."""
    acknowledged: dict[str, set[str]] = {}
    with running(tmp_path) as first:
        first.s3.create_bucket(Bucket="busy")
        enough = threading.Event()

        def write(writer: int) -> None:
            with closing(make_client("s3", first.server.url)) as s3:
                for number in range(10_000):
                    key, body = f"{writer}-{number % 7}", bytes([number % 251]) * 1_000_000
                    tags = acknowledged.setdefault(key, set())
                    try:
                        s3.put_object(Bucket="busy", Key=key, Body=body)
                    except (BotoCoreError, ClientError):
                        tags.add(hashlib.md5(body).hexdigest())  # noqa: S324 - what an ETag is
                        return
                    # This one, or the next, which nobody could acknowledge any more.
                    tags.clear()
                    tags.add(hashlib.md5(body).hexdigest())  # noqa: S324 - as above
                    if number == 20:
                        enough.set()

        writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        assert enough.wait(60)
        first.kill()
        for writer in writers:
            writer.join()
    with running(tmp_path) as second:
        listed = {
            found["Key"]: found["ETag"].strip('"')
            for found in second.s3.list_objects_v2(Bucket="busy")["Contents"]
        }
        for key, etag in listed.items():
            body = second.s3.get_object(Bucket="busy", Key=key)["Body"].read()
            assert (len(body), hashlib.md5(body).hexdigest()) == (1_000_000, etag)  # noqa: S324 - as above
            assert etag in acknowledged[key]
        assert listed.keys() == acknowledged.keys()


def test_two_servers_do_not_share_a_directory(tmp_path: Path) -> None:
    with running(tmp_path):
        assert f"another local AWS uses {tmp_path}" in start(tmp_path)


def test_a_file_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sagemaker" / "123456789012" / "us-east-1" / "model" / "m.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert f"cannot read {path}" in start(tmp_path)


def start(data_dir: Path) -> str:
    """Starts a server that must not start, and returns what it says."""
    root = PROJECT
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data-dir", str(data_dir)]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    return ended.stderr


def test_what_is_too_much_is_gone_at_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.s3.create_bucket(Bucket="kept")
        for key in ("older", "newer"):
            first.s3.put_object(Bucket="kept", Key=key, Body=bytes(2 * 1024**2))
        first.kill()
    with running(tmp_path, "--keep-days", "1", "--keep-megabytes", "3") as second:
        assert [found["Key"] for found in second.s3.list_objects_v2(Bucket="kept")["Contents"]] == ["newer"]


def test_a_pipeline_execution_that_ran_has_failed_after_a_restart(tmp_path: Path, rows: np.ndarray) -> None:
    arguments = training_request("-", HyperParameters=ENDLESS)
    del arguments["TrainingJobName"]
    steps = [{"Name": "Train", "Type": "Training", "Arguments": arguments}]
    token = "t" * 32
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        first.sagemaker.create_pipeline(
            PipelineName="endless",
            RoleArn=ROLE,
            ClientRequestToken=token,
            PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}),
        )
        arn = first.sagemaker.start_pipeline_execution(PipelineName="endless", ClientRequestToken=token)[
            "PipelineExecutionArn"
        ]
        wait_until(
            lambda: first.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)[
                "PipelineExecutionSteps"
            ]
        )
        first.kill()
    with running(tmp_path) as second:
        told = second.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        assert (told["PipelineExecutionStatus"], told["FailureReason"]) == (
            "Failed",
            "InternalServerError: local AWS ended while the execution ran.",
        )
        (step,) = second.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)[
            "PipelineExecutionSteps"
        ]
        assert (step["StepStatus"], step["FailureReason"]) == (
            "Failed",
            "InternalServerError: local AWS ended while the step ran.",
        )
        assert second.sagemaker.describe_pipeline(PipelineName="endless")["PipelineStatus"] == "Active"


def test_monitoring_schedules_go_on_and_keep_their_executions(tmp_path: Path, rows: np.ndarray) -> None:
    hourly = schedule_config("watch", ScheduleExpression="cron(0 * ? * * *)")
    with running(tmp_path) as first:
        put_training_data(first.s3, rows)
        archive = trained_model(first.sagemaker, "watch")
        first.sagemaker.create_model(**model_request("watch", archive))
        deploy_capturing(first.sagemaker, "watch", "watch")
        invoke(first.runtime, "watch", ROW)
        first.sagemaker.create_data_quality_job_definition(**definition_request("watch", "watch"))
        for name, config in (("once", schedule_config("watch")), ("hourly", hourly)):
            first.sagemaker.create_monitoring_schedule(
                MonitoringScheduleName=name, MonitoringScheduleConfig=config
            )
        execution = last_execution(first.sagemaker, "once")
        assert execution["MonitoringExecutionStatus"] == "Completed", execution
        first.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName="cut", MonitoringScheduleConfig=schedule_config("watch")
        )
        wait_until(
            lambda: first.sagemaker.list_monitoring_executions(StatusEquals="InProgress")[
                "MonitoringExecutionSummaries"
            ]
        )
        first.kill()
    with running(tmp_path) as second:
        sagemaker = second.sagemaker
        found = sagemaker.list_monitoring_executions()["MonitoringExecutionSummaries"]
        assert [one["MonitoringScheduleName"] for one in found] == ["cut", "once"]
        assert (found[0]["MonitoringExecutionStatus"], found[1]) == ("Failed", execution)
        lost = "InternalServerError: local AWS ended while the processing job ran."
        assert found[0]["FailureReason"] == lost
        after = sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
        assert (after["MonitoringScheduleStatus"], after["MonitoringScheduleConfig"]) == ("Scheduled", hourly)
        sagemaker.delete_monitoring_schedule(MonitoringScheduleName="hourly")
