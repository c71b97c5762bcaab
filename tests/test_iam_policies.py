"""The pipeline's calls, recorded, against the policy that allows them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import botocore.client
import pytest
from airflow.sdk import Context
from botocore.exceptions import ClientError

from include.operators.create_bucket import CreateOwnBucketOperator
from include.operators.dag.notices.sending import Notice, notifier
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.processing import SplitDataOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.transform import ResumableSageMakerTransformOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from include.pipeline.aws.object_store import list_objects, split_uri
from include.pipeline.aws.resources import ENDPOINT, MODEL, owner_of
from include.pipeline.aws.resources import delete as delete_resource
from include.pipeline.aws.tags import RunTags
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.config import DATASETS, PipelineConfig, load_config
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.scoring.champion import ServeSettings, Shadow
from include.pipeline.documents.scoring.notify import Receiver
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.documents.scoring.plan import ScorePlan
from include.pipeline.documents.scoring.registration import RegistrySettings
from include.pipeline.documents.scoring.settings import ScoreSettings
from include.pipeline.documents.table.split_job import ProcessingSettings
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.documents.training.tune import TuneSettings, tuning_key
from include.pipeline.documents.training.tuning import Tuning
from include.pipeline.evaluation.evaluate import evaluate_endpoint, read_evaluation
from include.pipeline.history.accepted import accept
from include.pipeline.history.listed import ListedModels
from include.pipeline.history.manifest import record_run
from include.pipeline.history.provenance import is_made_by_its_run
from include.pipeline.history.registry import decide, known_version, registration
from include.pipeline.history.reuse import reuse_model
from include.pipeline.iam.__main__ import policies
from include.pipeline.iam.scope import Scope
from include.pipeline.planning.cost import estimate_cost
from include.pipeline.planning.names import default_bucket, run_key
from include.pipeline.planning.plan import write_plan
from include.pipeline.report.writing import write_report
from include.pipeline.scoring.answers import answered
from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
from include.pipeline.scoring.champion.promotion import Promotion, go_back
from include.pipeline.scoring.champion.serving import Serving
from include.pipeline.scoring.champion.versions import ServedVersion, delete_version
from include.pipeline.scoring.model import choose_model
from include.pipeline.scoring.planning import make_score_plan
from include.pipeline.scoring.record import finish_scoring
from include.pipeline.scoring.reuse import find_scored, fingerprint
from include.pipeline.scoring.rows import encode_rows
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.teardown.cleanup import delete_run
from include.pipeline.teardown.deployed import look_up_deployed
from include.pipeline.teardown.janitor import remove, sweep
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.processing_jobs import processing_request
from tests.aws.sagemaker_requests import deployment_requests, training_request
from tests.aws.training_data import BUCKET, as_csv, put_training_data, separable_rows
from tests.aws.training_jobs import ENDLESS, trained_model
from tests.aws.transform_jobs import transform_request
from tests.aws.tuning_jobs import tuning_request
from tests.aws.waiting import OFTEN, end_of_job
from tests.pipeline.iam.needed_permissions import Account
from tests.pipeline.iam.policy_evaluation import AccessRequest, is_allowed
from tests.pipeline.planned import CONFIG as PLANNED
from tests.pipeline.planned import plan_of
from tests.project import DEPLOYMENT_ID
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

ROLE = "AmazonSageMaker-test"
ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:models"
CONFIG = load_config("bank_marketing").model_copy(
    update={
        "score": ScoreSettings(),
        "registry": RegistrySettings(),
        "serve": ServeSettings(
            canary_seconds=0, keep_old_seconds=0, alarms=("quiet",), shadow=Shadow(seconds=1)
        ),
        "notify": (Receiver(sns=TOPIC), Receiver(email=("ana@example.com",))),
    }
)
SCOPE = Scope(
    DEPLOYMENT_ID,
    "bank_marketing",
    CONFIG,
    account=ACCOUNT,
    region="us-east-1",
    partition="aws",
    buckets=(default_bucket(ACCOUNT, "us-east-1"),),
    roles=(f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",),
)
POLICY = json.loads(policies(SCOPE)["airflow-role.json"])
JANITOR = json.loads(policies(SCOPE)["janitor-role.json"])
TUNING = tuple(f"{verb}HyperParameterTuningJob" for verb in ("Create", "Describe", "Stop"))
LIST_TRIALS = "ListTrainingJobsForHyperParameterTuningJob"
ROWS = "bank_marketing_sample.csv"
# The test's own calls.
MADE_BY_THE_TEST = {"iam:CreateRole", "s3:CreateMultipartUpload"}


TUNED = load_config("bank_marketing").model_copy(
    update={
        "tune": TuneSettings.model_validate(
            {"ranges": {"max_depth": [2, 3]}, "max_jobs": 2, "parallel": 2, "strategy": "grid"}
        ),
        "params": CONFIG.params.model_copy(
            update={
                "validation_fraction": 0.2,
                "hyperparameters": {"num_round": 5, "objective": "binary:logistic"},
            }
        ),
    }
)
OF_TUNED = policies(replace(SCOPE, config=TUNED))
SPLITTING = tuple(f"{verb}ProcessingJob" for verb in ("Create", "Describe", "Stop"))
BY_JOB = load_config("bank_marketing").model_copy(
    update={
        "split_on": "processing",
        "processing": ProcessingSettings(
            above_bytes=0, image=f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/pipeline:1"
        ),
    }
)
OF_SPLITTING = policies(replace(SCOPE, config=BY_JOB))


@pytest.fixture
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        made = Aws(server.url)
        made.client("sns").create_topic(Name="models")
        made.client("cloudwatch").put_metric_alarm(
            AlarmName="quiet", EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold"
        )
        yield made


@pytest.fixture
def needed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> list[AccessRequest]:
    """What all calls that any boto3 client makes need; Airflow's connection leads to local AWS."""
    connect(monkeypatch, aws.url)
    requests: list[AccessRequest] = []
    make_call = botocore.client.BaseClient._make_api_call
    sagemaker = aws.client("sagemaker")

    def tags_of(arn: str) -> dict[str, str]:
        try:
            tags = make_call(sagemaker, "ListTags", {"ResourceArn": arn})["Tags"]
        except ClientError:
            return {}
        return {tag["Key"]: tag["Value"] for tag in tags}

    account = Account(ACCOUNT, "us-east-1", owner_of=lambda _bucket: ACCOUNT, tags_of=tags_of)

    def record(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if f"{service}:{operation}" not in MADE_BY_THE_TEST:
            requests.extend(account.needed(service, operation, parameters))
        return make_call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", record)
    return requests


def actions_of(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def begin(aws: Aws, config: PipelineConfig = PLANNED) -> tuple[RunPlan, "S3Client"]:
    """Plan a run and make its bucket; returns the client that asks whose the bucket is."""
    s3 = aws.client("s3")
    aws.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    plan = plan_of(
        {"data_url": ROWS, "role": ROLE},
        aws.client("iam"),
        config=config,
        policy=SourcePolicy(local_folder=DATASETS),
        account_id=aws.client("sts").get_caller_identity()["Account"],
        planned_at=datetime.now(UTC),
    )
    CreateOwnBucketOperator(
        task_id="create_bucket", bucket_name=plan.bucket, plan=plan.model_dump(mode="json")
    ).execute({})
    plan.own_bucket.guard(s3)
    return plan, s3


def fetch_rows(s3: "S3Client", plan: RunPlan | ScorePlan) -> RawData:
    """Bring the sample to where a run keeps its data."""
    policy = SourcePolicy(local_folder=DATASETS)
    return fetch(ROWS, policy=policy, s3=s3, raw_uri=plan.locations.raw)


def run_everything(aws: Aws) -> None:
    """Do in this process what the DAG's tasks do, stop a job, and sweep."""
    sagemaker = aws.client("sagemaker")
    plan, s3 = begin(aws)
    assert estimate_cost(plan, s3).at_most
    write_plan(s3, plan)
    raw = fetch_rows(s3, plan)
    assert reuse_model(s3, plan, raw.sha256) is None
    split = split_to_s3(s3, raw, plan)
    training = ResumableSageMakerTrainingOperator(
        task_id="train_model",
        config=plan.training,
        plan=plan.model_dump(mode="json"),
        check_interval=1,
    )
    job = CompletedTrainingJob.describe(sagemaker, training.execute({})["Training"]["TrainingJobName"])
    training.on_kill()
    deploy(plan, job.model_uri)
    evaluate_endpoint(
        plan, split, job, s3=s3, runtime=aws.client("sagemaker-runtime"), logs=aws.client("logs")
    )
    delete(DeleteSageMakerEndpointOperator, plan)
    delete(DeleteSageMakerEndpointConfigOperator, plan)
    delete(DeleteSageMakerModelOperator, plan)
    manifest = record_run(s3, plan, read_evaluation(s3, plan), raw=raw, split=split, training=job)
    accept(s3, plan, manifest)
    # It was cleared, and takes the place that it had in the list of models.
    again = plan.identity.model_copy(update={"planned_at": datetime.now(UTC)})
    accept(s3, plan, manifest.model_copy(update={"identity": again}))
    register(sagemaker, plan, manifest)
    score(aws, plan, raw)
    serve(aws, plan, manifest)
    notifier(CONFIG.notify[0], Notice("promotion", "served", "", "")).notify(Context())
    # The next run of the same data uses the model again, and takes over its figures.
    places = RunLocations.of(plan.bucket, "bank_marketing", "next", deployment_id=DEPLOYMENT_ID)
    next_run = plan.model_copy(update={"key": "next", "locations": places})
    assert reuse_model(s3, next_run, raw.sha256)
    delete_run(s3, next_run.locations, RunTags.of_request(next_run.training))
    write_report(s3, plan, manifest, look_up_deployed(sagemaker, plan, {}))
    # What a job leaves that was stopped while it stored its model.
    begin_upload(aws, plan)
    assert delete_run(s3, plan.locations, RunTags.of_request(plan.training)).bucket_is_deleted
    sweep(
        sagemaker,
        now=datetime.now(UTC),
        deployment_id=DEPLOYMENT_ID,
        is_over=lambda _: True,
        dry_run=False,
        report=print,
    )


def tune(aws: Aws) -> None:
    """Do what the tasks of a pipeline with a tuning job do: tune, tell of all trials, stop, use."""
    sagemaker = aws.client("sagemaker")
    plan, s3 = begin(aws, TUNED)
    split_to_s3(s3, fetch_rows(s3, plan), plan)
    task = ResumableSageMakerTuningOperator(
        task_id="train_model", config=plan.tuning, plan=plan.model_dump(mode="json"), check_interval=1
    )
    result = task.execute({})
    task.on_kill()
    job = CompletedTrainingJob.describe(sagemaker, result["Training"]["TrainingJobName"])
    assert Tuning.describe(sagemaker, result["Tuning"]["HyperParameterTuningJobName"]).best == job.name
    # What a run looks at that uses the model again.
    assert owner_of(sagemaker, result["Training"]["TrainingJobArn"])
    deploy(plan, job.model_uri)
    sweep(
        sagemaker,
        now=datetime.now(UTC),
        deployment_id=DEPLOYMENT_ID,
        is_over=lambda _: True,
        dry_run=False,
        report=print,
    )


def split_by_job(aws: Aws) -> RunPlan:
    """Do what the tasks of a pipeline do whose large tables a processing job splits, until the split."""
    plan, s3 = begin(aws, BY_JOB)
    raw = fetch_rows(s3, plan)
    for _ in range(2):  # the second finds what the first made, and asks whose it is
        task = SplitDataOperator(
            task_id="split_data",
            config=dict(plan.processing or {}),
            plan=plan.model_dump(mode="json"),
            raw=raw.model_dump(mode="json"),
            above_bytes=0,
            max_bytes=CONFIG.max_source_bytes,
            check_interval=1,
        )
        task.execute({})
    task.on_kill()
    return plan


def register(sagemaker: Any, plan: RunPlan, manifest: RunManifest) -> None:
    """Make the accepted model a version, and approve it."""
    group = SCOPE.model_package_group
    assert group is not None
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    assert known_version(sagemaker, group, manifest) is None
    made = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="PendingManualApproval",
        **registration(manifest, plan.locations, CONFIG),
    )
    assert known_version(sagemaker, group, manifest)
    decide(sagemaker, made["ModelPackageArn"], group, is_approved=True, note="")


def score(aws: Aws, plan: RunPlan, raw: RawData) -> None:
    """Score the rows as new ones, by the accepted model, and take the model away."""
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    scoring = make_score_plan(
        ScoreParams.defaults(CONFIG).model_dump() | {"data_url": raw.url, "role": ROLE},
        identity=plan.identity.model_copy(update={"dag_id": "bank_marketing_score"}),
        pipeline="bank_marketing",
        config=CONFIG.model_copy(update={"limits": CONFIG.limits.model_copy(update={"roles": (ROLE,)})}),
        default_role=None,
        source_policy=None,
        iam=lambda: aws.client("iam"),
    )
    scoring.own_bucket.guard(s3)
    rows = fetch_rows(s3, scoring)
    model = choose_model(s3, scoring, partial(is_made_by_its_run, sagemaker))
    assert find_scored(s3, scoring, fingerprint(scoring, rows, model)) is None
    encoded = encode_rows(s3, rows, scoring, model, max_bytes=CONFIG.max_source_bytes)
    task = ResumableSageMakerTransformOperator(
        task_id="score_rows",
        config=scoring.transform,
        model=model.model_dump(mode="json"),
        images=scoring.images,
        archives=scoring.archives,
        longest_seconds=scoring.max_runtime_seconds,
        check_interval=1,
    )
    job = task.execute({})
    task.on_kill()
    finish_scoring(
        s3,
        scoring,
        raw=rows,
        model=model,
        encoded=encoded,
        answers=answered(sagemaker, scoring, job),
        max_bytes=CONFIG.max_source_bytes,
    )
    delete_resource(sagemaker, MODEL, scoring.key, 1)
    for uri in list_objects(s3, f"{scoring.locations.run.rpartition('/runs/')[0]}/"):
        bucket, key = split_uri(uri)
        s3.delete_object(Bucket=bucket, Key=key)


def serve(aws: Aws, plan: RunPlan, manifest: RunManifest) -> None:
    """Put the accepted model into service, promote it as if it were another, go back, and take all away."""
    sagemaker = aws.client("sagemaker")

    def serving(run_id: str) -> Serving:
        dag_id = "bank_marketing_serve"
        own = RunTags(deployment_id=DEPLOYMENT_ID, dag_id=dag_id, run_id=run_id, expires=None)
        assert CONFIG.serve
        assert SCOPE.champion_endpoint
        return Serving(
            config=CONFIG,
            serve=CONFIG.serve,
            endpoint=ChampionEndpoint(sagemaker, SCOPE.champion_endpoint, own, longest_pause=1),
            runtime=aws.client("sagemaker-runtime"),
            cloudwatch=aws.client("cloudwatch"),
            s3=plan.own_bucket.guard(aws.client("s3")),
            models=ListedModels.of(plan.bucket, "bank_marketing", plan.identity),
            is_usable=partial(is_made_by_its_run, sagemaker),
        )

    (role,) = SCOPE.roles
    first = Promotion(serving("first"), role, lambda: None).promote(None, set()).version
    name = run_key(DEPLOYMENT_ID, "bank_marketing_serve", "second")
    second = ServedVersion(name, manifest.key, first.name, datetime.now(UTC))
    Promotion(serving("second"), role, lambda: None)._take_over(second, manifest)
    assert go_back(serving("third"), None, lambda _: None).version.name == first.name
    delete_resource(sagemaker, ENDPOINT, SCOPE.champion_endpoint or "", 1)
    for version in (first, second):
        delete_version(sagemaker, version.name)


def leave_everything(aws: Aws) -> None:
    """Leave an endpoint, its configuration, its model and a running job, which end with their run."""
    sagemaker = aws.client("sagemaker")
    put_training_data(aws.client("s3"), separable_rows())
    trained_model(sagemaker, "model")
    run = {"dag_id": "bank_marketing", "run_id": "over"}
    tags = RunTags(deployment_id=DEPLOYMENT_ID, **run, expires=datetime.now(UTC)).to_aws()
    name = f"{DEPLOYMENT_ID}-bank-marketing-over"
    archive = f"s3://{BUCKET}/output/model/output/model.tar.gz"
    requests = deployment_requests(name, archive, tags)
    sagemaker.create_model(**requests["Model"])
    sagemaker.create_endpoint_config(**requests["EndpointConfig"])
    sagemaker.create_endpoint(**requests["Endpoint"])
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=OFTEN)
    job = training_request(f"{DEPLOYMENT_ID}-bank-marketing-running", HyperParameters=ENDLESS, Tags=tags)
    sagemaker.create_training_job(**job)
    scoring = transform_request(
        f"{DEPLOYMENT_ID}-bank-marketing-scoring",
        f"s3://{BUCKET}/train/",
        ModelName=name,
        Tags=tags,
    )
    sagemaker.create_transform_job(**scoring)


