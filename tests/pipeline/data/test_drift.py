"""The limits of drift: what is warned of and what fails a run."""

from typing import Any

import pytest
from pydantic import ValidationError

from include.pipeline.data.drift import check_drift, failures, warned_columns, warnings
from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits, Kind
from include.pipeline.errors import DriftError

WARN = DriftLimits()
FAIL = DriftLimits(psi_fail=0.25)


def column(
    name: str = "age",
    psi: float = 0.0,
    kind: Kind = "integer",
    previous_kind: Kind = "integer",
    misfit: float | None = None,
) -> ColumnDrift:
    return ColumnDrift(name=name, psi=psi, kind=kind, previous_kind=previous_kind, misfit=misfit)


def drift(*columns: ColumnDrift, **changed: Any) -> Drift:
    """Of a new version that is like the previous one but for what is given."""
    alike = Drift(
        rows=1000,
        previous_rows=900,
        added=(),
        missing=(),
        columns=columns or (column(),),
        label="y",
        label_rate=0.11,
        previous_label_rate=0.1,
        label_psi=0.001,
    )
    return alike.model_copy(update=changed)


def test_the_limits_are_the_rule_of_thumb_and_fail_only_where_asked() -> None:
    assert (WARN.psi_warn, WARN.psi_fail) == (0.1, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"psi_warn": 0},
        {"psi_warn": -0.1},
        {"psi_fail": 0},
        {"psi_fail": 0.05},
        {"psi_fail": float("nan")},
        {"psi_warn": float("inf")},
        {"psi_warns": 0.1},
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        DriftLimits.model_validate(wrong)


def test_a_version_like_the_previous_one_passes_without_a_word() -> None:
    assert failures(drift(), FAIL) == []
    assert warnings(drift(), FAIL) == []
    check_drift(drift(), FAIL)


def test_a_column_more_or_less_fails_whatever_the_limits() -> None:
    with pytest.raises(DriftError) as refused:
        check_drift(drift(missing=("campaign",), added=("duration",)), WARN)
    assert str(refused.value) == (
        "Found: column 'campaign' is missing; column 'duration' is new\n"
        "Expected: a new version has to have the columns of the previous one\n"
        "To do: Correct the source. If the change is intended, set drift to null in the YAML for one run"
    )


@pytest.mark.parametrize(
    ("previous_kind", "kind", "misfit", "rule"),
    [
        ("indicator", "integer", 2.0, "column 'age' holds 2.0\nExpected: it has to be 0 or 1, as before"),
        ("integer", "float", 31.5, "column 'age' holds 31.5\nExpected: it has to be a whole number"),
    ],
)
def test_a_column_of_another_type_fails_whatever_the_limits(
    previous_kind: Kind, kind: Kind, misfit: float, rule: str
) -> None:
    with pytest.raises(DriftError) as refused:
        check_drift(drift(column(kind=kind, previous_kind=previous_kind, misfit=misfit)), WARN)
    assert rule in str(refused.value)


def test_every_reason_is_named_and_every_rule_once() -> None:
    changed = drift(
        column("a", psi=0.3),
        column("b", psi=0.25),
        column("c", psi=0.2499),
        column("d", kind="float", misfit=0.5),
        missing=("e", "f"),
        label_psi=0.4,
    )
    with pytest.raises(DriftError) as refused:
        check_drift(changed, FAIL)
    assert refused.value.found == (
        "column 'e' is missing; column 'f' is missing; column 'd' holds 0.5; "
        "label 'y' has a PSI of 0.4000 (rate 0.1100, was 0.1000); "
        "column 'a' has a PSI of 0.3000; column 'b' has a PSI of 0.2500"
    )
    assert refused.value.rule == (
        "a new version has to have the columns of the previous one; it has to be a whole number, as before; "
        "a PSI has to be below psi_fail = 0.25"
    )


def test_what_fails_is_not_warned_of_as_well() -> None:
    shifted = drift(
        column("a", psi=0.25), column("b", psi=0.2), column("c", psi=0.1), column("d", psi=0.0999)
    )
    assert warnings(shifted, FAIL) == [
        "PSI at or above psi_warn = 0.1: 'b' (0.2000), 'c' (0.1000)",
    ]
    assert [found for found, _ in failures(shifted, FAIL)] == ["column 'a' has a PSI of 0.2500"]


def test_without_a_failing_limit_any_psi_is_warned_of_only() -> None:
    shifted = drift(column("a", psi=7.0), label_psi=0.15, label_rate=0.2)
    check_drift(shifted, WARN)
    assert warnings(shifted, WARN) == [
        "label rate of 'y': 20.00 %, was 10.00 %",
        "PSI at or above psi_warn = 0.1: 'a' (7.0000)",
    ]


@pytest.mark.parametrize(
    ("previous_kind", "kind", "told"),
    [
        ("float", "integer", "'age' (a whole number, was a number with a fraction)"),
        ("float", "indicator", "'age' (0 or 1, was a number with a fraction)"),
        ("integer", "indicator", "'age' (0 or 1, was a whole number)"),
    ],
)
def test_a_column_that_holds_less_than_it_did_is_warned_of(
    previous_kind: Kind, kind: Kind, told: str
) -> None:
    narrowed = drift(column(kind=kind, previous_kind=previous_kind))
    assert warnings(narrowed, WARN) == [f"a narrower kind of values: {told}"]
    check_drift(narrowed, FAIL)


@pytest.mark.parametrize("previous_kind", ["empty", "constant"])
@pytest.mark.parametrize("kind", ["empty", "constant", "indicator", "integer", "float"])
def test_a_column_that_showed_no_kind_may_become_any(previous_kind: Kind, kind: Kind) -> None:
    changed = drift(column(kind=kind, previous_kind=previous_kind))
    assert (failures(changed, FAIL), warnings(changed, FAIL)) == ([], [])


def test_appended_rows_fail_a_run_whose_old_rows_would_hide_them() -> None:
    below = drift(column("a", psi=0.3), column("b", psi=0.2), label_psi=0.4, label_rate=0.4)
    grown = drift(column("a", psi=0.05), column("b", psi=0.02), appended=below)
    assert [found for found, _ in failures(grown, FAIL)] == [
        "appended rows: label 'y' has a PSI of 0.4000 (rate 0.4000, was 0.1000)",
        "appended rows: column 'a' has a PSI of 0.3000",
    ]
    assert warnings(grown, FAIL) == ["appended rows: PSI at or above psi_warn = 0.1: 'b' (0.2000)"]
    assert failures(grown, WARN) == []


def test_of_ten_columns_that_changed_alike_one_sentence_names_five() -> None:
    shifted = drift(*(column(f"c{number}", psi=0.2) for number in range(10)))
    (said,) = warnings(shifted, WARN)
    assert said.startswith("PSI at or above psi_warn = 0.1: 'c0' (0.2000), 'c1' (0.2000), ")
    assert said.endswith(", 'c4' (0.2000) and 5 more")
    assert len(warned_columns(shifted, WARN)) == 10


def test_a_drift_survives_json() -> None:
    changed = drift(column(kind="float", misfit=0.1, psi=1 / 3), added=("a",))
    assert Drift.model_validate_json(changed.model_dump_json()) == changed
