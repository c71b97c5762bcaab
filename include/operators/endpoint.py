"""An endpoint that a retry finds again, and that is really in service when the task says so."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerEndpointOperator, serialize
from airflow.sdk import Context

from include.operators.polling import looks
from include.operators.resources import ENDPOINT, ENDPOINT_CONFIG, MODEL, ResourceKind, delete, describe
from include.pipeline.errors import EndpointError


class RunEndpointOperator(SageMakerEndpointOperator):
    """Makes a run's model, endpoint configuration and endpoint, and waits until it serves.

    What the provider's operator lacks: a retry takes up what an earlier try made instead of failing on it;
    the endpoint's FailureReason is told. The names belong to one run, so whatever bears them is the run's.

    Args:
        config: `{"Model": ..., "EndpointConfig": ..., "Endpoint": ...}`, as the provider's operator takes it.
        model_data_url: The archive that training made. It completes `config["Model"]`.
        check_interval: Seconds between two looks at the endpoint, at the most.
    """

    template_fields: Sequence[str] = (*SageMakerEndpointOperator.template_fields, "model_data_url")

    def __init__(self, *, model_data_url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model_data_url = model_data_url

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Make what is missing and wait.

        Returns:
            `{"EndpointConfig": ..., "Endpoint": ...}`: what SageMaker says of both.

        Raises:
            EndpointError: The endpoint did not come into service.
        """
        self.config["Model"]["PrimaryContainer"]["ModelDataUrl"] = self.model_data_url
        self.preprocess_config()
        name = self.config["Endpoint"]["EndpointName"]
        if not self._is_serving_this_model(name):
            # In this order: an endpoint is never left without its configuration.
            for kind in (ENDPOINT, ENDPOINT_CONFIG, MODEL):
                delete(self.hook.conn, kind, self._name_of(kind), self.check_interval)
            self.hook.create_model(self.config["Model"])
            self.hook.create_endpoint_config(self.config["EndpointConfig"])
            self.hook.create_endpoint(self.config["Endpoint"], wait_for_completion=False)
            self.log.info("Creating endpoint %s", name)
        self._wait_until_in_service(name)
        return {
            kind: serialize(description)
            for kind, description in (
                ("EndpointConfig", self.hook.describe_endpoint_config(self._name_of(ENDPOINT_CONFIG))),
                ("Endpoint", self.hook.describe_endpoint(name)),
            )
        }

    def _name_of(self, kind: ResourceKind) -> str:
        name: str = self.config[kind.name_member.removesuffix("Name")][kind.name_member]
        return name

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
            endpoint = self.hook.describe_endpoint(name)
            if endpoint["EndpointStatus"] != status:
                status = endpoint["EndpointStatus"]
                self.log.info("Endpoint %s is %s after %.0f s", name, status, waited)
            if status == "InService":
                return
            if status != "Creating":
                raise EndpointError(
                    f"endpoint {name!r} is {status}: {endpoint.get('FailureReason', 'no reason given')}",
                    "an endpoint that was created comes into service",
                    "Mend what the reason names; the container's log is in CloudWatch, group "
                    f"/aws/sagemaker/Endpoints/{name}",
                )
