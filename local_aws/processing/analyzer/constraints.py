"""The constraints that the statistics of a baseline suggest: constraints.json.

Source: developer guide, "Schema for Constraints (constraints.json file)".
"""

from typing import Any

from local_aws.processing.analyzer.statistics import VERSION, Document, completeness

# The values that AWS's analyzer suggests.
MONITORING_CONFIG: dict[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
# Deequ, CategoricalRangeRule: of a category, this share of the distinct values may occur once.
_MOST_SINGLE = 0.1


def suggested(statistics: Document) -> Document:
    """Return the content of constraints.json for the content of statistics.json."""
    return {
        "version": VERSION,
        "features": [_constraint(feature) for feature in statistics["features"]],
        "monitoring_config": MONITORING_CONFIG,
    }


def _constraint(feature: Document) -> Document:
    constraint: Document = {
        "name": feature["name"],
        "inferred_type": feature["inferred_type"],
        "completeness": completeness(feature),
    }
    if "numerical_statistics" in feature:
        constraint["num_constraints"] = {"is_non_negative": feature["numerical_statistics"]["min"] >= 0}
    elif domain := _domain(feature["string_statistics"]):
        constraint["string_constraints"] = {"domains": domain}
    return constraint


def _domain(statistics: Document) -> list[str]:
    buckets = statistics.get("distribution", {}).get("categorical", {}).get("buckets", [])
    single = sum(bucket["count"] == 1 for bucket in buckets)
    return [bucket["value"] for bucket in buckets] if single <= _MOST_SINGLE * len(buckets) else []
