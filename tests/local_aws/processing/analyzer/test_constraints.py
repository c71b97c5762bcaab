"""constraints.json, as suggested by the statistics of a baseline."""

import pandas as pd

from local_aws.processing.analyzer.constraints import suggested
from local_aws.processing.analyzer.statistics import statistics_of


def test_each_feature_has_its_type_and_completeness() -> None:
    frame = pd.DataFrame(
        {
            "age": ["30", "41", "52", "60"],
            "balance": ["1.5", "-2.5", None, "0.5"],
            "job": ["a", "b", "a", "b"],
            "id": ["x1", "x2", "x3", "x4"],
            "empty": [None] * 4,
        },
        dtype=object,
    )
    document = suggested(statistics_of(frame))
    assert document["features"] == [
        {
            "name": "age",
            "inferred_type": "Integral",
            "completeness": 1.0,
            "num_constraints": {"is_non_negative": True},
        },
        {
            "name": "balance",
            "inferred_type": "Fractional",
            "completeness": 0.75,
            "num_constraints": {"is_non_negative": False},
        },
        {
            "name": "job",
            "inferred_type": "String",
            "completeness": 1.0,
            "string_constraints": {"domains": ["a", "b"]},
        },
        {"name": "id", "inferred_type": "String", "completeness": 1.0},
        {"name": "empty", "inferred_type": "Unknown", "completeness": 0.0},
    ]
    assert document["version"] == 0.0
    assert document["monitoring_config"]["distribution_constraints"]["comparison_threshold"] == 0.1
