"""Answers hold what the API's output shapes hold, and nothing else."""

from local_aws.protocol.responses import trim
from local_aws.protocol.service_model import service_model


def test_unknown_and_absent_members_are_left_out_at_every_level() -> None:
    shape = service_model().operation_model("DescribeEndpoint").output_shape
    assert shape is not None
    answer = {
        "EndpointName": "e",
        "FailureReason": None,
        "Tags": [],
        "CreationTime": 1.5,
        "ProductionVariants": [{"VariantName": "v", "ModelName": "m", "CurrentWeight": 1.0}],
    }
    assert trim(answer, shape) == {
        "EndpointName": "e",
        "CreationTime": 1.5,
        "ProductionVariants": [{"VariantName": "v", "CurrentWeight": 1.0}],
    }


def test_maps_keep_their_keys() -> None:
    shape = service_model().operation_model("DescribeTrainingJob").output_shape
    assert shape is not None
    assert trim({"HyperParameters": {"eta": "0.2"}}, shape) == {"HyperParameters": {"eta": "0.2"}}
