"""Which instance types take a KMS key for their storage volume."""

from include.pipeline.documents.aws_settings import KeySettings
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError

_VOLUMES = (("training_instance_type", "training_volume"), ("endpoint_instance_type", "endpoint_volume"))

# Families with storage of their own, beside those with a "d" in their name: as the sagemaker package has it.
_LOCAL_STORAGE = ("g5", "g6", "g7e", "p5", "p6-b200", "trn1", "trn2")


def check_volume_keys(params: RunParams, keys: KeySettings) -> None:
    """Refuse a key for the volume of an instance type that has local storage, as SageMaker does.

    Rule: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html

    Raises:
        ParamError: Such an instance type was chosen.
    """
    for param, setting in _VOLUMES:
        instance_type = getattr(params, param)
        if getattr(keys, setting) and not takes_key(instance_type):
            raise ParamError(
                f"{param} = {instance_type!r}",
                f"an instance type with local storage takes no key, and aws.keys.{setting} names one",
                f"Choose a type without local storage, or leave {setting} out of the pipeline's YAML file",
            )


def takes_key(instance_type: str) -> bool:
    """Tell whether SageMaker takes a key for the volume of an instance type: `ml.m5.xlarge`."""
    _, family, _ = instance_type.split(".")
    return "d" not in family and not family.startswith(_LOCAL_STORAGE)
