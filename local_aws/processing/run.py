"""Run a processing job: download its inputs, run the entrypoint, upload the outputs."""

import json
import time

from local_aws.containers.container import Container
from local_aws.errors import JobFailedError
from local_aws.jobs.run import JobRun
from local_aws.jobs.s3_input import download, has_objects, no_objects, source_objects
from local_aws.processing.image import container_config, is_of_others, runs_analyzer
from local_aws.processing.job import ProcessingJob
from local_aws.processing.metrics import publish
from local_aws.storage.objects import S3Url

# API reference, DescribeProcessingJob: ExitMessage.
_LONGEST_EXIT_MESSAGE = 1024


class ProcessingRun(JobRun[ProcessingJob]):
    """One run of a processing job."""

    def open_container(self) -> Container:
        """Make a container for the entrypoint, which logs to the job's stream."""
        job = self.job
        log = self.region.log_stream("/aws/sagemaker/ProcessingJobs", f"{job.name}/algo-1-{int(time.time())}")
        if job.request["ProcessingResources"].get("ClusterConfig", {}).get("InstanceCount", 1) > 1:
            log.append("Local AWS processes on one host, whatever InstanceCount asks for.")
        if is_of_others(job.request["AppSpecification"]):
            log.append("Local AWS has no such image: the command has the packages of this environment.")
        # The job's environment is in the configuration: only the entrypoint gets it.
        return self.region.background.container("script", "process", {}, log.append)

    def download(self, container: Container) -> None:
        """Write the inputs and the configuration, and make the directories of the outputs."""
        opt_ml, request = container.opt_ml, self.job.request
        opt_ml.processing_config.parent.mkdir()
        config = {**request, **container_config(request), "ProcessingJobArn": self.job.arn}
        config.pop("Tags", None)
        opt_ml.processing_config.write_text(json.dumps(config))
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
        opt_ml.processing_resource_config.write_text(json.dumps(hosts))
        for source in self.job.inputs:
            if not has_objects(self.region.storage, source, self.region.name):
                raise JobFailedError(f"ClientError: {no_objects(source['S3Uri'])}")
            objects = source_objects(self.region.storage, source)
            download(self.region.storage, objects, opt_ml.at(source["LocalPath"]))
        for target in self.job.outputs:
            opt_ml.at(target["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def work(self, container: Container) -> bool:
        """Wait for the end of the entrypoint, and keep its message however it ended."""
        try:
            return super().work(container)
        finally:
            self._take_message(container)

    def _take_message(self, container: Container) -> None:
        if not container.opt_ml.message.is_file():
            return
        try:
            message = container.opt_ml.message.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise JobFailedError(f"ClientError: the exit message is not UTF-8: {error}") from error
        with self.region.lock:
            self.job.exit_message = message[:_LONGEST_EXIT_MESSAGE]

    def upload(self, container: Container) -> None:
        """Store every file of each output below its S3Uri, and publish the metrics of an analysis."""
        if runs_analyzer(self.job.request["AppSpecification"]):
            analysis = self.job.request.get("Environment", {}).get("analysis_type", "DATA_QUALITY")
            publish(self.region, container.opt_ml.cloudwatch_metrics, analysis)
        for target in self.job.outputs:
            directory = container.opt_ml.at(target["LocalPath"])
            base = S3Url.parse(target["S3Uri"])
            for file in sorted(path for path in directory.rglob("*") if path.is_file()):
                key = f"{base.key.rstrip('/')}/{file.relative_to(directory).as_posix()}".removeprefix("/")
                self.region.storage.write(S3Url(base.bucket, key), file.read_bytes())