def begin_upload(aws: Aws, plan: RunPlan) -> None:
    bucket, key = split_uri(f"{plan.locations.model}/model.tar.gz")
    aws.client("s3").create_multipart_upload(Bucket=bucket, Key=key)


def deploy(plan: RunPlan, archive: str) -> None:
    for _ in range(2):  # the second finds what the first made, and asks whose it is
        RunSageMakerEndpointOperator(
            task_id="deploy_endpoint",
            config=plan.deployment,
            model_data_url=archive,
            check_interval=1,
        ).execute({})


def delete(operator: type, plan: RunPlan) -> None:
    operator(task_id="delete", name=plan.key, check_interval=1).execute({"dag_run": plan.identity})


def test_the_policy_allows_what_the_pipeline_calls_and_nothing_else(
    aws: Aws, needed: list[AccessRequest]
) -> None:
    run_everything(aws)
    assert [request for request in needed if not is_allowed(POLICY, request)] == []
    assert {request.action for request in needed} == actions_of(POLICY)


def test_the_policy_of_a_pipeline_with_a_tuning_job_allows_that_and_no_training_job_beside_it(
    aws: Aws, needed: list[AccessRequest]
) -> None:
    tune(aws)
    policy = json.loads(OF_TUNED["airflow-role.json"])
    assert [request for request in needed if not is_allowed(policy, request)] == []
    alone = json.loads(policies(replace(SCOPE, config=load_config("bank_marketing")))["airflow-role.json"])
    added = actions_of(policy) - actions_of(alone)
    assert added <= {request.action for request in needed}
    assert added == {f"sagemaker:{action}" for action in (*TUNING, LIST_TRIALS)}
    assert actions_of(alone) - actions_of(policy) == {"sagemaker:CreateTrainingJob"}
    # A tuning job without its limits is not allowed, nor one of another pipeline's name.
    (made,) = (each for each in needed if each.action == "sagemaker:CreateHyperParameterTuningJob")
    for changed in (
        {"context": {**made.context, "sagemaker:MaxRuntimeInSeconds": "99999"}},
        {"context": {**made.context, "sagemaker:InstanceTypes": ("ml.p5.48xlarge",)}},
        {"resource": made.resource.replace(DEPLOYMENT_ID, "others")},
    ):
        assert is_allowed(policy, made)
        assert not is_allowed(policy, replace(made, **changed))


