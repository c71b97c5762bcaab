"""A run's results, brought from local AWS to this machine before local AWS forgets them."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from include.pipeline.aws.object_store import read_object, split_uri
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import PlanReference
    from local_stack.aws_key import AwsKey


@dataclass(frozen=True)
class Leftovers:
    """What is there on local AWS after a run."""

    endpoints: int
    endpoint_configs: int
    models: int
    objects: int
    """In the run's bucket."""


class LocalAwsClient:
    """Local AWS, asked with boto3.

    Args:
        url: Where it listens.
        region: To ask.
        key: Its access key.
    """

    def __init__(self, url: str, region: str, key: "AwsKey") -> None:
        self._session: Any = boto3.Session(key.key_id, key.secret, region_name=region)
        self._url = url
        self.s3: S3Client = self.client("s3")

    def plan(self, reference: "PlanReference") -> RunPlan:
        """Read a run's plan.

        Raises:
            DocumentError: What is there is not the plan that was made.
        """
        content = read_object(self.s3, reference.locations.plan)
        return RunPlan.read(reference.check(content), reference.locations.plan)

    def fetch(self, plan: RunPlan, folder: Path) -> None:
        """Copy a run's results and model archive to a folder; `latest` beside it points there."""
        folder.mkdir(parents=True, exist_ok=True)
        places = plan.locations
        # Where the model is, depends on what has made it: another run, or one of several algorithms.
        manifest = RunManifest.read(read_object(self.s3, places.manifest), places.manifest)
        model = manifest.training.model_uri
        wanted = [places.plan, places.metrics, places.predictions, places.report, model]
        for uri in wanted:
            bucket, key = split_uri(uri)
            self.s3.download_file(bucket, key, str(folder / Path(key).name))
        latest = folder.parent / "latest"
        if latest.is_symlink() or latest.is_file():
            latest.unlink()
        elif latest.is_dir():
            shutil.rmtree(latest)
        latest.symlink_to(folder.name)

    def leftovers(self, bucket: str) -> Leftovers:
        """Count what the run left behind."""
        sagemaker = self.client("sagemaker")
        counts = {
            kind: sum(len(page[kind]) for page in sagemaker.get_paginator(operation).paginate())
            for operation, kind in (
                ("list_endpoints", "Endpoints"),
                ("list_endpoint_configs", "EndpointConfigs"),
                ("list_models", "Models"),
            )
        }
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return Leftovers(
            endpoints=counts["Endpoints"],
            endpoint_configs=counts["EndpointConfigs"],
            models=counts["Models"],
            objects=sum(page["KeyCount"] for page in pages),
        )

    def client(self, service: str) -> Any:
        """Make a client for one of its services."""
        return self._session.client(service, endpoint_url=self._url)
