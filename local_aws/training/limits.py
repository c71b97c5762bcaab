"""What a training job asks of its instances, checked by the rules that botocore's model does not hold."""

from local_aws.errors import ValidationError
from local_aws.jobs.local_storage import check_volume_key
from local_aws.state.resources import JsonObject

_LONGEST_RUN = 28 * 24 * 3600
_DEFAULT_RUN = 24 * 3600


def check_limits(request: JsonObject) -> None:
    """Check times, spot instances, warm pool and volume as AWS does before it accepts a job.

    Rules: API_StoppingCondition, API_ResourceConfig and train-warm-pools in AWS's documentation.

    Args:
        request: The request of a training job, or a tuning job's definition of one.

    Raises:
        ValidationError: One of them cannot be had, or not together with another.
    """
    stopping, resources = request.get("StoppingCondition", {}), request["ResourceConfig"]
    runtime, wait = stopping.get("MaxRuntimeInSeconds", _DEFAULT_RUN), stopping.get("MaxWaitTimeInSeconds")
    is_spot = request.get("EnableManagedSpotTraining", False)
    if runtime > _LONGEST_RUN:
        raise ValidationError(
            f"Invalid MaxRuntimeInSeconds. It cannot exceed {_LONGEST_RUN} seconds (28 days)."
        )
    if is_spot and (wait is None or wait < runtime):
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
            "MaxRuntimeInSeconds"
        )
    if not is_spot and wait is not None:
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
        )
    if is_spot and resources.get("KeepAlivePeriodInSeconds"):
        raise ValidationError("KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining.")
    check_volume_key(
        resources.get("InstanceType"), resources.get("VolumeKmsKeyId"), "ResourceConfig.VolumeKmsKeyId"
    )


def without_effect(request: JsonObject) -> list[str]:
    """Tell what of a request is kept and told back, and changes nothing on this machine."""
    resources = request["ResourceConfig"]
    notes = {
        "Local AWS has no network of its own: VpcConfig changes nothing.": "VpcConfig" in request,
        "Local AWS does not take the network from a container.": request.get("EnableNetworkIsolation"),
        "Local AWS has no KMS: nothing is encrypted.": resources.get("VolumeKmsKeyId")
        or request["OutputDataConfig"].get("KmsKeyId"),
        "Local AWS has no spot instances: the job is billed as on demand.": request.get(
            "EnableManagedSpotTraining"
        ),
        "Local AWS keeps no warm pool after the job.": resources.get("KeepAlivePeriodInSeconds"),
    }
    return [note for note, holds in notes.items() if holds]