def test_the_policy_of_a_pipeline_whose_large_tables_a_job_splits_allows_that_beside(
    aws: Aws, needed: list[AccessRequest]
) -> None:
    plan = split_by_job(aws)
    policy = json.loads(OF_SPLITTING["airflow-role.json"])
    assert [request for request in needed if not is_allowed(policy, request)] == []
    alone = json.loads(policies(replace(SCOPE, config=load_config("bank_marketing")))["airflow-role.json"])
    added = actions_of(policy) - actions_of(alone)
    assert added <= {request.action for request in needed}
    assert added == {f"sagemaker:{action}" for action in SPLITTING}
    (made,) = (each for each in needed if each.action == "sagemaker:CreateProcessingJob")
    for changed in (
        {"context": {**made.context, "sagemaker:MaxRuntimeInSeconds": "99999"}},
        {"context": {**made.context, "sagemaker:InstanceTypes": ("ml.p5.48xlarge",)}},
        {"context": {**made.context, "sagemaker:NetworkIsolation": "false"}},
        {"resource": made.resource.replace(DEPLOYMENT_ID, "others")},
    ):
        assert is_allowed(policy, made)
        assert not is_allowed(policy, replace(made, **changed))
    # What SageMaker reads and writes for the job, its role may, and no other place of the run.
    role = json.loads(OF_SPLITTING["sagemaker-role.json"])
    job = aws.client("sagemaker").describe_processing_job(ProcessingJobName=plan.key)
    read = [each["S3Input"]["S3Uri"] for each in job["ProcessingInputs"]]
    kept = [f"{plan.locations.profiles}/x.json", f"{plan.locations.processing}/split.json"]
    written = [
        uri for uri in list_objects(aws.client("s3"), f"{plan.locations.run}/") if "/processing/" not in uri
    ]
    assert written
    for action, uris in (("s3:GetObject", read), ("s3:PutObject", [*kept, *written])):
        for uri in uris:
            assert is_allowed(role, _of_object(action, uri)), uri
    for uri in (plan.locations.plan, plan.locations.manifest, plan.locations.metrics):
        assert not is_allowed(role, _of_object("s3:PutObject", uri))


