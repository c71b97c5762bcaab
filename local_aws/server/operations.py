"""The operations that local AWS has of its own, by name, and how one is performed."""

from collections.abc import Callable

from local_aws.hosting import endpoint_configs, endpoints, models
from local_aws.jobs import operations as job_operations
from local_aws.jobs import search
from local_aws.jobs.pipelines import execution_operations as pipeline_executions
from local_aws.jobs.pipelines import operations as pipelines
from local_aws.model_registry import model_package_groups, model_packages
from local_aws.processing import operations as processing_jobs
from local_aws.processing.monitoring import definitions as monitoring_definitions
from local_aws.processing.monitoring import run as monitoring
from local_aws.processing.monitoring import schedules as monitoring_schedules
from local_aws.protocol import tags
from local_aws.protocol.members.member_answers import refuse_members
from local_aws.protocol.request_validation import validate
from local_aws.protocol.responses import trim
from local_aws.protocol.service_model import service_model
from local_aws.state.resources import JsonObject, Region
from local_aws.training import operations as training_jobs
from local_aws.transform import operations as transform_jobs
from local_aws.tuning import operations as tuning_jobs

Operation = Callable[[Region, JsonObject], JsonObject]
OPERATIONS: dict[str, Operation] = {
    **training_jobs.OPERATIONS,
    **processing_jobs.OPERATIONS,
    **monitoring_definitions.OPERATIONS,
    **monitoring_schedules.OPERATIONS,
    **transform_jobs.OPERATIONS,
    **model_package_groups.OPERATIONS,
    **model_packages.OPERATIONS,
    **tuning_jobs.OPERATIONS,
    **models.OPERATIONS,
    **endpoint_configs.OPERATIONS,
    **endpoints.OPERATIONS,
    **tags.OPERATIONS,
    **search.OPERATIONS,
    **pipelines.OPERATIONS,
}


def perform(region: Region, operation: str, parameters: JsonObject) -> JsonObject:
    """Do one of these operations, whose request is valid, and return the members of its answer.

    Raises:
        AwsError: The operation refuses it.
    """
    model = service_model().operation_model(operation)
    refuse_members(operation, parameters, model.input_shape)
    with region.lock:
        answer = OPERATIONS[operation](region, parameters)
        return trim(answer, model.output_shape) if model.output_shape is not None else {}


def _perform_step(region: Region, operation: str, parameters: JsonObject) -> JsonObject:
    """Do an operation for the step of a pipeline, as for a caller from outside."""
    validate(parameters, service_model().operation_model(operation).input_shape)
    return perform(region, operation, parameters)


OPERATIONS |= pipeline_executions.operations(_perform_step)

_RESUMING: tuple[Callable[[Region], None], ...] = (
    pipeline_executions.resume,
    tuning_jobs.resume,
    job_operations.resume,
    monitoring.resume,
    endpoints.resume,
)


def resume(region: Region) -> None:
    """See to all that worked in the background before a restart. The region's lock is held."""
    for one in _RESUMING:
        one(region)
