"""Runs of the real DAG in Airflow's database, left where a test wants them, with what they keep on S3."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import delete, update

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents import config
from include.pipeline.documents.metrics import ModelEvaluation
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.planning.names import run_key
from tests.pipeline.planned import CONFIG
from tests.project import DEPLOYMENT_ID, PROJECT

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAG_ID = "bank_marketing"
HIDDEN_DAG = "hidden_marketing"
"""Kept from all but administrators by SecretiveAuthManager."""
BUCKET = "airflow-sagemaker-us-east-1-123456789012"
FIRST_RUN = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)

CHAIN = (
    "plan_run",
    "create_bucket",
    "download_data",
    "split_data",
    "train_model",
    "deploy_endpoint",
    "evaluate_model",
    "check_quality",
)
DONE = dict.fromkeys(CHAIN, "success")


def store_dags(folder: Path) -> None:
    """Bring the pipeline's DAG into the database, as the DAG processor does, and its like of another name.

    Args:
        folder: An empty one, for their file.
    """
    shutil.copy(PROJECT / "dags" / "model_pipelines.py", folder)
    datasets = folder / "datasets"
    datasets.mkdir()
    with create_session() as session:
        session.add(DagBundleModel(name="dags-folder"))
    with pytest.MonkeyPatch.context() as patch:
        make_pipelines_of_both(datasets, patch)
        bag = DagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    assert set(bag.dags) == {DAG_ID, HIDDEN_DAG}, bag.import_errors
    sync_bag_to_db(bag, "dags-folder", None)


def make_pipelines_of_both(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Give the hidden DAG a YAML file too, so that it is a pipeline: `Secret models`.

    Args:
        folder: An empty one, for the YAML files.
        patch: Ends it.
    """
    own = (config.DATASETS / f"{DAG_ID}.yaml").read_text()
    (folder / f"{DAG_ID}.yaml").write_text(own)
    (folder / f"{HIDDEN_DAG}.yaml").write_text(own.replace("title: Bank marketing", "title: Secret models"))
    patch.setattr(config, "DATASETS", folder)


@dataclass(frozen=True)
class PipelineRun:
    """A run in the database."""

    run_id: str
    s3: "S3Client"
    bucket: str = BUCKET
    dag_id: str = DAG_ID
    deployment_id: str = DEPLOYMENT_ID

    @property
    def key(self) -> str:
        return run_key(self.deployment_id, self.dag_id, self.run_id)

    @property
    def query(self) -> dict[str, str]:
        return {"dag_id": self.dag_id, "run_id": self.run_id}

    @property
    def places(self) -> RunLocations:
        return RunLocations.of(self.bucket, self.dag_id, self.key, deployment_id=self.deployment_id)

    def keep(
        self,
        *,
        evaluation: ModelEvaluation | None = None,
        report: str | None = None,
        plan: RunPlan | None = None,
        predictions: str | None = None,
        changes: Sequence[str] = (),
    ) -> "PipelineRun":
        """Write its objects, and tell Airflow its figures, as its tasks do."""
        with suppress(self.s3.exceptions.BucketAlreadyOwnedByYou):
            self.s3.create_bucket(Bucket=self.bucket)
        for uri, text, kind in (
            (self.places.metrics, evaluation and evaluation.model_dump_json(), "application/json"),
            (self.places.report, report, "text/html"),
            (self.places.predictions, predictions, "text/csv"),
            (self.places.plan, plan and plan.model_dump_json(), "application/json"),
        ):
            if text is not None:
                write_object(self.s3, uri, text.encode(), kind)
        return self.tell(evaluation.listed(changes).model_dump(mode="json")) if evaluation else self

    def tell(self, figures: Any, task_id: str = "check_quality", key: str = "figures") -> "PipelineRun":
        """Leave an XCom as the execution API does."""
        with create_session() as session:
            XComModel.set(
                key, figures, dag_id=self.dag_id, task_id=task_id, run_id=self.run_id, session=session
            )
            session.execute(
                update(XComModel)
                .where(XComModel.run_id == self.run_id, XComModel.task_id == task_id, XComModel.key == key)
                .values(value=figures)
            )
        return self


def add_run(
    s3: "S3Client",
    run_id: str,
    *,
    state: str = "success",
    tasks: Mapping[str, str] = DONE,
    run_after: datetime = FIRST_RUN,
    bucket: str | None = BUCKET,
    bucket_owner: str | None = None,
    deployment_id: str | None = DEPLOYMENT_ID,
    dag_id: str = DAG_ID,
    failures: Mapping[str, Any] | None = None,
    data: str | None = None,
    summary: str | None = None,
) -> PipelineRun:
    """Make a run.

    Args:
        s3: Where it keeps its objects.
        run_id: Its id.
        state: Of the run.
        tasks: State of each task that has one, in the order in which they started.
        run_after: When it was due.
        bucket: What its task `plan_run` told; None where it told nothing.
        bucket_owner: The account that it told; None where it was of a version that tells none.
        deployment_id: What it told, too.
        dag_id: Of its DAG.
        failures: What tasks told when they failed.
        data: What its task `download_data` told of its file.
        summary: What its task `check_quality` told of it.
    """
    with create_session() as session:
        stored = SerializedDagModel.get(dag_id, session=session)
        assert stored is not None
        run = stored.dag.create_dagrun(
            run_id=run_id,
            run_after=run_after,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState(state),
            session=session,
        )
        instances = {instance.task_id: instance for instance in run.task_instances}
        for order, (task_id, task_state) in enumerate(tasks.items()):
            instances[task_id].state = TaskInstanceState(task_state)
            instances[task_id].start_date = run_after + timedelta(seconds=order)
        session.flush()
        told = {
            ("plan_run", "bucket"): bucket,
            ("plan_run", "bucket_owner"): bucket_owner,
            ("plan_run", "sagemaker_deployment_id"): deployment_id,
            ("download_data", "data"): data,
            ("check_quality", "summary"): summary,
        }
        for (task_id, key), value in told.items():
            if value is not None:
                XComModel.set(key, value, dag_id=dag_id, task_id=task_id, run_id=run_id, session=session)
        for task_id, failure in (failures or {}).items():
            XComModel.set("failure", failure, dag_id=dag_id, task_id=task_id, run_id=run_id, session=session)
    return PipelineRun(run_id, s3, bucket or BUCKET, dag_id, deployment_id or "")


def remove_runs() -> None:
    """Remove all runs from the database."""
    with create_session() as session:
        session.execute(delete(DagRun))


def plan_of_run(run: PipelineRun, **params: Any) -> RunPlan:
    """The plan of a run whose Params are these, and the YAML's for the rest."""
    checked = CONFIG.params.model_copy(update=params)
    return RunPlan.model_validate(
        {
            "key": run.key,
            "identity": {
                "deployment_id": run.deployment_id,
                "dag_id": run.dag_id,
                "run_id": run.run_id,
                "account_id": "123456789012",
                "region": "us-east-1",
                "planned_at": FIRST_RUN,
            },
            "params": checked,
            "table": CONFIG.table,
            "words": CONFIG.words,
            "drift": CONFIG.drift,
            "image_uri": "image",
            "bucket": run.bucket,
            "locations": run.places,
            "training": {},
            "deployment": {},
            "keep_endpoint": False,
        }
    )