def _of_object(action: str, uri: str) -> AccessRequest:
    bucket, key = split_uri(uri)
    return AccessRequest(action, f"arn:aws:s3:::{bucket}/{key}", {"aws:ResourceAccount": ACCOUNT})


def sweep_twice(sagemaker: Any, describe: Callable[[], dict[str, Any]], status: str) -> None:
    """Let the janitor stop a job, and stop it again when it has ended: it then asks why it cannot."""
    for _ in range(2):
        swept = sweep(
            sagemaker,
            now=datetime.now(UTC),
            deployment_id=DEPLOYMENT_ID,
            is_over=lambda _: True,
            dry_run=False,
            report=print,
        )
        end_of_job(describe, status)
        for left in swept:
            remove(sagemaker, left)


def assert_janitor_needs(needed: list[AccessRequest], policy: dict[str, Any], actions: Sequence[str]) -> None:
    """Hold the policy to what was asked: of these actions all but the first, which makes the job."""
    assert [request for request in needed if not is_allowed(policy, request)] == []
    asked = {request.action for request in needed} & {f"sagemaker:{action}" for action in actions}
    assert asked == actions_of(policy) - actions_of(JANITOR)
    assert asked == {f"sagemaker:{action}" for action in actions[1:]}


def test_the_janitors_policy_reaches_processing_jobs(aws: Aws, needed: list[AccessRequest]) -> None:
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    put_training_data(s3, separable_rows())
    run = RunTags(
        deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="over", expires=datetime.now(UTC)
    )
    name = run_key(DEPLOYMENT_ID, "bank_marketing", "over")
    s3.put_object(Bucket=BUCKET, Key=f"{name}/script.py", Body=b"import time; time.sleep(600)")
    limits = {
        "NetworkConfig": {"EnableNetworkIsolation": True},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }
    sagemaker.create_processing_job(**processing_request(name, Tags=run.to_aws(), **limits))
    needed.clear()
    sweep_twice(
        sagemaker,
        lambda: sagemaker.describe_processing_job(ProcessingJobName=name),
        "ProcessingJobStatus",
    )
    assert_janitor_needs(needed, json.loads(OF_SPLITTING["janitor-role.json"]), SPLITTING)


