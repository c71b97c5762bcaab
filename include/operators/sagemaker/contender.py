"""An endpoint for one of several algorithms of a run, while it scores the validation rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Context

from include.airflow_names import PLAN_RUN, SPLIT_DATA
from include.operators.connection import hook, s3_of
from include.operators.reuse import skip_for
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.contest import ScoredContender


class ScoreContenderOperator(RunSageMakerEndpointOperator):
    """Deploys a contender as the run deploys its model, scores the validation rows, and deletes it again.

    Args:
        plan: A `RunPlan`, for the contender.
        split: A `Split`, of the contender.
        reused: A `ReusedModel`: the task is skipped.
    """

    template_fields: Sequence[str] = (*RunSageMakerEndpointOperator.template_fields, "plan", "split")

    def __init__(self, *, plan: Any, split: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.split = split

    def execute(self, context: Context) -> dict[str, Any]:
        """Make the endpoint, ask it, and delete it.

        Returns:
            A `ScoredContender`.

        Raises:
            EndpointError: The endpoint did not come into service, or did not answer as it should.
            OwnerError: A name is taken by something that this run did not make, or another Airflow has
                planned the run.
            AirflowSkipException: There is a model to use again.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused:
            skip_for(self.reused, context["ti"], None)
        super().execute(context)
        return self._score_and_delete()

    def execute_complete(self, context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Go on once the endpoint is no longer being created.

        Returns:
            What `execute` does.

        Raises:
            EndpointError: As `execute`.
        """
        super().execute_complete(context, event)
        return self._score_and_delete()

    def _score_and_delete(self) -> dict[str, Any]:
        from include.pipeline.evaluation.contest import score_contender

        run = RunPlan.read(self.plan, PLAN_RUN)
        split = Split.read(self.split, SPLIT_DATA)
        created = self.hook.describe_endpoint(run.key)["CreationTime"]
        try:
            sha256 = score_contender(run, split, s3_of(run), hook("sagemaker-runtime").conn)
        finally:
            self._delete_all()
        scored = ScoredContender(
            predictions_sha256=sha256,
            endpoint_seconds=max((datetime.now(UTC) - created).total_seconds(), 0),
        )
        return scored.model_dump(mode="json")
