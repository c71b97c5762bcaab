"""Wait for the times of a schedule, and start its executions."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from local_aws.errors import AwsError, JobFailedError
from local_aws.jobs.operations import start_job
from local_aws.processing.job import ProcessingJob
from local_aws.processing.monitoring.execution import MonitoringExecution
from local_aws.processing.monitoring.job_request import job_request
from local_aws.processing.monitoring.schedule import MonitoringSchedule
from local_aws.processing.run import ProcessingRun
from local_aws.state.resources import Region

# So long it waits without a look at the clock, which may be set.
_LONGEST_WAIT = 60.0


def now() -> datetime:
    """Return the time by which schedules run."""
    return datetime.now(UTC)


class ScheduleRun:
    """The wait of one schedule, until it is stopped, changed or deleted."""

    def __init__(self, region: Region, schedule: MonitoringSchedule) -> None:
        self._region = region
        self._schedule = schedule

    def start(self) -> None:
        """Begin to wait, in place of what waited before. The region's lock is held."""
        background = self._region.background
        self._schedule.waiting = self
        background.wake()
        # A new queue: in the one before, the wait before may be about to start an execution.
        self._schedule.queue = background.queue(1)
        background.run_queued(self._schedule.queue, self)

    def __call__(self) -> None:
        """Start an execution at each of the schedule's times."""
        background = self._region.background
        background.pause(background.latency.starting, self._is_over)
        with self._region.lock:
            if self._is_over():
                return
            try:
                timing = self._schedule.timing(self._schedule.plan(self._region))
            except AwsError as error:
                self._schedule.fail(error.message)
                return
            if self._schedule.status == "Pending":
                self._schedule.enter("Scheduled")
            if not timing.hours:
                start_execution(self._region, self._schedule, now())
                return
        due = timing.next_run(now())
        while self._waits_until(due):
            with self._region.lock:
                if self._is_over():
                    return
                start_execution(self._region, self._schedule, due)
            due = timing.next_run(due)

    def _is_over(self) -> bool:
        return self._region.background.is_closing or self._schedule.waiting is not self

    def _waits_until(self, due: datetime) -> bool:
        """Wait for a moment. Tell whether it has come, and the wait was not ended before."""
        while (seconds := (due - now()).total_seconds()) > 0 and not self._is_over():
            self._region.background.pause(min(seconds, _LONGEST_WAIT), self._is_over)
        return not self._is_over()


def start_execution(region: Region, schedule: MonitoringSchedule, scheduled: datetime) -> None:
    """Start the job of an execution, or say why there is none. The region's lock is held."""
    name = f"model-monitoring-{scheduled:%Y%m%d%H%M}-{uuid.uuid4().hex[:24]}"
    execution = MonitoringExecution(
        name=name,
        arn=region.arn(MonitoringExecution, name),
        request={},
        tags={},
        schedule_name=schedule.name,
        monitoring_type=schedule.monitoring_type,
        definition_name=schedule.config.get("MonitoringJobDefinitionName"),
        endpoint_name=schedule.endpoint_name,
        scheduled_time=scheduled.timestamp(),
    )
    region.of(MonitoringExecution)[name] = execution
    try:
        plan = schedule.plan(region)
        data = schedule.timing(plan).data_of(scheduled)
        request = job_request(region, plan, schedule.name, scheduled, data)
    except (AwsError, JobFailedError) as error:
        execution.fail(str(error))
        return
    job = ProcessingJob(
        name=name,
        arn=region.arn(ProcessingJob, name),
        request={"ProcessingJobName": name, **request},
        tags={},
        monitoring_schedule_arn=schedule.arn,
    )
    job.when_over = _ending(execution, job)
    execution.begin(job)
    start_job(region, job, ProcessingRun(region, job))


def _ending(execution: MonitoringExecution, job: ProcessingJob) -> Callable[[], None]:
    return lambda: execution.end_with(job)


def resume(region: Region) -> None:
    """Let schedules go on after a restart. What they missed is not made up for.

    The executions that ran have failed with their jobs. A schedule that runs once has run, unless it was
    still pending.
    """
    for execution in region.of(MonitoringExecution).values():
        job = region.of(ProcessingJob).get(execution.job_name or "")
        if job is not None and not execution.is_over:
            execution.end_with(job)
    for schedule in region.of(MonitoringSchedule).values():
        is_once = schedule.config.get("ScheduleConfig", {}).get("ScheduleExpression") == "NOW"
        if schedule.status == "Pending" or (schedule.status == "Scheduled" and not is_once):
            ScheduleRun(region, schedule).start()
