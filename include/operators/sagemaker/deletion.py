"""Deletes that the provider does not have, or that fail where there is nothing to delete."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.amazon.aws.hooks.sagemaker import SageMakerHook
from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context

from include.operators.deployment import tags_of
from include.operators.failures.left_out import LeftOutError
from include.operators.sagemaker.billed import count_billed, endpoint_instances
from include.pipeline.aws.resources import (
    ENDPOINT,
    ENDPOINT_CONFIG,
    MODEL,
    ResourceKind,
    check_owner,
    delete,
    describe,
)
from include.pipeline.documents.deployed import Deletion
from include.pipeline.errors import CleanupError, OwnerError


class _DeleteOperator(AwsBaseOperator[SageMakerHook]):
    """Deletes one resource of a run and sees that it is gone. Absent counts as done; another's stays.

    Args:
        name: Name of the resource.
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

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Delete it.

        Returns:
            A `Deletion`; None where there was nothing to delete.

        Raises:
            AirflowSkipException: It is to be kept, or it is not this run's.
        """
        if self.keep:
            raise LeftOutError(
                f"keep_endpoint is set for this run, so its {self.kind.title} stays. The DAG "
                f"delete_kept_endpoint takes it away: {self.name}"
            )
        run = context["dag_run"]
        try:
            owner = tags_of(run.dag_id, run.run_id, self.name)
            check_owner(self.hook.conn, self.kind, self.name, owner)
        except OwnerError as error:
            raise LeftOutError(str(error)) from error
        found = self._delete(run.dag_id)
        self.log.info(
            "%s %s is %s", self.kind.title.capitalize(), self.name, "deleted" if found else "not there"
        )
        return Deletion.of(found).model_dump(mode="json") if found else None

    def _delete(self, dag_id: str) -> dict[str, Any] | None:  # noqa: ARG002 - who has it billed
        return delete(self.hook.conn, self.kind, self.name, self.check_interval)


class DeleteSageMakerEndpointOperator(_DeleteOperator):
    """Deletes an endpoint, and with it its bill. Waits out one that is still being created."""

    kind = ENDPOINT

    def _delete(self, dag_id: str) -> dict[str, Any] | None:
        instances = endpoint_instances(self.hook.conn, self.name)
        found = super()._delete(dag_id)
        if found:
            # AWS's clock tells the beginning, the worker's the end.
            time = max(datetime.now(UTC) - found["CreationTime"], timedelta())
            count_billed("endpoint", instances, time, dag_id=dag_id, region=self.hook.conn_region_name)
        return found


class DeleteSageMakerEndpointConfigOperator(_DeleteOperator):
    """Deletes an endpoint configuration whose endpoint of the same name is gone."""

    kind = ENDPOINT_CONFIG

    def _delete(self, dag_id: str) -> dict[str, Any] | None:
        # SageMaker would delete it under an endpoint, and lose track of the endpoint's instances.
        if describe(self.hook.conn, ENDPOINT, self.name):
            raise CleanupError(
                f"endpoint {self.name!r} still exists",
                "an endpoint's configuration is deleted after the endpoint",
                "Clear the task that deletes the endpoint, and those after it",
            )
        return super()._delete(dag_id)


class DeleteSageMakerModelOperator(_DeleteOperator):
    """Deletes a model. Its archive on S3 stays."""

    kind = MODEL
