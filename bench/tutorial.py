"""The tutorial's data and model on a local AWS of its own, for the scripts beside this one."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.aws.clients import Aws
from tests.aws.sagemaker_requests import deployment_requests, training_request
from tests.aws.training_data import BUCKET
from tests.services.local_aws_server import LocalAwsServer, local_aws_server
from tests.tutorial_data import HYPERPARAMETERS, tutorial_split

NAME = "bench"


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS that holds the tutorial's training data, and its clients."""

    server: LocalAwsServer
    s3: Any
    sagemaker: Any
    runtime: Any

    def train(self, name: str) -> float:
        """Trains the tutorial's model. Returns the seconds from CreateTrainingJob to Completed."""
        begin = time.perf_counter()
        self.sagemaker.create_training_job(**training_request(name, HyperParameters=HYPERPARAMETERS))
        status = poll(lambda: self._job(name)["TrainingJobStatus"], {"InProgress"})
        seconds = time.perf_counter() - begin
        if status != "Completed":
            raise SystemExit(f"training ended as {status}: {self._job(name).get('FailureReason')}")
        return seconds

    def _job(self, name: str) -> dict[str, Any]:
        job: dict[str, Any] = self.sagemaker.describe_training_job(TrainingJobName=name)
        return job

    def configure(self, job: str) -> None:
        """Make a model of a training job's archive, and a configuration for endpoints that serve it."""
        requests = deployment_requests(NAME, self._job(job)["ModelArtifacts"]["S3ModelArtifacts"])
        self.sagemaker.create_model(**requests["Model"])
        self.sagemaker.create_endpoint_config(**requests["EndpointConfig"])

    def deploy(self, name: str, config: str = NAME) -> float:
        """Deploys an endpoint. Returns the seconds from CreateEndpoint to InService."""
        begin = time.perf_counter()
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
        status = poll(
            lambda: self.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"], {"Creating"}
        )
        if status != "InService":
            raise SystemExit(f"the endpoint is {status}")
        return time.perf_counter() - begin


def poll(status: Callable[[], str], going_on: set[str]) -> str:
    """Asks for a status until it is none of those: each time a hundredth later, and at first after 0.01 s.

    To ask more often would take the processor from what is measured.
    """
    begin = time.perf_counter()
    while (now := status()) in going_on:
        time.sleep(max(0.01, (time.perf_counter() - begin) / 100))
    return now


@contextmanager
def local_aws(*options: str, train_csv: bytes | None = None) -> Iterator[LocalAws]:
    """Start a local AWS with the tutorial's training data.

    Args:
        options: Options of its command line.
        train_csv: The data, where it is at hand already.
    """
    with local_aws_server(*options) as server:
        aws = Aws(server.url)
        running = LocalAws(server, *(aws.client(name) for name in ("s3", "sagemaker", "sagemaker-runtime")))
        running.s3.create_bucket(Bucket=BUCKET)
        body = tutorial_split()[0] if train_csv is None else train_csv
        running.s3.put_object(Bucket=BUCKET, Key="train/train.csv", Body=body)
        yield running


@contextmanager
def deployed(*options: str) -> Iterator[LocalAws]:
    """Start a local AWS with the tutorial's model in service, as the endpoint NAME."""
    with local_aws(*options) as running:
        running.train(NAME)
        running.configure(NAME)
        running.deploy(NAME)
        yield running
