"""What becomes of a trained model, as Airflow tasks: it is evaluated, judged and reported.

Imports stand in the tasks, as in `tasks`.
"""

import logging
from typing import Any

from airflow.sdk import task

from include.airflow_names import (
    CHANGES,
    CHECK_QUALITY,
    CHOOSE_CONTENDER,
    DOWNLOAD_DATA,
    FAILURE,
    FIGURES,
    PLAN_RUN,
    REUSE_MODEL,
    SCORE_CONTENDER,
    SPLIT_DATA,
    SUMMARY,
    TRAIN_MODEL,
)
from include.operators.connection import hook, s3_of
from include.operators.failures.left_out import LeftOutError
from include.operators.returned import document_task
from include.operators.reuse import skip_for

log = logging.getLogger(__name__)


@document_task
def choose_contender(
    plan: dict[str, Any], split: dict[str, Any], reused: dict[str, Any] | None, ti: Any = None
) -> dict[str, Any]:
    """Compare several algorithms on the validation rows, and choose the one that the run goes on with.

    Args:
        plan: A `RunPlan`.
        split: A `Split`.
        reused: A `ReusedModel`, where there is one: nothing is chosen.
        ti: Filled in by Airflow.

    Returns:
        `contest`, a `Contest`; `training`, what the training task of the chosen one returned.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.evaluation import contest

    if reused:
        skip_for(reused, ti, None)
    run = RunPlan.read(plan, PLAN_RUN)
    candidates = [_candidate(ti, place, each.algorithm) for place, each in enumerate(run.contenders)]
    found = contest.choose_contender(run, Split.read(split, SPLIT_DATA), s3_of(run), candidates)
    place = [each.algorithm for each in candidates].index(found.chosen)
    training = ti.xcom_pull(task_ids=TRAIN_MODEL, map_indexes=place)
    return {"contest": found.model_dump(mode="json"), "training": training}


@document_task
def evaluate_model(
    plan: dict[str, Any],
    split: dict[str, Any],
    training: dict[str, Any],
    reused: dict[str, Any] | None,
    ti: Any = None,
) -> dict[str, Any]:
    """Score the test rows on the endpoint and compare the scores with their labels.

    Args:
        plan: A `RunPlan`.
        split: A `Split`.
        training: What the training task returned.
        reused: A `ReusedModel`, where there is one.
        ti: Filled in by Airflow.

    Returns:
        The `Metrics`: the headline of metrics.json. Where a model is used again, those of its run.
    """
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.evaluation.confusion_table import figures_table
    from include.pipeline.evaluation.evaluate import evaluate_endpoint

    if reused:
        skip_for(reused, ti, reused["metrics"])
    run = RunPlan.read(plan, PLAN_RUN)
    evaluation = evaluate_endpoint(
        run,
        Split.read(split, SPLIT_DATA),
        _training_job(training),
        s3=s3_of(run),
        runtime=hook("sagemaker-runtime").conn,
        logs=hook("logs").conn,
    )
    table = figures_table(evaluation, run.words, few_rows_shown=evaluation.few_rows_shown)
    for line in table.splitlines():
        log.info("%s", line)
    return evaluation.headline.model_dump(mode="json")


@task
def check_quality(
    plan: dict[str, Any],
    *,
    raw: dict[str, Any],
    split: dict[str, Any],
    training: dict[str, Any],
    reused: dict[str, Any] | None,
    contest: dict[str, Any] | None = None,
    ti: Any = None,
    outlet_events: Any = None,
) -> None:
    """Write the run's manifest; fail the run when the model is not good enough, else list it as accepted.

    What a good model is made of and what it is worth, the events of the task's assets tell.

    Args:
        plan: A `RunPlan`.
        raw: A `RawData`.
        split: A `Split`.
        training: What the training task returned.
        reused: A `ReusedModel`, where there is one.
        contest: A `Contest`, where several algorithms trained.
        ti: Filled in by Airflow.
        outlet_events: Filled in by Airflow.
    """
    from include.pipeline.data.drift import warnings
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.split import Split
    from include.pipeline.documents.training.contest import Contest
    from include.pipeline.evaluation.evaluate import read_evaluation
    from include.pipeline.history import quality
    from include.pipeline.history.accepted import accept
    from include.pipeline.history.manifest import record_run
    from include.pipeline.history.training_claim import release_training

    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    evaluation = read_evaluation(s3, run)
    manifest = record_run(
        s3,
        run,
        evaluation,
        raw=RawData.read(raw, DOWNLOAD_DATA),
        split=Split.read(split, SPLIT_DATA),
        training=_training_job(training),
        reused_from=reused["run_id"] if reused else None,
        contest=Contest.read(contest, CHOOSE_CONTENDER) if contest else None,
        tuning=_tuning(training, reused),
    )
    ti.xcom_push(SUMMARY, str(manifest))
    changes = warnings(evaluation.drift, run.drift) if evaluation.drift and run.drift else []
    ti.xcom_push(FIGURES, evaluation.listed(changes).model_dump(mode="json"))
    ti.xcom_push(CHANGES, changes)
    for line in quality.check_quality(evaluation, run.params, quality.Business.of(run)):
        log.info("%s", line)
    accept(s3, run, manifest)
    release_training(s3, run)
    log.info("%s", manifest)
    for asset in ti.task.outlets:
        outlet_events[asset].extra = {
            "summary": str(manifest),
            "metrics": manifest.metrics.model_dump(mode="json"),
            "model": manifest.training.model_uri,
            "manifest": run.locations.manifest,
            "report": run.locations.report,
            "reused_from": manifest.reused_from,
        }


@task
def write_report(plan: dict[str, Any], deletions: dict[str, dict[str, Any] | None], ti: Any = None) -> str:
    """Draw report.html: what the model is worth, what it was made of, and what became of the endpoint.

    Args:
        plan: A `RunPlan`.
        deletions: A `Deletion` of each kind of resource; None where it was not deleted.
        ti: Filled in by Airflow.

    Returns:
        Its URI.
    """
    from include.pipeline.documents.deployed import Deletion
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.history.manifest import read_manifest
    from include.pipeline.report.writing import write_report as write
    from include.pipeline.teardown.deployed import look_up_deployed
    from include.pipeline.teardown.kept import kept_endpoints

    run = RunPlan.read(plan, PLAN_RUN)
    s3 = s3_of(run)
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    # A run may have been evaluated before it was cleared: its manifest is that of then.
    is_judged = states[CHECK_QUALITY] in {"success", "failed"}
    manifest = read_manifest(s3, run) if is_judged else None
    if manifest is None:
        raise LeftOutError("The model was not evaluated: there is nothing to report")
    if manifest.contender:
        run = run.chosen(manifest.contender)
    found = {kind: Deletion.read(deletion, kind) for kind, deletion in deletions.items() if deletion}
    sagemaker = hook("sagemaker").conn
    kept = kept_endpoints(sagemaker, run.identity.deployment_id) if run.keep_endpoint else []
    beside = tuple(str(each) for each in kept if each.name != run.key)
    return write(s3, run, manifest, look_up_deployed(sagemaker, run, found), beside)


def _candidate(ti: Any, place: int, algorithm: Any) -> Any:
    """Tell what became of one of several algorithms, by the tasks of its place in the mapped group."""
    from include.pipeline.documents.training.contest import ScoredContender
    from include.pipeline.evaluation.contest import Candidate

    done, failure = {}, None
    for task_id in (TRAIN_MODEL, SCORE_CONTENDER):
        states = ti.get_task_states(
            dag_id=ti.dag_id, task_ids=[task_id], run_ids=[ti.run_id], map_index=place
        )
        state = next(iter(states.get(ti.run_id, {}).values()), None)
        if state == "success":
            done[task_id] = ti.xcom_pull(task_ids=task_id, map_indexes=place)
        elif failure is None:
            # What one told before the run was cleared is still there.
            has_told = state == "failed"
            told = has_told and ti.xcom_pull(task_ids=task_id, key=FAILURE, map_indexes=place)
            failure = told or f"its task {task_id} is {state}"
    return Candidate(
        algorithm=algorithm,
        job=_training_job(done[TRAIN_MODEL]) if TRAIN_MODEL in done else None,
        scored=ScoredContender.read(done[SCORE_CONTENDER], SCORE_CONTENDER)
        if SCORE_CONTENDER in done
        else None,
        failure=failure,
    )


def _tuning(training: dict[str, Any], reused: dict[str, Any] | None) -> Any:
    """Tell of the trials of which the model is the best; None where its hyperparameters were given."""
    from include.pipeline.aws.jobs import TUNING_JOB
    from include.pipeline.documents.manifest import ReusedModel
    from include.pipeline.documents.training.tuning import Tuning

    if reused:
        return ReusedModel.read(reused, REUSE_MODEL).tuning
    if "Tuning" not in training:
        return None
    return Tuning.describe(hook("sagemaker").conn, training["Tuning"][TUNING_JOB.name_member])


def _training_job(training: dict[str, Any]) -> Any:
    from include.pipeline.documents.training.job import CompletedTrainingJob

    return CompletedTrainingJob.describe(hook("sagemaker").conn, training["Training"]["TrainingJobName"])
