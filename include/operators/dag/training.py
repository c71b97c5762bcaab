"""From the split to a trained model: of one algorithm, tuned or not, or the best of several side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import task_group

from include import airflow_names
from include.operators import evaluation_tasks
from include.operators.dag.job_pool import job_pool
from include.operators.held_plan import PLAN, TRAINING_REQUEST, TUNING_REQUEST, HeldPlan, HeldTrainingRequest
from include.operators.returned import REUSED, SPLIT, TRAINING, Returned
from include.operators.sagemaker.contender import ScoreContenderOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from include.pipeline.documents.split import Split
from include.pipeline.planning.training_request import time_limit

if TYPE_CHECKING:
    from pydantic import BaseModel

    from include.pipeline.documents.config import PipelineConfig


# How Airflow's pages call the tasks of each algorithm, which a number would not tell.
_NAMED = "{{ task.plan['algorithm'] }}"


@dataclass(frozen=True)
class Trained:
    """The tasks that train, and what those after them take for the run's."""

    steps: tuple[Any, ...]
    """In their order."""
    plan: Any = PLAN
    """A `RunPlan`, for the algorithm that made the model."""
    split: Any = SPLIT
    """A `Split`, of the rows as it takes them."""
    training: Any = TRAINING
    """Its training job."""
    contest: Any = None
    """A `Contest`, where several trained."""


def train(config: "PipelineConfig") -> Trained:
    """Add the tasks that train to the DAG that is being defined."""
    if config.algorithms:
        return _contend([each.name for each in config.algorithms], config)
    return Trained((_training(config),))


def _training(
    config: "PipelineConfig", request: Any = TRAINING_REQUEST, plan: Any = PLAN, named: str | None = None
) -> Any:
    operator: Any = ResumableSageMakerTrainingOperator
    limit = time_limit(config.aws.stopping_condition)
    if config.tune:
        operator, request = ResumableSageMakerTuningOperator, TUNING_REQUEST
        limit *= config.tune.batches
    return operator(
        task_id=airflow_names.TRAIN_MODEL,
        config=request,
        plan=plan,
        reused=REUSED,
        trigger_rule="none_failed",
        check_interval=15,
        execution_timeout=limit,
        pool=job_pool(),
        map_index_template=named,
    )


def _contend(names: list[str], config: "PipelineConfig") -> Trained:
    @task_group(group_id=airflow_names.CONTEND, prefix_group_id=False)
    def contend(algorithm: Any) -> None:
        plan = ContenderPlan(airflow_names.PLAN_RUN, algorithm=algorithm)
        request = ContenderTrainingRequest(airflow_names.PLAN_RUN, ("training",), algorithm=algorithm)
        trained = _training(config, request, plan, _NAMED)
        trained >> ScoreContenderOperator(
            task_id=airflow_names.SCORE_CONTENDER,
            config=ContenderPlan(airflow_names.PLAN_RUN, ("deployment",), algorithm=algorithm),
            model_data_url=_OWN_TRAINING["Training"]["ModelArtifacts"]["S3ModelArtifacts"],
            plan=plan,
            split=ContenderSplit(airflow_names.SPLIT_DATA, algorithm=algorithm),
            reused=REUSED,
            trigger_rule="none_failed",
            check_interval=15,
            execution_timeout=timedelta(minutes=45),
            map_index_template=_NAMED,
        )

    # One that fails is left out. Where all do, this is the one task that tells of all.
    choose = evaluation_tasks.choose_contender.override(trigger_rule="all_done")
    contenders, chosen = contend.expand(algorithm=names), choose(PLAN, SPLIT, REUSED)
    name = _Contest(airflow_names.CHOOSE_CONTENDER, ("contest", "chosen"))
    return Trained(
        (contenders, chosen.operator),
        plan=ChosenPlan(airflow_names.PLAN_RUN, algorithm=name),
        split=ContenderSplit(airflow_names.SPLIT_DATA, algorithm=name),
        training=_ChosenTraining(airflow_names.CHOOSE_CONTENDER, ("training",)),
        contest=_Contest(airflow_names.CHOOSE_CONTENDER, ("contest",)),
    )


@dataclass(frozen=True)
class ContenderPlan(HeldPlan):
    """A template that becomes the plan of what one of several algorithms does, or a member of it."""

    algorithm: Any = None
    """A template of its name."""

    def held(self, found: dict[str, Any], context: Mapping[str, Any]) -> "BaseModel":
        """Hold the run's plan, and take the algorithm's."""
        plan: Any = super().held(found, context)
        contending: BaseModel = plan.contending(self.algorithm.resolve(context))
        return contending


class ChosenPlan(ContenderPlan):
    """A template that becomes the plan of the rest of the run, for the algorithm that was chosen."""

    def held(self, found: dict[str, Any], context: Mapping[str, Any]) -> "BaseModel":
        """Hold the run's plan, and take it for the algorithm."""
        plan: Any = HeldPlan.held(self, found, context)
        chosen: BaseModel = plan.chosen(self.algorithm.resolve(context))
        return chosen


class ContenderTrainingRequest(ContenderPlan, HeldTrainingRequest):
    """A template that becomes the request of an algorithm's training job."""

    def split(self, context: Mapping[str, Any]) -> Split:
        """Read what the algorithm trains on."""
        return super().split(context).of_contender(self.algorithm.resolve(context))


@dataclass(frozen=True)
class ContenderSplit(Returned):
    """A template that becomes the `Split` of the rows as one of several algorithms takes them."""

    algorithm: Any = None
    """A template of its name."""

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """Fetch it.

        Raises:
            AirflowFailException: The table was not split.
            DocumentError: What the split told cannot be read.
        """
        split = Split.read(super().resolve(context), self.task_id)
        return split.of_contender(self.algorithm.resolve(context)).model_dump(mode="json")


class _OwnTraining(Returned):
    """What the task before returned, in the mapped group of the task that asks."""

    def fetched(self, context: Mapping[str, Any]) -> Any:
        ti = context["ti"]
        return ti.xcom_pull(task_ids=self.task_id, map_indexes=ti.map_index)


_OWN_TRAINING: Any = _OwnTraining(airflow_names.TRAIN_MODEL)


class _Contest(Returned):
    """The choice of the run, or of the one whose model it uses again."""

    def fetched(self, context: Mapping[str, Any]) -> Any:
        return REUSED.resolve(context) or super().fetched(context)


class _ChosenTraining(Returned):
    """The training job of the chosen algorithm; that of a model that is used again, each has returned."""

    def fetched(self, context: Mapping[str, Any]) -> Any:
        if REUSED.resolve(context):
            training = context["ti"].xcom_pull(task_ids=airflow_names.TRAIN_MODEL, map_indexes=0)
            return {"training": training}
        return super().fetched(context)
