"""A better model takes the endpoint over; where it does not answer as it should, the old one does again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.pipeline.aws.resources import ENDPOINT, ENDPOINT_CONFIG, MODEL, create, delete
from include.pipeline.errors import EndpointError, ParamError
from include.pipeline.planning.names import run_key
from include.pipeline.scoring.champion.challenge import best_of, challenge
from include.pipeline.scoring.champion.endpoint import check_alarms
from include.pipeline.scoring.champion.requests import alarm_request, deployment_config, version_requests
from include.pipeline.scoring.champion.shadow import run_in_shadow
from include.pipeline.scoring.champion.versions import ServedVersion, delete_version, prune

if TYPE_CHECKING:
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.scoring.champion.serving import Serving

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """What became of a promotion, or of the way back."""

    version: ServedVersion
    """What is served now."""
    run_id: str
    """The run whose model that is."""
    left_out: str | None = None
    """Why nothing was changed; None where something was."""
    reason: str | None = None
    """Why it has taken over; None where none served before, or none was held against another."""
    summary: str = ""
    """Of its run, in a line."""


@dataclass(frozen=True)
class Promotion:
    """One run's."""

    serving: "Serving"
    role_arn: str
    """Reads the model's archive."""
    before_it_bills: Callable[[], None]
    """Called before anything is made: raises where the task was ended meanwhile."""

    def promote(self, wanted: str | None, updated_by: set[str]) -> Served:
        """Let a model take over, where it is better than the one that is served.

        Args:
            wanted: Run whose model is asked for; None for none in particular.
            updated_by: Runs whose models have just been accepted: the best of them is taken. Empty for the
                newest accepted model.

        Raises:
            EndpointError: The old model serves: the new one broke in the shadow, SageMaker has rolled back,
                or the answers were wrong.
            ParamError: There is no such model, it takes other rows, or an alarm is not as it has to be.
            OwnerError: The endpoint is another's.
        """
        serving, endpoint, reason = self.serving, self.serving.endpoint, None
        name = run_key(endpoint.own.deployment_id, endpoint.own.dag_id, endpoint.own.run_id)
        current = serving.current()
        if current is not None and current.name == name:
            # An earlier try has seen SageMaker begin, and not the end.
            version, manifest = current, serving.accepted[current.model_key]
        else:
            manifest = self._challenger(wanted, updated_by, current, name)
            served = serving.accepted.get(current.model_key) if current else None
            if current is not None and served is not None:
                verdict = challenge(serving.s3, serving.models, manifest, served)
                log.info("%s", verdict.reason)
                if not verdict.is_better:
                    return Served(current, served.identity.run_id, left_out=verdict.reason)
                reason = verdict.reason
            before = current.name if current else None
            version = ServedVersion(name, manifest.key, before, datetime.now(UTC))
            self._take_over(version, manifest)
        try:
            serving.check_answers(manifest)
        except EndpointError:
            self._take_back(version)
            raise
        for old in prune(endpoint.sagemaker, endpoint.own, name, serving.serve.keep_versions):
            log.info("Deleted version %s: newer ones are there to go back to", old)
        return Served(version, manifest.identity.run_id, reason=reason, summary=str(manifest))

    def _challenger(
        self, wanted: str | None, updated_by: set[str], current: ServedVersion | None, own: str
    ) -> "RunManifest":
        runs = {wanted} if wanted else updated_by
        found = self.serving.usable(runs, frozenset() if wanted else self.serving.withdrawn(current, own))
        best = best_of(found) if runs else next(found, None)
        if best is None:
            raise ParamError(
                f"run = {wanted!r}: there is no such accepted model to promote",
                "a run has passed the gate, its model is there and, where the YAML's registry asks a person, "
                "approved; one that was taken back is promoted only where the form names its run",
                "Name a run that the page Models lists as accepted",
            )
        return best

    def _take_over(self, version: ServedVersion, manifest: "RunManifest") -> None:
        serving, endpoint = self.serving, self.serving.endpoint
        sagemaker, steps = endpoint.sagemaker, deployment_config(serving.serve, endpoint.name)
        if steps:
            check_alarms(serving.cloudwatch, serving.serve.alarms)
            serving.cloudwatch.put_metric_alarm(**alarm_request(serving.serve, endpoint.name))
        requests = version_requests(
            serving.serve,
            serving.config.aws,
            name=version.name,
            manifest=manifest,
            role_arn=self.role_arn,
            tags=[*endpoint.own.to_aws(), *version.tags],
        )
        # What an earlier try left may be of another model.
        delete_version(sagemaker, version.name)
        self.before_it_bills()
        create(sagemaker, MODEL, requests["Model"], endpoint.own)
        try:
            if version.before and serving.serve.shadow:
                run_in_shadow(serving, serving.serve.shadow, version.name, version.before)
                self.before_it_bills()
            create(sagemaker, ENDPOINT_CONFIG, requests["EndpointConfig"], endpoint.own)
            if version.before is None:
                endpoint.create(version.name)
            else:
                endpoint.change_to(version.name, steps)
        except EndpointError:
            delete_version(sagemaker, version.name)
            raise

    def _take_back(self, version: ServedVersion) -> None:
        endpoint = self.serving.endpoint
        if version.before is None:
            delete(endpoint.sagemaker, ENDPOINT, endpoint.name, endpoint.longest_pause)
        else:
            log.warning("Back to %s: the new model does not answer as it was evaluated", version.before)
            endpoint.change_to(version.before, None)
        delete_version(endpoint.sagemaker, version.name)


def go_back(serving: "Serving", wanted: str | None, before_it_changes: Callable[[str], object]) -> Served:
    """Let a model that has served before serve again: at once, without a canary.

    Args:
        serving: The endpoint.
        wanted: Name of a version, or run id of its model; None for the version before the one that is served.
        before_it_changes: Called with the name of the version. A retry that finds it served, and names it,
            stays there. Raises where the task was ended meanwhile.

    Raises:
        ParamError: There is no such version.
        EndpointError: It does not serve: what served before does.
        OwnerError: The endpoint is another's.
    """
    current, versions = serving.current(), serving.versions()
    runs = {key: manifest.identity.run_id for key, manifest in serving.accepted.items()}
    for each in versions:
        log.info(
            "%s: the model of %s%s", each.name, runs.get(each.model_key), " (served)" * (each == current)
        )
    asked = {wanted} if wanted else {current.before if current else None}
    target = next((one for one in versions if {one.name, runs.get(one.model_key)} & (asked - {None})), None)
    manifest = serving.accepted.get(target.model_key) if target else None
    if current is None or target is None or manifest is None:
        raise ParamError(
            f"version = {wanted!r}: {serving.endpoint.name} has no such version to go back to",
            "a version has been served, and its model is still accepted and there",
            "Name one that this task's log lists, or the run id of its model",
        )
    if target.name != current.name:
        before_it_changes(target.name)
        serving.endpoint.change_to(target.name, None)
    try:
        serving.check_answers(manifest)
    except EndpointError:
        if target.name != current.name:
            serving.endpoint.change_to(current.name, None)
        raise
    return Served(target, manifest.identity.run_id, summary=str(manifest))
