"""Deletes that the provider does not have, or that fail where there is nothing to delete."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.hooks.sagemaker import SageMakerHook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from include.pipeline.errors import CleanupError
from include.pipeline.resources import ENDPOINT, ENDPOINT_CONFIG, MODEL, ResourceKind, delete, describe


class _DeleteOperator(AwsBaseOperator[SageMakerHook]):
    """Deletes one resource and sees that it is gone. Absent counts as done.

    Args:
        name: Of the resource.
        keep: Skips the task and leaves the resource in place.
        check_interval: Seconds between two looks at the resource, at the most.
    """

    aws_hook_class = SageMakerHook
    template_fields: Sequence[str] = aws_template_fields("name", "keep")
    ui_color = "#fbe5d6"
    kind: ResourceKind

    def __init__(self, *, name: str, keep: bool = False, check_interval: float = 15, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.keep = keep
        self.check_interval = check_interval

    def execute(self, context: Context) -> None:  # noqa: ARG002
        """Delete it."""
        if self.keep:
            raise AirflowSkipException(f"keep_endpoint is set: {self.kind.title} {self.name} stays")
        found = delete(self.hook.conn, self.kind, self.name, self.check_interval)
        self.log.info(
            "%s %s is %s", self.kind.title.capitalize(), self.name, "deleted" if found else "not there"
        )


class DeleteEndpointOperator(_DeleteOperator):
    """Deletes an endpoint, and with it its bill. Waits out one that is still being created."""

    kind = ENDPOINT


class DeleteEndpointConfigOperator(_DeleteOperator):
    """Deletes an endpoint configuration whose endpoint of the same name is gone."""

    kind = ENDPOINT_CONFIG

    def execute(self, context: Context) -> None:
        """Delete it, unless an endpoint still lives on it: SageMaker would lose track of its instances.

        Raises:
            CleanupError: The endpoint is still there.
        """
        if not self.keep and describe(self.hook.conn, ENDPOINT, self.name):
            raise CleanupError(
                f"endpoint {self.name!r} still exists",
                "an endpoint's configuration is deleted after the endpoint",
                "Clear the task that deletes the endpoint, and those after it",
            )
        super().execute(context)


class DeleteModelOperator(_DeleteOperator):
    """Deletes a model. Its archive on S3 stays."""

    kind = MODEL
