import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.pipeline.documents.plan import PlanReference, RunPlan, digest
from include.pipeline.documents.training.cost import CostEstimate
from include.pipeline.errors import DocumentError, PlanError
from include.pipeline.planning.held_plan import hold_plan, hold_reference
from tests.compatibility import earlier
from tests.pipeline.planned import plan_of

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
INTERVAL = {
    "interval_start": datetime(2026, 11, 16, tzinfo=UTC),
    "interval_end": datetime(2026, 11, 23, tzinfo=UTC),
}
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def derived() -> RunPlan:
    return plan_of({"validation_fraction": 0.2, "max_cost": 5.0}, **INTERVAL)


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number))
    else:
        yield path


def with_changed(plan: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(plan)
    inner: Any = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}-of-mallory" if value is not None else "mallory"


def test_the_runs_own_plan_is_taken_with_the_cost_that_was_estimated(derived: RunPlan) -> None:
    cost = CostEstimate(
        training_at_most=1.0, training_about=1.0, training_as_in=None, endpoint_at_most=1.0,
        endpoint_about=1.0, kept_endpoint_a_day=None, unknown=(), prices_as_of="2024",
    )  # fmt: skip
    found = derived.model_copy(update={"cost": cost})
    assert hold_plan(found.model_dump(mode="json"), derived, NOW) == found


def test_whatever_is_changed_is_refused_by_its_name_or_not_taken(derived: RunPlan) -> None:
    plan = derived.model_dump(mode="json")
    taken: set[str] = set()
    for path in leaves(plan):
        value: Any = plan
        for name in path:
            value = value[name]
        place = ".".join(map(str, path))
        try:
            held = hold_plan(with_changed(plan, path, another(value)), derived, NOW)
        except (PlanError, DocumentError) as error:
            assert place in error.found  # noqa: PT017 - either way is right
        else:
            assert held == derived
            taken.add(place.split(".Tags")[0])
    # When a run was planned follows from nothing else; tags are made of what is held.
    assert {place for place in taken if not place.startswith("aws.")} == {
        "training",
        "deployment.Model",
        "deployment.EndpointConfig",
        "deployment.Endpoint",
    }


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("training", "Environment"), {"HTTP_PROXY": "mallory"}, "training.Environment"),
        (("training", "HyperParameters", "sagemaker_program"), "x.py", "HyperParameters.sagemaker_program"),
        (("params", "hyperparameters", "sagemaker_program"), "x.py", "hyperparameters.sagemaker_program"),
        (("training", "InputDataConfig"), [], "training.InputDataConfig"),
        (("deployment", "Model", "Containers"), [], "deployment.Model.Containers"),
        (("deployment", "Endpoint"), None, "deployment.Endpoint"),
        (("params",), None, "params"),
        (("params", "delete_data"), 0, "params.delete_data"),
    ],
)
def test_what_is_added_or_taken_away_is_refused(derived: RunPlan, path: Path, value: Any, place: str) -> None:
    changed = with_changed(derived.model_dump(mode="json"), path, value)
    with pytest.raises(PlanError) as refused:
        hold_plan(changed, derived, NOW)
    assert place in str(refused.value)
    assert "find out who may write XComs" in str(refused.value)


def test_no_value_is_told_as_it_may_be_a_secret(derived: RunPlan) -> None:
    changed = with_changed(
        derived.model_dump(mode="json"), ("params", "data_url"), "https://me:PASSWORD@example.org/x.csv"
    )
    with pytest.raises(PlanError) as refused:
        hold_plan(changed, derived, NOW)
    assert "params.data_url" in str(refused.value)
    assert "PASSWORD" not in str(refused.value)


def test_a_plan_of_the_future_would_never_expire_and_may_be_of_a_clock_that_was_set_back(
    derived: RunPlan,
) -> None:
    found, planned_at = derived.model_dump(mode="json"), derived.identity.planned_at
    with pytest.raises(PlanError) as refused:
        hold_plan(found, derived, planned_at - timedelta(minutes=6))
    assert f"{planned_at:%F %T} UTC" in str(refused.value)
    assert f"this worker's clock says {planned_at - timedelta(minutes=6):%F %T} UTC" in str(refused.value)
    assert "Set the clocks of all workers" in str(refused.value)
    assert hold_plan(found, derived, planned_at - timedelta(minutes=4)) == derived


