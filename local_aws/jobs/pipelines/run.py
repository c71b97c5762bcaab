"""Run an execution: begin each step once those before it have succeeded, and see to its end."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from local_aws.errors import AwsError, ValidationError
from local_aws.jobs.pipelines.definition import Step
from local_aws.jobs.pipelines.execution import PipelineExecution, StepRun
from local_aws.jobs.pipelines.references import References
from local_aws.jobs.pipelines.steps import JOBS, Call, Steps, job_name
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.1
# The steps that run at once where there is no ParallelismConfiguration: more than a pipeline may have.
_NO_LIMIT = 1000


class PipelineRun:
    """One execution, from its first step to its end.

    Args:
        region: Where it runs.
        execution: Its state.
        call: Does the operations of its steps.
    """

    def __init__(self, region: Region, execution: PipelineExecution, call: Call) -> None:
        self._region = region
        self._execution = execution
        self._steps = Steps(region, call)
        definition = execution.parsed()
        self._known = {step.name: step for step in definition.all_steps()}
        self._pending = list(definition.steps)
        self._parallel = (execution.parallelism or {}).get("MaxParallelExecutionSteps", _NO_LIMIT)

    def __call__(self) -> None:
        """Take the execution to its end. An exception of local AWS's own makes it fail."""
        try:
            while self._goes_on():
                self._region.background.pause(_LOOK_SECONDS, lambda: False)
                if self._region.background.is_closing:
                    return
        except Exception as error:
            _LOG.exception("pipeline execution %s failed inside local AWS", self._execution.name)
            self._end("Failed", f"InternalServerError: {error}")

    def _goes_on(self) -> bool:
        """Look at what runs, and begin what can begin. Tell whether there is more to do."""
        execution = self._execution
        for run in self._running():
            self._look(run)
        is_stopping = execution.status == "Stopping"
        has_failed = any(run.status == "Failed" for run in execution.steps)
        if is_stopping:
            for run in self._running():
                if run.status != "Stopping":
                    self._change(self._steps.stop, run)
        elif not has_failed and self._begin_next():
            return True
        if self._running():
            return True
        if is_stopping:
            self._end("Stopped")
        elif has_failed:
            self._end("Failed", "Step failure: One or multiple steps failed.")
        else:
            self._end("Succeeded")
        return False

    def _end(self, status: str, reason: str | None = None) -> None:
        with self._region.lock:
            self._execution.enter(status, reason)

    def _running(self) -> list[StepRun]:
        return [run for run in self._execution.steps if run.end_time is None]

    def _change(self, change: Callable[[StepRun], None], run: StepRun) -> None:
        change(run)
        with self._region.lock:
            self._execution.note_steps()

    def _look(self, run: StepRun) -> None:
        status = run.status
        try:
            self._steps.look(run)
        except AwsError as error:
            run.end("Failed", f"ClientError: {error.message}")
        if run.status != status:
            with self._region.lock:
                self._execution.note_steps()

    def _begin_next(self) -> bool:
        """Begin each step that waits for nothing more. Tell whether there was one."""
        done = {run.name for run in self._execution.steps if run.status == "Succeeded"}
        free = self._parallel - len(self._running())
        ready = [step for step in self._pending if step.needs <= done][: max(free, 0)]
        for step in ready:
            self._pending.remove(step)
            self._begin(step)
        return bool(ready)

    def _begin(self, step: Step) -> None:
        run = StepRun.of(step)
        run.job_name = job_name(self._execution.name, step)
        try:
            outcome = self._steps.begin(step, run, self._references(run))
        except AwsError as error:
            run.end("Failed", error.message)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            run.end("Failed", f"ClientError: The arguments of the step are not what its type has: {error!r}")
        else:
            if outcome is not None:
                self._pending += step.branches[outcome]
        with self._region.lock:
            self._execution.steps = [*self._execution.steps, run]

    def _references(self, run: StepRun) -> References:
        execution = self._execution
        known: JsonObject = {
            "PipelineName": execution.pipeline_name,
            "PipelineArn": execution.pipeline_arn,
            "PipelineExecutionId": execution.name,
            "PipelineExecutionArn": execution.arn,
            "StartDateTime": _shown(datetime.fromtimestamp(execution.creation_time, UTC)),
            "CurrentDateTime": _shown(datetime.now(UTC)),
        }
        if run.type in JOBS:
            known[f"{JOBS[run.type]}Name"] = run.job_name
        return References(
            parameters=execution.parameters,
            execution=known,
            properties=lambda name: self._steps.properties(self._ended(name)),
            property_file=self._property_file,
            storage=self._region.storage,
        )

    def _ended(self, name: str) -> StepRun:
        for run in self._execution.steps:
            if run.name == name:
                return run
        raise ValidationError(f"Step {name} has not run.")

    def _property_file(self, step_name: str, file_name: str) -> S3Url:
        step = self._known[step_name]
        for file in step.property_files:
            if file.property_file_name == file_name:
                job = self._steps.properties(self._ended(step_name))
                outputs = job["ProcessingOutputConfig"]["Outputs"]
                for output in outputs:
                    if output["OutputName"] == file.output_name:
                        place = S3Url.parse(output["S3Output"]["S3Uri"])
                        return S3Url(place.bucket, f"{place.key.rstrip('/')}/{file.file_path}".lstrip("/"))
        raise ValidationError(f"Step {step_name} has no property file {file_name}.")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
