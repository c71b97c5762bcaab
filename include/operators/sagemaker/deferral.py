"""How a task gives its worker back while it waits, and ends what bills when that takes too long."""

from datetime import timedelta
from typing import Any, NoReturn

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerBaseOperator
from airflow.providers.amazon.aws.triggers.sagemaker import SageMakerTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import TaskDeferralTimeout


class DeferralMixin(SageMakerBaseOperator):
    """Waits in the triggerer with the operator's connection and interval."""

    check_interval: int

    def defer_to(
        self, trigger: type[SageMakerTrigger], *, job_type: str, job_name: str, limit: timedelta | None
    ) -> NoReturn:
        """Give the worker back until the trigger wakes `execute_complete`.

        Args:
            trigger: Where to wait.
            job_type: As the provider's trigger names it.
            job_name: Name of the job or endpoint.
            limit: How long, at the most; None for ever.
        """
        self.defer(
            trigger=trigger(
                job_name=job_name,
                job_type=job_type,
                waiter_delay=self.check_interval,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
            timeout=limit,
        )

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Go on after the wait.

        Raises:
            TaskDeferralTimeout: It took too long. Airflow kills no task for that, as it does for one that
                exceeds its time limit on a worker.
        """
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except TaskDeferralTimeout:
            self.on_kill()
            raise
