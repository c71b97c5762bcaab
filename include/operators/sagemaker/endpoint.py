"""An endpoint that a retry finds again, and that is really in service when the task says so."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerEndpointOperator, serialize
from airflow.sdk import Context
from botocore.exceptions import ClientError

from include.operators.dag.links import EndpointLink
from include.operators.deployment import check_deployment
from include.operators.failures.retries import may_pass
from include.operators.reuse import skip_for
from include.operators.sagemaker.deferral import DeferralMixin
from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.triggers import EndpointTrigger
from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.polling import looks
from include.pipeline.aws.resources import (
    ALL_KINDS,
    ENDPOINT,
    ENDPOINT_CONFIG,
    MODEL,
    ResourceKind,
    check_owner,
    create,
    delete,
    describe,
)
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import EndpointError, OwnerError
from include.pipeline.teardown.kept import kept_endpoints, sum_up

_TOLD = (
    *("EndpointName", "EndpointArn", "EndpointStatus", "EndpointConfigName", "EndpointConfigArn"),
    "CreationTime",
)


class RunSageMakerEndpointOperator(DeferralMixin, SageMakerEndpointOperator):
    """Makes a run's model, endpoint configuration and endpoint, and waits until it serves.

    What the provider's operator lacks: a retry takes up what an earlier try made instead of failing on it;
    what bears the run's names and is another's is not touched; an endpoint that fails is taken back; killing
    the task deletes the endpoint; the endpoint's FailureReason is told. Where it is deferrable, all this
    holds, too, and its `execution_timeout` limits the wait.

    Args:
        config: `{"Model": ..., "EndpointConfig": ..., "Endpoint": ...}`, as the provider's operator takes it.
            Each request has the run's tags.
        model_data_url: The archive that training made. It completes `config["Model"]`.
        reused: A `ReusedModel`: it has been evaluated, so that it is deployed only in order to be kept.
        keep: Whether the endpoint is to be kept.
        check_interval: Seconds between two looks at the endpoint, at the most.
    """

    operator_extra_links = (EndpointLink(),)
    template_fields: Sequence[str] = (
        *SageMakerEndpointOperator.template_fields,
        *("model_data_url", "reused", "keep"),
    )

    _own: RunTags | None = None

    def __init__(
        self, *, model_data_url: str, reused: dict[str, Any] | None = None, keep: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.model_data_url = model_data_url
        self.reused = reused
        self.keep = keep

    @property
    def console_name(self) -> str:
        """The endpoint's."""
        return self._name_of(ENDPOINT)

    def execute(self, context: Context) -> dict[str, Any]:
        """Make what is missing and wait.

        Returns:
            `{"EndpointConfig": ..., "Endpoint": ...}`: names, ARNs and state, as SageMaker describes both.

        Raises:
            EndpointError: The endpoint did not come into service.
            OwnerError: A name is taken by something that this run did not make, or another Airflow has
                planned the run.
            AirflowSkipException: There is nothing to evaluate or to keep.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused and not self.keep:
            skip_for(self.reused, context["ti"], None)
        self.config["Model"]["PrimaryContainer"]["ModelDataUrl"] = self.model_data_url
        name = self._name_of(ENDPOINT)
        self._check_deployment()
        for kind in ALL_KINDS:
            check_owner(self.hook.conn, kind, self._name_of(kind), self._tags_of(kind))
        if self.keep:
            self._tell_kept(name)
        if not self._is_serving_this_model(name):
            self._delete_all()
            for kind in reversed(ALL_KINDS):
                refuse_if_ended(context)
                create(self.hook.conn, kind, self._request(kind), self._tags_of(kind))
            self.log.info("Creating endpoint %s", name)
        if self.deferrable:
            self.defer_to(EndpointTrigger, job_type="endpoint", job_name=name, limit=self.execution_timeout)
        return self._describe_once_in_service()

    def execute_complete(
        self,
        context: Context,  # noqa: ARG002
        event: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """See whether the endpoint serves, now that it is no longer being created.

        Returns:
            What `execute` does.

        Raises:
            EndpointError: The endpoint did not come into service.
        """
        return self._describe_once_in_service()

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Go on only with what this Airflow has planned."""
        self._check_deployment()
        return super().resume_execution(next_method, next_kwargs, context)

    def _check_deployment(self) -> None:
        own = self._tags_of(ENDPOINT)
        check_deployment(own.deployment_id)
        self._own = own

    def _tell_kept(self, name: str) -> None:
        kept = kept_endpoints(self.hook.conn, self._tags_of(ENDPOINT).deployment_id)
        if others := [each for each in kept if each.name != name]:
            self.log.warning("This endpoint is to stay. There already, %s:", sum_up(others))
            for each in others:
                self.log.warning("%s", each)

    def _describe_once_in_service(self) -> dict[str, Any]:
        name = self._name_of(ENDPOINT)
        try:
            self._wait_until_in_service(name)
        except EndpointError:
            self._delete_all()
            raise
        return {
            kind: {name: serialized[name] for name in _TOLD if name in serialized}
            for kind, serialized in (
                (
                    "EndpointConfig",
                    serialize(self.hook.describe_endpoint_config(self._name_of(ENDPOINT_CONFIG))),
                ),
                ("Endpoint", serialize(self.hook.describe_endpoint(name))),
            )
        }

    def on_kill(self) -> None:
        """Delete the endpoint, so that it does not bill on after its task.

        SageMaker refuses that while the endpoint is being created; then the DAG's teardown waits for it.
        """
        sagemaker: Any = self.hook.conn
        name = self._name_of(ENDPOINT)
        if self._own is None:  # it has made nothing so far
            return
        try:
            check_owner(sagemaker, ENDPOINT, name, self._own)
            sagemaker.delete_endpoint(EndpointName=name)
        except (ClientError, OwnerError) as error:
            self.log.warning("The endpoint is left to the teardown: %s", error)

    def _request(self, kind: ResourceKind) -> dict[str, Any]:
        request: dict[str, Any] = self.config[kind.name_member.removesuffix("Name")]
        return request

    def _name_of(self, kind: ResourceKind) -> str:
        name: str = self._request(kind)[kind.name_member]
        return name

    def _tags_of(self, kind: ResourceKind) -> RunTags:
        return RunTags.of_request(self._request(kind))

    def _delete_all(self) -> None:
        for kind in ALL_KINDS:
            delete(self.hook.conn, kind, self._name_of(kind), self.check_interval)

    def _is_serving_this_model(self, name: str) -> bool:
        endpoint = describe(self.hook.conn, ENDPOINT, name)
        model = describe(self.hook.conn, MODEL, self._name_of(MODEL))
        return (
            endpoint is not None
            and endpoint["EndpointStatus"] in {"Creating", "InService"}
            and model is not None
            and model["PrimaryContainer"]["ModelDataUrl"] == self.model_data_url
        )

    def _wait_until_in_service(self, name: str) -> None:
        status = None
        for waited in looks(self.check_interval):
            try:
                endpoint = self.hook.describe_endpoint(name)
            except ClientError as error:
                # The endpoint comes up, and is paid for, whether it can be looked at or not.
                if not may_pass(error):
                    raise
                self.log.warning("Looking again: %s", error)
                continue
            if endpoint["EndpointStatus"] != status:
                status = endpoint["EndpointStatus"]
                self.log.info("Endpoint %s is %s after %.0f s", name, status, waited)
            if status == "InService":
                return
            if status != "Creating":
                reason = endpoint.get("FailureReason", "no reason given")
                words = reason_in_words(reason, self.hook.conn_partition)
                raise EndpointError(
                    f"endpoint {name!r} is {status}: {reason}",
                    "an endpoint that was created comes into service",
                    f"{words.mend if words else 'Mend what the reason names'}; the container's log is in "
                    "CloudWatch, group "
                    f"/aws/sagemaker/Endpoints/{name}",
                )
