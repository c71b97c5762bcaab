from typing import get_args

from mypy_boto3_sagemaker.literals import ProductionVariantInstanceTypeType, TrainingInstanceTypeType
from sagemaker.core.common_utils import instance_supports_kms

from include.pipeline.planning.volume_keys import takes_key

TYPES = sorted({*get_args(TrainingInstanceTypeType), *get_args(ProductionVariantInstanceTypeType)})


def test_an_instance_type_takes_a_key_where_the_sagemaker_package_says_so() -> None:
    assert {name: takes_key(name) for name in TYPES} == {name: instance_supports_kms(name) for name in TYPES}
    assert {takes_key(name) for name in TYPES} == {True, False}
