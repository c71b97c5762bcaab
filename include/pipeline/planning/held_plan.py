"""The plan as it came through XCom, held to the one that the run's own Params and limits give.

Whoever runs a task, or may write XComs, may have changed it. There is no key to seal it with that a worker
does not hold too: so what decides is worked out again where it is acted on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from include.pipeline.documents.plan import PlanReference, RunPlan
from include.pipeline.errors import PlanError

# The clocks of two workers.
_SKEW = timedelta(minutes=5)
_HELD = (
    "key",
    "identity",
    "params",
    "table",
    "algorithm",
    "contenders",
    "drift",
    "card",
    "words",
    "costs",
    "image_uri",
    "bucket",
    "locations",
    "source",
    "keep_endpoint",
)
_REQUESTS = ("processing", "training", "tuning", "deployment")
_SCORING_REQUESTS = ("transform",)
# Where a name that the derived plan does not have is none of a later version's either.
_CLOSED = (*_REQUESTS, *_SCORING_REQUESTS, "params.hyperparameters", "contenders")
# These follow from what is held, and from when the run was planned.
_LEFT_OUT = {"identity.planned_at"}


def hold_plan(found: Mapping[str, Any], derived: RunPlan, now: datetime) -> RunPlan:
    """Refuse a plan that is not the run's.

    What an earlier version did not write yet is not held against it. What is returned is the derived plan, so
    that a protection which the found one lacks, is there all the same.

    Args:
        found: As it came through XCom.
        derived: Worked out again, for the moment at which the found one says that it was planned.
        now: That moment cannot be later.

    Returns:
        The derived plan, with the cost that was estimated when the run was planned.

    Raises:
        PlanError: They differ, or the found plan is of the future.
    """
    check_moment(derived.identity.planned_at, now)
    own = derived.model_dump(mode="json")
    refuse_difference(found, own, (*_HELD, *_REQUESTS))
    return derived.model_copy(update={"cost": RunPlan.read(found, "the plan").cost})


def hold_reference(
    reference: PlanReference, derived: RunPlan, now: datetime, stored: Callable[[], bytes | None]
) -> RunPlan:
    """Refuse a plan whose hash is not the one that was told.

    Another version of the project may give the same run a plan that has more in it. So where the hashes
    differ, the plan that was stored is held to its hash, and then to the derived one, member by member.

    Args:
        reference: As it came through XCom.
        derived: Worked out again, as for `hold_plan`.
        now: Moment that the plan cannot be later than.
        stored: Reads plan.json; None where it is not there.

    Returns:
        The derived plan, with the cost that was estimated when the run was planned.

    Raises:
        PlanError: They differ, or the plan is of the future.
        DocumentError: plan.json is not the plan that was made.
    """
    check_moment(derived.identity.planned_at, now)
    plan = derived.model_copy(update={"cost": reference.cost})
    if PlanReference.of(plan) == reference:
        return plan
    for field in ("key", "identity", "bucket"):
        if getattr(reference, field) != getattr(plan, field):
            raise _refused(field)
    content = stored()
    if content is None:
        raise _refused("sha256")
    return hold_plan(reference.check(content), derived, now)


def check_moment(planned_at: datetime, now: datetime) -> None:
    """Refuse a plan of the future.

    Raises:
        PlanError: It is one.
    """
    if planned_at > now + _SKEW:
        raise PlanError(
            f"identity.planned_at of the plan that plan_run returned is {planned_at:%F %T} "
            f"UTC, and this worker's clock says {now:%F %T} UTC",
            "a plan is older than the tasks that act on it",
            "Set the clocks of all workers by one time server, then clear plan_run and all that follows. If "
            "they are right, somebody has changed the plan: find out who may write XComs",
        )


def refuse_difference(found: Mapping[str, Any], own: Mapping[str, Any], fields: Iterable[str]) -> None:
    """Hold a plan as it came to the one that was worked out again.

    Args:
        found: As it came through XCom.
        own: Worked out again, as JSON has it.
        fields: Those that are held to each other, where the found plan has them.

    Raises:
        PlanError: One differs. The message names the first such place, and not its value.
    """
    for field in fields:
        # A part of the plan that the pipeline does not have any more, is no part of the derived one.
        if field in found and (place := next(_differences(found[field], own.get(field), field), None)):
            raise _refused(place)


def _differences(found: Any, own: Any, place: str) -> Iterator[str]:
    if place in _LEFT_OUT:
        return
    if isinstance(found, Mapping) and isinstance(own, Mapping):
        is_closed = place.startswith(_CLOSED)
        for name, value in found.items():
            if name == "Tags" and is_closed:
                continue
            if name in own:
                yield from _differences(value, own[name], f"{place}.{name}")
            elif is_closed:
                yield f"{place}.{name}"
    elif isinstance(found, list) and isinstance(own, list) and len(found) == len(own):
        for number, (one, other) in enumerate(zip(found, own, strict=True)):
            yield from _differences(one, other, f"{place}.{number}")
    elif found != own or isinstance(found, bool) is not isinstance(own, bool):
        yield place


def _refused(place: str) -> PlanError:
    # Without the values: a data_url may hold a password.
    return PlanError(
        f"{place} of the plan that plan_run returned",
        "it is what the run's Params, its names and the limits of its pipeline give",
        "If the pipeline's YAML file or a Variable has changed since the run was planned, clear plan_run and "
        "all that follows. If not, somebody has changed the plan: find out who may write XComs",
    )
