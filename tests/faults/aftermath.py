"""What a run left, and whether it is whole."""

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from typing import Any

from include.pipeline.aws.jobs import JOB_KINDS, TRAINING_JOB, JobKind
from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.planning.names import part_of_all_names, run_key
from local_stack.demo import DAG_ID
from local_stack.results import LocalAwsClient
from tests.aws.lists import listed
from tests.project import DEPLOYMENT_ID


@dataclass(frozen=True)
class Aftermath:
    """What there is of a run on local AWS."""

    aws: LocalAwsClient
    run_id: str
    bucket: str
    deployment: str = DEPLOYMENT_ID
    dag_id: str = DAG_ID

    @property
    def key(self) -> str:
        return run_key(self.deployment, self.dag_id, self.run_id)

    def billing(self) -> list[str]:
        """Name the run's endpoints, configurations, models and running jobs."""
        sagemaker: Any = self.aws.client("sagemaker")
        named = {"NameContains": part_of_all_names(self.key)}
        found = {
            "endpoint": listed(sagemaker, "list_endpoints", **named),
            "endpoint configuration": listed(sagemaker, "list_endpoint_configs", **named),
            "model": listed(sagemaker, "list_models", **named),
        }
        for job in JOB_KINDS:
            found[job.title] = listed(sagemaker, job.list, **named, StatusEquals="InProgress")
        return [kind for kind, items in found.items() if items]

    def jobs(self, kind: JobKind = TRAINING_JOB) -> list[str]:
        """Give the status of each of the run's jobs of a kind, the oldest first."""
        sagemaker: Any = self.aws.client("sagemaker")
        found = listed(sagemaker, kind.list, NameContains=self.key, SortOrder="Ascending")
        return [job[kind.status_member] for job in found]

    def trials(self) -> dict[str, list[str]]:
        """Give the status of each training job of the run's tuning jobs, by their names and states."""
        sagemaker: Any = self.aws.client("sagemaker")
        found = listed(
            sagemaker, "list_hyper_parameter_tuning_jobs", NameContains=part_of_all_names(self.key)
        )
        names = {job["HyperParameterTuningJobName"]: job["HyperParameterTuningJobStatus"] for job in found}
        return {
            f"{name} {status}": [
                trial["TrainingJobStatus"]
                for trial in listed(sagemaker, "list_training_jobs", NameContains=f"{name}-0")
            ]
            for name, status in names.items()
        }

    def checksums(self) -> dict[str, str]:
        """SHA-256 of each object that does not depend on when the run was, by its place in the run's folder.

        A model archive counts by the model in it, whichever of the run's jobs made it. What a processing job
        gets and tells is left out.
        """
        buckets = [bucket["Name"] for bucket in self.aws.s3.list_buckets()["Buckets"]]
        if self.bucket not in buckets:
            return {}
        folder = f"s3://{self.bucket}/{self.deployment}/{self.dag_id}/runs/{self.key}/"
        found = {}
        for uri in list_objects(self.aws.s3, folder):
            place, content = uri.removeprefix(folder), read_object(self.aws.s3, uri)
            if place in {"plan.json", "manifest.json", "evaluation/report.html"} or place.startswith(
                "processing/"
            ):
                continue
            if place == "evaluation/metrics.json":
                # The archive's hash has the time of the archive in it.
                figures = {
                    key: value for key, value in json.loads(content).items() if key != "archive_sha256"
                }
                content = json.dumps(figures).encode()
            if place.startswith("model/"):
                with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                    member = archive.extractfile("xgboost-model")
                    assert member is not None
                    place, content = "model", member.read()
            found[place] = hashlib.sha256(content).hexdigest()
        return found

    def raw_checksums(self) -> dict[str, str]:
        """SHA-256 of each raw file, by the one that its place says."""
        raw = f"s3://{self.bucket}/{self.deployment}/{self.dag_id}/raw/"
        return {
            uri.removeprefix(raw).split("/")[0]: hashlib.sha256(read_object(self.aws.s3, uri)).hexdigest()
            for uri in list_objects(self.aws.s3, raw)
        }
