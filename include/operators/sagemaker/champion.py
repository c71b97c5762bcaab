"""Promotion of an accepted model to the endpoint that applications call, and the way back."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerEndpointOperator
from airflow.sdk import Context, Variable

from include.operators.connection import hook
from include.operators.deployment import own_deployment_id
from include.operators.failures.left_out import LeftOutError
from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.registration import is_usable, listed_models, source_runs
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import load_config
from include.pipeline.documents.scoring.champion import SERVE

if TYPE_CHECKING:
    from include.pipeline.scoring.champion.promotion import Served
    from include.pipeline.scoring.champion.serving import Serving

_VERSION = "version"
"""Key, in the task's state store, of the version that a run goes back to, however often it is tried."""


class _ServingOperator(SageMakerEndpointOperator):
    """What promotion and rollback have in common.

    Args:
        pipeline: Whose endpoint.
        check_interval: Seconds between two looks at the endpoint, at the most.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, *, pipeline: str, **kwargs: Any) -> None:
        super().__init__(config={}, operation="update", deferrable=False, **kwargs)
        self.pipeline = pipeline

    def serving(self, context: Context) -> "Serving":
        """Find the endpoint, and the models that it may serve."""
        from include.pipeline.errors import ConfigError
        from include.pipeline.planning.names import champion_endpoint
        from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
        from include.pipeline.scoring.champion.serving import Serving

        config, deployment_id = load_config(self.pipeline), own_deployment_id()
        if config.serve is None:
            raise ConfigError(
                f"{self.pipeline}.yaml has no section serve",
                "it says how the model is served",
                "Write the section, or leave this DAG",
            )
        run_id = context["dag_run"].run_id
        own = RunTags(
            deployment_id=deployment_id, dag_id=f"{self.pipeline}{SERVE}", run_id=run_id, expires=None
        )
        name = champion_endpoint(deployment_id, self.pipeline, config.serve.endpoint)
        s3, models = listed_models(self.pipeline, config, context["dag_run"])
        return Serving(
            config=config,
            serve=config.serve,
            endpoint=ChampionEndpoint(self.hook.conn, name, own, self.check_interval),
            runtime=hook("sagemaker-runtime").conn,
            cloudwatch=hook("cloudwatch").conn,
            s3=s3,
            models=models,
            is_usable=is_usable(self.pipeline, config, deployment_id),
        )

    def tell(self, context: Context, served: "Served", endpoint: str) -> dict[str, Any]:
        """Tell other DAGs by the asset, and the task's XCom, what is served now."""
        told: dict[str, Any] = {
            "endpoint": endpoint,
            "version": served.version.name,
            "model": served.run_id,
            "before": served.version.before,
            "reason": served.reason,
            "summary": served.summary,
        }
        for asset in self.outlets:
            context["outlet_events"][asset].extra = told
        self.log.info("%s serves the model of %s", endpoint, served.run_id)
        return told


class PromoteModelOperator(_ServingOperator):
    """Has an accepted model take over the endpoint, where it is better than the one that is served.

    What the provider's operator lacks: only a better model takes over; a canary and alarms go before it; an
    update that SageMaker has rolled back is a failure; what does not answer as it was evaluated is taken
    back; a retry finds what an earlier try made; another's endpoint is not touched.
    """

    def execute(self, context: Context) -> dict[str, Any]:
        """Promote the model.

        Returns:
            `endpoint`, `version`, `model`, the run that made it, `before`, the version before, `reason`,
            why it has taken over, and `summary`, what its run was, in a line.

        Raises:
            AirflowSkipException: No model is better than the one that is served.
            EndpointError: The old model serves on: SageMaker has rolled back, or the answers were wrong.
            ParamError: There is no such model, it takes other rows, or an alarm is not as it has to be.
            OwnerError: The endpoint is another's.
        """
        # They would cost seconds at every parse of a DAG.
        from include.pipeline.planning.role import resolve_role
        from include.pipeline.scoring.champion.promotion import Promotion

        serving = self.serving(context)
        role = Variable.get("sagemaker_role", default=None)
        promotion = Promotion(
            serving,
            role_arn=resolve_role(serving.config.params.role, role, lambda: hook("iam").conn),
            before_it_bills=partial(refuse_if_ended, context),
        )
        served = promotion.promote(context["params"]["run"], set(source_runs(self.pipeline, context)))
        if served.left_out:
            raise LeftOutError(f"No better than the model that is served. {served.left_out}")
        return self.tell(context, served, serving.endpoint.name)


class EndShadowOperator(_ServingOperator):
    """Takes away what a promotion that was ended has left in the shadow, where it would be billed on."""

    def execute(self, context: Context) -> dict[str, Any]:
        """End the run's own shadow, if there is one.

        Returns:
            `version`, which serves then; None where there is no endpoint.

        Raises:
            EndpointError: SageMaker has rolled back: the shadow is there still.
            OwnerError: The endpoint is another's.
        """
        from include.pipeline.scoring.champion.shadow import end_own_shadow

        return {"version": end_own_shadow(self.serving(context))}


class RollBackModelOperator(_ServingOperator):
    """Has a model that has served before take over the endpoint again: at once, without a canary."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Go back.

        Returns:
            What `PromoteModelOperator` does.

        Raises:
            ParamError: There is no such version.
            EndpointError: It does not serve: what served before does.
            OwnerError: The endpoint is another's.
        """
        from include.pipeline.scoring.champion.promotion import go_back

        serving, store = self.serving(context), context["task_state_store"]
        # Where an earlier try has gone back, "the version before" has become another.
        wanted: Any = store.get(_VERSION) or context["params"]["version"]

        def before_it_changes(version: str) -> None:
            refuse_if_ended(context)
            store.set(_VERSION, version)

        served = go_back(serving, wanted, before_it_changes)
        return self.tell(context, served, serving.endpoint.name)
