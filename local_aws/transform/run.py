"""Run a transform job: serve the model, send it the input in requests, store the answers."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice

import urllib3

from local_aws.containers.container import Container
from local_aws.errors import (
    BadGzipError,
    DataProcessingError,
    JobFailedError,
    ModelDataError,
    RecordTooLargeError,
)
from local_aws.hosting.serving.model_serving import (
    CONNECTIONS,
    STARTUP_SECONDS,
    becomes_healthy,
    listen,
    start_serving,
    write_container,
)
from local_aws.hosting.serving.serving_process import ServingProcess, open_container, start_process
from local_aws.jobs.job import Phase
from local_aws.jobs.run import JobRun
from local_aws.jobs.s3_input import has_objects, no_objects, source_objects
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.log_streams import LogStream
from local_aws.storage.objects import S3Url
from local_aws.transform.batches import assemble, batches, split
from local_aws.transform.data_processing import DataProcessing
from local_aws.transform.execution_parameters import ExecutionParameters
from local_aws.transform.gzip_object import decompress
from local_aws.transform.invocations import Invocations
from local_aws.transform.job import TransformJob

_LOG_GROUP = "/aws/sagemaker/TransformJobs"
_MEGABYTE = 1024**2
# How many requests wait for their turn: enough to keep all connections busy, few enough to stop at once.
_QUEUED = 256


class TransformRun(JobRun[TransformJob]):
    """One run of a transform job. A job that is stopped or fails stores nothing."""

    def __init__(self, region: Region, job: TransformJob) -> None:
        super().__init__(region, job)
        # These are known once the input is listed, the container has started, and it has answered.
        self._objects: dict[str, S3Url]
        self._pool: urllib3.HTTPConnectionPool
        self._transformed: dict[str, bytes] = {}
        # Those of an inference pipeline after the first.
        self._next: list[ServingProcess] = []
        host = f"{job.name}/i-{secrets.token_hex(8)}"
        self._stream = f"{host}-{int(time.time())}"
        self._container_log = self._log_of(0)
        self._data_log = region.log_stream(_LOG_GROUP, f"{host}/data-log")

    def open_container(self) -> Container:
        """Make a container that serves the model, in batch mode."""
        if self.job.request["TransformResources"]["InstanceCount"] > 1:
            self._container_log.append("Local AWS transforms on one host, whatever InstanceCount asks for.")
        definition = self.job.definition
        return open_container(self.region, definition, self._environment(definition), self._container_log)

    def _log_of(self, number: int) -> LogStream:
        """Return the log stream of a container, by its place in the model."""
        names = self.job.container_names
        stream = f"{self._stream}/{names[number]}" if self.job.next_definitions else self._stream
        return self.region.log_stream(_LOG_GROUP, stream)

    def _environment(self, definition: JsonObject) -> dict[str, str]:
        return {
            **definition.get("Environment", {}),
            **self.job.request.get("Environment", {}),
            "SAGEMAKER_BATCH": "true",
        }

    def download(self, container: Container) -> None:
        """List the input, and extract the model."""
        if not has_objects(self.region.storage, self.job.source, self.region.name):
            raise JobFailedError(f"ClientError: {no_objects(self.job.source['S3Uri'])}")
        self._objects = source_objects(self.region.storage, self.job.source)
        definition = self.job.definition
        try:
            write_container(container, self.region.storage, definition, self._environment(definition))
            for number, following in enumerate(self.job.next_definitions, start=1):
                environment, name = self._environment(following), self.job.container_names[number]
                self._next.append(
                    start_process(self.region, following, environment, self._log_of(number), name)
                )
        except ModelDataError as error:
            raise JobFailedError(f"ClientError: {error}") from error

    def start(self, container: Container) -> None:
        """Start the server."""
        with listen() as listener:
            self._pool = start_serving(container, listener)

    def _run_in(self, container: Container) -> Phase:
        try:
            return super()._run_in(container)
        finally:
            for process in self._next:
                process.close()

    def work(self, container: Container) -> bool:
        """Send every object's records, and keep the answers."""
        with self._pool:
            servers = [
                (container, self._pool),
                *((process.container, process.pool) for process in self._next),
            ]
            if not all(becomes_healthy(*server, STARTUP_SECONDS) for server in servers):
                self._container_log.append("Local AWS: the container did not pass the ping health check.")
                raise JobFailedError("AlgorithmError: See job logs for more information")
            try:
                parameters = ExecutionParameters.of(self.job.request, self._pool)
            except (urllib3.exceptions.HTTPError, ValueError) as error:
                self._log_data(f"/execution-parameters: {error}")
                raise JobFailedError("AlgorithmError: See job logs for more information") from error
            self._log_data(str(parameters))
            # If there were more requests at once than connections, they would only wait for one.
            with ThreadPoolExecutor(min(parameters.max_concurrent, CONNECTIONS)) as senders:
                for path, url in self._objects.items():
                    self._transformed[path] = self._transform(url, parameters, senders)
        return False

    def _transform(self, url: S3Url, parameters: ExecutionParameters, senders: ThreadPoolExecutor) -> bytes:
        request = self.job.request
        name = f"{url.bucket}/{url.key}"
        pools = [self._pool, *(process.pool for process in self._next)]
        invocations = Invocations(request, pools, self._log_data)
        processing = DataProcessing.of(request)
        stored: list[bytes] = []
        try:
            records = split(self._read(url), request["TransformInput"].get("SplitType", "None"))
            requests = batches(
                map(processing.to_send, records),
                parameters.max_payload_mb * _MEGABYTE,
                one_each=parameters.strategy == "SINGLE_RECORD",
            )
            unanswered = iter(records)
            while some := list(islice(requests, _QUEUED)):
                answers = senders.map(lambda batch: invocations.send(b"\n".join(batch), name), some)
                for batch, answer in zip(some, answers, strict=True):
                    stored.append(processing.to_store(list(islice(unanswered, len(batch))), answer))
        except (BadGzipError, RecordTooLargeError, DataProcessingError) as error:
            self._log_data(f"{name}: ClientError: {error}")
            raise JobFailedError("ClientError: See job logs for more information") from error
        return assemble(stored, request["TransformOutput"].get("AssembleWith", "None"))

    def _read(self, url: S3Url) -> bytes:
        content = self.region.storage.read(url)
        is_compressed = self.job.request["TransformInput"].get("CompressionType") == "Gzip"
        return decompress(content) if is_compressed else content

    def _log_data(self, text: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        self._data_log.append(f"{now}:[sagemaker logs]: {text}")

    def upload(self, container: Container) -> None:  # noqa: ARG002 - the answers are with us
        """Store an object for each object of the input, by its path below the prefix with `.out` appended."""
        base = S3Url.parse(self.job.request["TransformOutput"]["S3OutputPath"])
        for path, content in self._transformed.items():
            key = f"{base.key.rstrip('/')}/{path}.out".removeprefix("/")
            self.region.storage.write(S3Url(base.bucket, key), content)
