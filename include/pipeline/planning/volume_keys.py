"""Which instance types take a KMS key for their storage volume."""

from include.pipeline.documents.aws_settings import KeySettings
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError

_VOLUMES = (("training_instance_type", "training_volume"), ("endpoint_instance_type", "endpoint_volume"))


def check_volume_keys(params: RunParams, keys: KeySettings) -> None:
    """Refuse a key for the volume of an instance type that has local storage, as SageMaker does.

    Rule: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html

    Raises:
        ParamError: Such an instance type was chosen.
    """
    for param, setting in _VOLUMES:
        instance_type = getattr(params, param)
        if getattr(keys, setting) and not _takes_key(instance_type):
            raise ParamError(
                f"{param} = {instance_type!r}",
                f"an instance type with local storage takes no key, and aws.keys.{setting} names one",
                f"Choose a type without local storage, or leave {setting} out of the pipeline's YAML file",
            )


def _takes_key(instance_type: str) -> bool:
    # Takes 3 s to import: only who names a key should pay.
    from sagemaker.core.common_utils import instance_supports_kms

    takes: bool = instance_supports_kms(instance_type)
    return takes