def test_what_an_earlier_version_did_not_write_is_not_held_against_it() -> None:
    found = earlier.returned("plan_run")
    own = RunPlan.read(found, "plan_run")
    role = found["training"]["RoleArn"]
    derived = plan_of(
        {"data_url": own.params.data_url, "role": role},
        run_id=own.identity.run_id,
        planned_at=own.identity.planned_at,
        deployment_id="",
    )
    derived = derived.model_copy(update={"params": derived.params.model_copy(update={"role": None})})
    assert hold_plan(found, derived, datetime(2026, 11, 27, tzinfo=UTC)) == derived


@pytest.mark.parametrize(
    ("path", "value"),
    [(("source_policy",), {"local_folder": "/"}), (("params", "rounds_of_checks"), 5)],
)
def test_what_this_version_does_not_know_has_no_effect(derived: RunPlan, path: Path, value: Any) -> None:
    assert hold_plan(with_changed(derived.model_dump(mode="json"), path, value), derived, NOW) == derived


def absent() -> None:
    return None


def test_a_plan_of_the_hash_that_was_told_is_taken_without_a_look_at_s3(derived: RunPlan) -> None:
    cost = CostEstimate(
        training_at_most=1.0, training_about=1.0, training_as_in=None, endpoint_at_most=1.0,
        endpoint_about=1.0, kept_endpoint_a_day=None, unknown=(), prices_as_of="2024",
    )  # fmt: skip
    planned = derived.model_copy(update={"cost": cost})
    reference = PlanReference.of(planned)
    assert len(reference.model_dump_json()) < 1000
    assert hold_reference(reference, derived, NOW, absent) == planned


@pytest.mark.parametrize("change", [{"key": "mallorys"}, {"bucket": "mallorys"}, {"sha256": "0" * 64}])
def test_a_reference_to_another_plan_is_refused(derived: RunPlan, change: dict[str, str]) -> None:
    reference = PlanReference.of(derived).model_copy(update=change)
    with pytest.raises(PlanError, match=f"{next(iter(change))} of the plan that plan_run returned"):
        hold_reference(reference, derived, NOW, absent)


def test_a_cost_that_was_not_estimated_is_refused(derived: RunPlan) -> None:
    cheap = CostEstimate(
        training_at_most=0.0, training_about=0.0, training_as_in=None, endpoint_at_most=0.0,
        endpoint_about=0.0, kept_endpoint_a_day=None, unknown=(), prices_as_of="2024",
    )  # fmt: skip
    reference = PlanReference.of(derived).model_copy(update={"cost": cheap})
    with pytest.raises(PlanError, match="sha256"):
        hold_reference(reference, derived, NOW, absent)


def test_a_plan_of_an_earlier_version_is_read_from_s3_and_held_member_by_member(derived: RunPlan) -> None:
    """A version that knew no card and no source planned the run, and this one finishes it."""
    earlier_plan = derived.model_dump(mode="json", exclude={"card", "source"})
    reference = PlanReference.of(derived).model_copy(update={"sha256": digest(earlier_plan)})
    written = json.dumps(earlier_plan, indent=2).encode()
    assert hold_reference(reference, derived, NOW, lambda: written) == derived
    other = with_changed(earlier_plan, ("params", "seed"), 7)
    with pytest.raises(DocumentError, match="is not the plan that plan_run has told the SHA-256 of"):
        hold_reference(reference, derived, NOW, lambda: json.dumps(other).encode())
    with pytest.raises(DocumentError, match="is not the plan"):
        hold_reference(reference, derived, NOW, lambda: b"no JSON")
    told = reference.model_copy(update={"sha256": digest(other)})
    with pytest.raises(PlanError, match=r"params\.seed of the plan"):
        hold_reference(told, derived, NOW, lambda: json.dumps(other).encode())


def test_a_reference_to_a_plan_of_the_future_is_refused(derived: RunPlan) -> None:
    before = derived.identity.planned_at - timedelta(hours=1)
    with pytest.raises(PlanError, match="this worker's clock"):
        hold_reference(PlanReference.of(derived), derived, before, absent)
