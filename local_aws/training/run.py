"""Run a training job: download its channels, train in a container, upload the model."""

import io
import json
import tarfile
import time
from typing import ClassVar

from local_aws.containers.container import Container
from local_aws.errors import ClientError
from local_aws.jobs.run import JobRun
from local_aws.jobs.s3_input import data_objects, download
from local_aws.storage.log_streams import shown
from local_aws.storage.objects import S3Url
from local_aws.training.channels import download_channel, input_mode
from local_aws.training.job import TrainingJob


class TrainingRun(JobRun[TrainingJob]):
    """One run of a training job. A job that is stopped keeps the model that it has saved."""

    UPLOADS_WHEN_CUT_SHORT: ClassVar[bool] = True
    CLIENT_ERRORS: ClassVar[tuple[int, ...]] = (ClientError.exit_code,)

    def open_container(self) -> Container:
        """Make a container of the job's algorithm, which logs to the job's stream."""
        job = self.job
        log = self.region.log_stream("/aws/sagemaker/TrainingJobs", f"{job.name}/algo-1-{int(time.time())}")
        if job.algorithm.image != job.algorithm.kept_image:
            log.append(
                f"Local AWS runs {job.algorithm.image} on the libraries of {job.algorithm.kept_image}."
            )
        if job.request["ResourceConfig"].get("InstanceCount", 1) > 1:
            log.append("Local AWS trains on one host, whatever InstanceCount asks for.")
        for channel in job.request.get("InputDataConfig", []):
            if input_mode(channel, job.request) == "FastFile":
                name = channel["ChannelName"]
                log.append(
                    f"Local AWS copies channel {name} before the start, as in File mode, where FastFile "
                    "streams it."
                )

        def note(line: str) -> None:
            log.append(line)
            job.take_metrics(shown(line))

        environment = job.request.get("Environment", {})
        return self.region.background.container(job.algorithm.name, "train", environment, note)

    def download(self, container: Container) -> None:
        """Write the channels, the configuration, and the checkpoints that training goes on from."""
        opt_ml = container.opt_ml
        channels = self.job.request.get("InputDataConfig", [])
        config = {
            channel["ChannelName"]: {
                "TrainingInputMode": "File",
                "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                    "S3DataDistributionType", "FullyReplicated"
                ),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
            }
            for channel in channels
        }
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
        opt_ml.input_data_config.write_text(json.dumps(config))
        opt_ml.resource_config.write_text(json.dumps(hosts))
        opt_ml.hyperparameters.write_text(json.dumps(self.job.request.get("HyperParameters", {})))
        for channel in channels:
            download_channel(channel, opt_ml, self.region.storage)
        if "CheckpointConfig" in self.job.request:
            checkpoints = data_objects(self.region.storage, self._checkpoints_at())
            download(self.region.storage, checkpoints, opt_ml.checkpoints)

    def upload(self, container: Container) -> None:
        """Upload archives of model/ and output/data/ where they hold files, and the checkpoints."""
        opt_ml, artifacts, storage = container.opt_ml, self.job.artifacts, self.region.storage
        output = S3Url(artifacts.bucket, artifacts.key.replace("model.tar.gz", "output.tar.gz"))
        for directory, target in ((opt_ml.model, artifacts), (opt_ml.output_data, output)):
            if directory.is_dir() and (files := sorted(directory.iterdir())):
                archive = io.BytesIO()
                with tarfile.open(fileobj=archive, mode="w:gz") as packed:
                    for file in files:
                        packed.add(file, arcname=file.name)
                storage.write(target, archive.getvalue())
        if "CheckpointConfig" in self.job.request:
            kept_at = self._checkpoints_at()
            for file in opt_ml.checkpoints.rglob("*"):
                if file.is_file():
                    key = f"{kept_at.key}{file.relative_to(opt_ml.checkpoints)}"
                    storage.write(S3Url(kept_at.bucket, key), file.read_bytes())

    def _checkpoints_at(self) -> S3Url:
        """Return the prefix of the job's checkpoints. It ends with a slash where it is not empty."""
        url = S3Url.parse(self.job.request["CheckpointConfig"]["S3Uri"])
        return S3Url(url.bucket, url.key and f"{url.key.rstrip('/')}/")