def test_the_janitors_policy_reaches_tuning_jobs_and_their_training_jobs(
    aws: Aws, needed: list[AccessRequest]
) -> None:
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    put_training_data(s3, separable_rows())
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(separable_rows()))
    run = RunTags(
        deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="over", expires=datetime.now(UTC)
    )
    name = tuning_key(run_key(DEPLOYMENT_ID, "bank_marketing", "over"))
    request = tuning_request(name, static=ENDLESS, members={"Tags": run.to_aws()})
    sagemaker.create_hyper_parameter_tuning_job(**request)
    needed.clear()
    sweep_twice(
        sagemaker,
        lambda: sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name),
        "HyperParameterTuningJobStatus",
    )
    assert_janitor_needs(needed, json.loads(OF_TUNED["janitor-role.json"]), TUNING)


def test_the_janitors_policy_allows_what_it_calls_and_nothing_else(
    aws: Aws, needed: list[AccessRequest]
) -> None:
    leave_everything(aws)
    needed.clear()
    sweep(
        aws.client("sagemaker"),
        now=datetime.now(UTC),
        deployment_id=DEPLOYMENT_ID,
        is_over=lambda _: True,
        dry_run=False,
        report=print,
    )
    assert [request for request in needed if not is_allowed(JANITOR, request)] == []
    assert {request.action for request in needed} == actions_of(JANITOR)
