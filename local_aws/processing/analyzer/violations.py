"""What of the data breaks the constraints: constraint_violations.json.

Sources: developer guide, "Schema for Violations (constraint_violations.json file)"; the descriptions are
those that users of AWS's analyzer show. It documents no check for `is_non_negative`, and none is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.distance import distance
from local_aws.processing.analyzer.statistics import Document, completeness, features, type_of

# How distributions are compared, each with what goes without saying first.
_METHODS = {"comparison_method": ("Robust", "Simple"), "categorical_drift_method": ("LInfinity",)}
_OVERRIDES = ("monitoring_config_overrides", "monitoringConfigOverrides")


@dataclass(frozen=True)
class Evaluation:
    """What came of holding data against constraints."""

    violations: list[dict[str, str]]
    distances: Mapping[str, float]
    """The drift of each feature of which it was measured."""


def evaluate(
    frame: pd.DataFrame, statistics: Document, constraints: Document, baseline: Document | None
) -> Evaluation:
    """Hold data against constraints.

    Args:
        frame: The data, as text.
        statistics: Of this data.
        constraints: The content of constraints.json.
        baseline: The statistics from which drift is measured. None where none is.

    Raises:
        AnalysisError: The constraints ask for a comparison that there is not.
    """
    config = constraints.get("monitoring_config", {})
    expected, found = features(constraints), features(statistics)
    before = features(baseline) if baseline else {}
    violations = list(_columns(len(found), len(expected), _is_on(config)))
    distances = {}
    for name, constraint in expected.items():
        if name not in found:
            continue
        own = _config_of(constraint, config)
        drift = distance(found[name], before[name], _method(own)) if name in before else None
        if drift is not None and _compares(own):
            distances[name] = drift
        if _is_on(own):
            values = [value for value in frame[name] if value is not None]
            checks = _checks(constraint, found[name], values, distances.get(name), own)
            violations += [_violation(name, check, description) for check, description in checks]
    return Evaluation(violations, distances)


def emits_metrics(constraints: Document) -> dict[str, bool]:
    """Tell of each feature whether its metrics are wanted."""
    config = constraints.get("monitoring_config", {})
    return {
        name: _config_of(constraint, config).get("emit_metrics", "Enabled") == "Enabled"
        for name, constraint in features(constraints).items()
    }


def _violation(feature: str, check: str, description: str) -> dict[str, str]:
    return {"feature_name": feature, "constraint_check_type": check, "description": description}


def _config_of(constraint: Document, config: Document) -> Document:
    """Return the monitoring configuration of a feature: the whole one, with what it overrides."""
    places = [constraint, constraint.get("string_constraints", {}), constraint.get("num_constraints", {})]
    changes: Document = next((place[name] for place in places for name in _OVERRIDES if name in place), {})
    of_distribution = {
        **config.get("distribution_constraints", {}),
        **changes.get("distribution_constraints", {}),
    }
    return {**config, **changes, "distribution_constraints": of_distribution}


def _is_on(config: Document) -> bool:
    return bool(config.get("evaluate_constraints", "Enabled") == "Enabled")


def _compares(config: Document) -> bool:
    return bool(config["distribution_constraints"].get("perform_comparison", "Enabled") == "Enabled")


def _method(config: Document) -> str:
    given = config["distribution_constraints"]
    for member, known in _METHODS.items():
        if given.get(member, known[0]) not in known:
            raise AnalysisError(
                f"The constraints have the {member} {given[member]}; local AWS's analyzer has "
                f"{', '.join(known)}."
            )
    return str(given.get("comparison_method", "Robust"))


def _columns(found: int, expected: int, is_on: bool) -> Iterator[dict[str, str]]:
    if found == expected or not is_on:
        return
    which = "missing" if found < expected else "extra"
    yield _violation(
        f"{which.capitalize()} columns",
        f"{which}_column_check",
        f"There are {which} columns in current dataset. Number of columns in current dataset: {found}, "
        f"Number of columns in baseline constraints: {expected}",
    )


def _checks(
    constraint: Document, feature: Document, values: list[str], drift: float | None, config: Document
) -> Iterator[tuple[str, str]]:
    """Yield the check that fails, and its description."""
    kind, least = constraint["inferred_type"], float(config.get("datatype_check_threshold", 1.0))
    matching = _share(type_of(value) == kind for value in values)
    # Every value is a String; AWS's analyzer counts a whole number as no Fractional.
    if kind in ("Integral", "Fractional") and matching < least:
        yield (
            "data_type_check",
            (
                f"Data type match requirement is not met. Expected data type: {kind}, Expected match: "
                f"{least * 100}%. Observed: Only {matching * 100}% of data is {kind}."
            ),
        )
    whole = completeness(feature)
    if whole < constraint.get("completeness", 0.0):
        yield "completeness_check", f"Value: {whole} does not meet the constraint requirement!"
    domain = constraint.get("string_constraints", {}).get("domains")
    if domain:
        known = _share(value in domain for value in values)
        if known < float(config.get("domain_content_threshold", 1.0)):
            yield "categorical_values_check", f"Value: {known} does not meet the constraint requirement!"
    if drift is not None:
        member = (
            "comparison_threshold"
            if "numerical_statistics" in feature
            else "categorical_comparison_threshold"
        )
        most = float(config["distribution_constraints"].get(member, 0.1))
        if drift > most:
            yield "baseline_drift_check", f"Baseline drift distance: {drift} exceeds threshold: {most}"


def _share(matches: Iterator[bool]) -> float:
    """Return the share of matches. Where there is nothing to match, nothing fails to."""
    found = list(matches)
    return sum(found) / len(found) if found else 1.0
