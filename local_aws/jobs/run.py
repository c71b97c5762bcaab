"""Run a job of any kind in its container: download its input, see it work, upload its results."""

import logging
import subprocess
import threading
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import ClassVar, Generic, TypeVar

from local_aws.containers.container import Container
from local_aws.errors import DataError, JobFailedError, NoSuchObjectError
from local_aws.jobs.job import ContainerJob, Phase
from local_aws.state.resources import Region

_LOG = logging.getLogger(__name__)
J = TypeVar("J", bound=ContainerJob)


class JobRun(ABC, Generic[J]):
    """One run of a job. Each kind of job defines what it downloads, does and uploads."""

    UPLOADS_WHEN_CUT_SHORT: ClassVar[bool] = False
    """Whether a job that is stopped uploads the results that it has by then."""
    CLIENT_ERRORS: ClassVar[tuple[int, ...]] = ()
    """The exit codes for a failure that is the caller's, and not the algorithm's."""

    def __init__(self, region: Region, job: J) -> None:
        self.region = region
        self.job = job

    @abstractmethod
    def open_container(self) -> AbstractContextManager[Container]:
        """Make the container, without starting it."""

    @abstractmethod
    def download(self, container: Container) -> None:
        """Write the container's input.

        Raises:
            DataError, ValueError, OSError: The data is absent or not usable.
            JobFailedError: There is another reason to fail.
        """

    def start(self, container: Container) -> None:
        """Start the container."""
        container.start()

    def work(self, container: Container) -> bool:
        """Wait until the container has done its work.

        Returns:
            Whether it was ended because of MaxRuntimeInSeconds.

        Raises:
            JobFailedError: The container failed.
        """
        try:
            exit_code, is_out_of_time = container.wait(self.job.longest_run), False
        except subprocess.TimeoutExpired:
            container.terminate()
            exit_code, is_out_of_time = container.wait(), True
        if exit_code != 0 and not is_out_of_time:
            raise JobFailedError(self._failure_reason(container, exit_code))
        return is_out_of_time

    def _failure_reason(self, container: Container, exit_code: int) -> str:
        failure = container.opt_ml.failure
        if failure.is_file():
            kind = "ClientError" if exit_code in self.CLIENT_ERRORS else "AlgorithmError"
            return f"{kind}: {failure.read_text(errors='replace')}"
        # SageMaker tells a signal as a shell does.
        shown = 128 - exit_code if exit_code < 0 else exit_code
        return f"AlgorithmError: , exit code: {shown}"

    @abstractmethod
    def upload(self, container: Container) -> None:
        """Store the results.

        Raises:
            NoSuchObjectError: There is no bucket for them.
        """

    def __call__(self) -> None:
        """Take the job from Starting to its end. Any exception makes the job fail."""
        try:
            with self.open_container() as container:
                end = self._run_in(container)
        except JobFailedError as error:
            self._fail(str(error))
        except Exception as error:
            _LOG.exception("%s %s failed inside local AWS", self.job.NOUN, self.job.name)
            self._fail(f"InternalServerError: {error}")
        else:
            with self.region.lock:
                self.job.enter(end)

    def _fail(self, reason: str) -> None:
        with self.region.lock:
            self.job.fail(reason)

    def _run_in(self, container: Container) -> Phase:
        latency = self.region.background.latency
        self._pause(latency.starting)
        if not self._goes_on("Downloading"):
            return "Stopped"
        self._pause(latency.downloading)
        try:
            self.download(container)
        except (DataError, ValueError, OSError) as error:
            raise JobFailedError(f"ClientError: Data download failed: {error}") from error
        with self.region.lock:
            if not self._goes_on("Running"):
                return "Stopped"
            self.start(container)
            self.job.container = container
        is_out_of_time = self._work_in(container)
        is_cut_short = is_out_of_time or not self._goes_on("Uploading")
        if self.UPLOADS_WHEN_CUT_SHORT or not is_cut_short:
            self._pause(latency.uploading)
            try:
                self.upload(container)
            except NoSuchObjectError as error:
                reason = f"ClientError: Artifact upload failed: there is no bucket for {error}"
                raise JobFailedError(reason) from error
        if is_out_of_time:
            return "MaxRuntimeExceeded"
        return "Stopped" if self._is_stopping() else "Completed"

    def _work_in(self, container: Container) -> bool:
        last_resort = threading.Timer(container.limits.seconds, self._end_of_time, [container])
        last_resort.daemon = True
        last_resort.start()
        try:
            return self.work(container)
        except JobFailedError:
            # A container may fail because it is told to stop.
            if not self._is_stopping():
                raise
            return False
        finally:
            last_resort.cancel()
            with self.region.lock:
                self.job.container = None

    def _end_of_time(self, container: Container) -> None:
        seconds = container.limits.seconds
        container.log(f"Local AWS: the job has run for {seconds:.0f} s (--job-seconds). It is stopped.")
        container.terminate()

    def _goes_on(self, phase: Phase) -> bool:
        """Enter a phase, unless the job is asked to stop. Tell whether it was entered."""
        with self.region.lock:
            if self.job.status == "Stopping":
                return False
            self.job.enter(phase)
            return True

    def _is_stopping(self) -> bool:
        with self.region.lock:
            return self.job.status == "Stopping"

    def _pause(self, seconds: float) -> None:
        self.region.background.pause(seconds, lambda: self.job.status == "Stopping")
