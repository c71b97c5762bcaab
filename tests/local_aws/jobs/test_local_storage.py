"""Instance types with local storage, held against what EC2 tells of them, in moto's copy."""

import botocore.session
import pytest
from moto.utilities.utils import load_resource

from local_aws.errors import ValidationError
from local_aws.jobs.local_storage import check_volume_key

MODEL = botocore.session.get_session().get_service_model("sagemaker")
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
# Read without moto.ec2, whose import takes seconds.
INSTANCE_TYPES = load_resource("ec2/resources/instance_types.json")


@pytest.mark.parametrize("shape", ["TrainingInstanceType", "ProductionVariantInstanceType"])
def test_it_is_known_of_every_type_that_ec2_describes(shape: str) -> None:
    described, wrong = 0, []
    for instance_type in MODEL.shape_for(shape).enum:
        ec2 = INSTANCE_TYPES.get(instance_type.removeprefix("ml."))
        if ec2 is None:
            continue
        described += 1
        try:
            check_volume_key(instance_type, KEY, "KmsKeyId")
            takes = True
        except ValidationError:
            takes = False
        if takes == ec2.get("InstanceStorageSupported", False):
            wrong.append(instance_type)
    assert described > 150
    assert wrong == []


@pytest.mark.parametrize(
    ("instance_type", "key"),
    [
        ("ml.g5.xlarge", None),
        ("ml.g5.xlarge", ""),
        (None, KEY),
        ("ml.m5.large", KEY),
        ("ml.m5dn.large", None),
    ],
)
def test_without_key_or_local_storage_nothing_is_refused(instance_type: str | None, key: str | None) -> None:
    check_volume_key(instance_type, key, "KmsKeyId")
