"""The operations on monitoring schedules, and the list of their executions."""

from local_aws.errors import AwsError, ResourceInUseError, ValidationError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.resource import find_hosted
from local_aws.processing.monitoring.definition import DEFINITIONS
from local_aws.processing.monitoring.execution import MonitoringExecution
from local_aws.processing.monitoring.job_request import data_capture
from local_aws.processing.monitoring.plan import DATA_QUALITY
from local_aws.processing.monitoring.run import ScheduleRun
from local_aws.processing.monitoring.schedule import MonitoringSchedule, find_schedule
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region


def create_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Register a schedule, and wait for its first time."""
    name = request["MonitoringScheduleName"]
    arn = region.arn(MonitoringSchedule, name)
    if region.with_arn(arn) is not None:
        raise ResourceInUseError(f"Monitoring Schedule already exists: {arn}")
    _check_config(request["MonitoringScheduleConfig"])
    schedule = MonitoringSchedule(
        name=name, arn=arn, request=request, tags=tags.from_request(request), endpoint_name=""
    )
    schedule.endpoint_name = _checked_endpoint(region, schedule)
    region.of(MonitoringSchedule)[name] = schedule
    ScheduleRun(region, schedule).start()
    return {"MonitoringScheduleArn": arn}


def update_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Give a schedule another configuration. One that is stopped stays so."""
    schedule = find_schedule(region, request["MonitoringScheduleName"])
    _check_config(request["MonitoringScheduleConfig"])
    before = schedule.request
    schedule.request = before | {"MonitoringScheduleConfig": request["MonitoringScheduleConfig"]}
    try:
        schedule.endpoint_name = _checked_endpoint(region, schedule)
    except AwsError:
        schedule.request = before
        raise
    if schedule.status == "Stopped":
        schedule.enter("Stopped")
    else:
        schedule.enter("Pending")
        ScheduleRun(region, schedule).start()
    return {"MonitoringScheduleArn": schedule.arn}


def _check_config(config: JsonObject) -> None:
    """Check which job a configuration has."""
    has_own, has_name = "MonitoringJobDefinition" in config, "MonitoringJobDefinitionName" in config
    if has_own == has_name:
        raise ValidationError(
            "MonitoringScheduleConfig needs either a MonitoringJobDefinitionName or a "
            "MonitoringJobDefinition."
        )
    kind = config.get("MonitoringType", DATA_QUALITY)
    if has_name and "MonitoringType" not in config:
        raise ValidationError("A MonitoringJobDefinitionName needs its MonitoringType beside it.")
    if kind not in DEFINITIONS or (has_own and kind != DATA_QUALITY):
        there = DATA_QUALITY if has_own else ", ".join(DEFINITIONS)
        where = " for a MonitoringJobDefinition" if has_own else ""
        raise ValidationError(f"Local AWS has no MonitoringType {kind}{where}; it has {there}.")


def _checked_endpoint(region: Region, schedule: MonitoringSchedule) -> str:
    """Return the endpoint of a schedule, once its job, times and endpoint are found to be usable."""
    plan = schedule.plan(region)
    plan.check()
    schedule.timing(plan)
    find_hosted(region, Endpoint, plan.endpoint_name)
    if data_capture(region, plan.endpoint_name) is None:
        raise ValidationError(f"Data capture is not enabled for endpoint {plan.endpoint_name}.")
    return plan.endpoint_name


def start_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Let a stopped or failed schedule go on. One that runs goes on as it does."""
    schedule = find_schedule(region, request["MonitoringScheduleName"])
    if schedule.status in ("Stopped", "Failed"):
        schedule.enter("Pending")
        ScheduleRun(region, schedule).start()
    return {}


def stop_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Start no more executions. One that runs goes on."""
    schedule = find_schedule(region, request["MonitoringScheduleName"])
    schedule.enter("Stopped")
    schedule.waiting = None
    region.background.wake()
    return {}


def delete_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Remove a schedule, of which no execution runs. Those that it had stay in the list."""
    schedule = find_schedule(region, request["MonitoringScheduleName"])
    if any(not one.is_over for one in _executions_of(region, schedule)):
        raise ValidationError(
            f"Can't delete Monitoring Schedule {schedule.arn}: it has an execution in progress."
        )
    schedule.waiting = None
    region.background.wake()
    del region.of(MonitoringSchedule)[schedule.name]
    return {}


def describe_monitoring_schedule(region: Region, request: JsonObject) -> JsonObject:
    """Describe a schedule and its last execution."""
    schedule = find_schedule(region, request["MonitoringScheduleName"])
    executions = _executions_of(region, schedule)
    return schedule.describe(max(executions, key=lambda one: one.creation_time, default=None))


def _executions_of(region: Region, schedule: MonitoringSchedule) -> list[MonitoringExecution]:
    # Another schedule may have had the name before.
    return [
        one
        for one in region.of(MonitoringExecution).values()
        if one.schedule_name == schedule.name and one.creation_time >= schedule.creation_time
    ]


def list_monitoring_schedules(region: Region, request: JsonObject) -> JsonObject:
    """List schedules, the newest first."""

    def is_wanted(schedule: MonitoringSchedule) -> bool:
        definition = schedule.config.get("MonitoringJobDefinitionName")
        return (
            request.get("EndpointName", schedule.endpoint_name) == schedule.endpoint_name
            and request.get("MonitoringJobDefinitionName", definition) == definition
            and request.get("MonitoringTypeEquals", schedule.monitoring_type) == schedule.monitoring_type
        )

    page, token = page_of(region.of(MonitoringSchedule).values(), request, "Descending", wanted=is_wanted)
    return {"MonitoringScheduleSummaries": [one.summary() for one in page], "NextToken": token}


def list_monitoring_executions(region: Region, request: JsonObject) -> JsonObject:
    """List executions, the newest first."""

    def is_wanted(execution: MonitoringExecution) -> bool:
        scheduled = execution.scheduled_time
        return (
            request.get("MonitoringScheduleName", execution.schedule_name) == execution.schedule_name
            and request.get("EndpointName", execution.endpoint_name) == execution.endpoint_name
            and request.get("MonitoringJobDefinitionName", execution.definition_name)
            == execution.definition_name
            and request.get("MonitoringTypeEquals", execution.monitoring_type) == execution.monitoring_type
            and request.get("ScheduledTimeAfter", scheduled)
            <= scheduled
            <= request.get("ScheduledTimeBefore", scheduled)
        )

    by_schedule = request.get("SortBy") == "ScheduledTime"
    page, token = page_of(
        region.of(MonitoringExecution).values(),
        request,
        "Descending",
        key=(lambda one: one.scheduled_time) if by_schedule else None,
        wanted=is_wanted,
    )
    return {"MonitoringExecutionSummaries": [one.summary() for one in page], "NextToken": token}


OPERATIONS = {
    "CreateMonitoringSchedule": create_monitoring_schedule,
    "UpdateMonitoringSchedule": update_monitoring_schedule,
    "StartMonitoringSchedule": start_monitoring_schedule,
    "StopMonitoringSchedule": stop_monitoring_schedule,
    "DeleteMonitoringSchedule": delete_monitoring_schedule,
    "DescribeMonitoringSchedule": describe_monitoring_schedule,
    "ListMonitoringSchedules": list_monitoring_schedules,
    "ListMonitoringExecutions": list_monitoring_executions,
}
