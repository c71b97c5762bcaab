"""The endpoint itself: what it serves, and how another version takes over, or does not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from include.pipeline.aws.polling import looks
from include.pipeline.aws.resources import ENDPOINT, delete, describe, is_busy, owner_of
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import EndpointError, OwnerError, ParamError

if TYPE_CHECKING:
    from collections.abc import Sequence

_IN_PROGRESS = "Cannot update in-progress endpoint"


@dataclass(frozen=True)
class ChampionEndpoint:
    """The endpoint of a pipeline that applications call.

    Args:
        sagemaker: The client.
        name: Of the endpoint.
        own: Tags of the run that makes it, or of any run of the DAG that promotes.
        longest_pause: Seconds between two looks at it, at the most.
    """

    sagemaker: Any
    name: str
    own: RunTags
    longest_pause: float = 15

    def settled(self) -> dict[str, Any] | None:
        """Wait until nothing changes it, and describe it; None where there is none.

        Raises:
            OwnerError: It is not of the DAG that promotes.
        """
        for _ in looks(self.longest_pause):
            found = describe(self.sagemaker, ENDPOINT, self.name)
            if found is None:
                return None
            if not is_busy(found):
                self._check_owner(found["EndpointArn"])
                return found
        raise AssertionError("unreachable: looks() does not end")

    def create(self, version: str) -> None:
        """Make it, and take it away where it does not come into service.

        Raises:
            EndpointError: It does not.
        """
        self.sagemaker.create_endpoint(
            EndpointName=self.name, EndpointConfigName=version, Tags=self.own.to_aws()
        )
        found = self.settled()
        if found is None or found["EndpointStatus"] != "InService":
            reason = (found or {}).get("FailureReason", "no reason given")
            delete(self.sagemaker, ENDPOINT, self.name, self.longest_pause)
            raise _failed(self.name, f"does not come into service: {reason}")

    def change_to(self, version: str, deployment_config: dict[str, Any] | None) -> None:
        """Let another version take over. The old one serves until it does.

        Args:
            version: Name of its endpoint configuration.
            deployment_config: In which steps, and what rolls back; None for all at once.

        Raises:
            EndpointError: SageMaker has rolled back: the old version serves.
        """
        steps = {"DeploymentConfig": deployment_config} if deployment_config else {}
        while True:
            try:
                self.sagemaker.update_endpoint(EndpointName=self.name, EndpointConfigName=version, **steps)
                break
            except ClientError as error:
                # Another DAG's run was quicker; or the answer was lost, and boto3 has asked twice.
                if _IN_PROGRESS not in error.response["Error"].get("Message", ""):
                    raise
                if (self.settled() or {}).get("EndpointConfigName") == version:
                    break
        found = self.settled() or {}
        if found.get("EndpointConfigName") != version:
            serves = found.get("EndpointConfigName", "nothing")
            reason = found.get("FailureReason", "no reason given")
            raise _failed(self.name, f"was rolled back, and serves {serves}: {reason}")

    def _check_owner(self, arn: str) -> None:
        owner = owner_of(self.sagemaker, arn)
        own = (self.own.deployment_id, self.own.dag_id)
        if not isinstance(owner, RunTags) or (owner.deployment_id, owner.dag_id) != own:
            raise OwnerError(
                f"endpoint {self.name!r} is there already, and of {owner or 'somebody else'}",
                f"{self.own.dag_id} changes only what its own runs made",
                "Delete it, or give the endpoint another name in the YAML's section serve",
            )


def check_alarms(cloudwatch: Any, names: "Sequence[str]") -> None:
    """See that the alarms that are to roll back are there, and in no alarm before anything is changed.

    Raises:
        ParamError: One is not there, or in alarm.
    """
    if not names:
        return
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=list(names))
    states = {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in pages
        for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
    }
    for name in names:
        if (state := states.get(name)) in {None, "ALARM"}:
            raise ParamError(
                f"serve.alarms: {name} {'is in the state ALARM' if state else 'is not there'}",
                "an alarm that is to roll back is there, and quiet before a promotion",
                "Mend what it tells, or correct the YAML",
            )


def _failed(name: str, what: str) -> EndpointError:
    return EndpointError(
        f"endpoint {name!r} {what}",
        "a model that passed the gate serves",
        "Mend what the reason names; the container's log is in CloudWatch, group "
        f"/aws/sagemaker/Endpoints/{name}",
    )
