"""A DAG for each pipeline whose YAML file has `score`: its accepted model scores new rows, in a batch."""

from datetime import timedelta

from airflow.sdk import DAG, Asset, chain

from include import airflow_names
from include.operators.dag.documentation import clock_tag, describe_tasks, owner_links, where_to_look
from include.operators.dag.job_pool import job_pool
from include.operators.dag.links import ModelReportLink
from include.operators.dag.notices.wiring import tell_people
from include.operators.dag.parsed_pipelines import parsed_pipelines
from include.operators.dag.schedule import cron_schedule
from include.operators.dag.trigger_form import trigger_form
from include.operators.failures.retries import RETRIES
from include.operators.returned import PLAN_IF_ANY, RAW
from include.operators.sagemaker.deletion import DeleteSageMakerModelOperator
from include.operators.sagemaker.transform import ResumableSageMakerTransformOperator
from include.operators.scoring import tasks
from include.operators.scoring.held_plan import SCORE_PLAN
from include.operators.scoring.tasks import CHOSEN, ENCODED, JOB
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.documents.scoring.settings import SCORE, ScoreSettings

ABOUT = """
Scores new rows by the newest accepted model of `{name}`, or by the one that the form names.

The rows are checked and encoded as the model's own training rows were, a SageMaker batch transform job scores
them, and the scores are joined with the identifiers of the rows. No endpoint is needed. The same rows and the
same model buy no second job.

{places}
Results: `s3://<bucket>/<this Airflow's id>/{name}_score/runs/<run>/evaluation/`: `predictions.csv` and
`predictions.parquet`, the highest scores first, and a report, which the tab *Model report* of the run shows.
They update the asset `{name}_predictions`.
"""


def new_row_scoring(name: str, config: PipelineConfig, score: ScoreSettings) -> None:
    """Make a pipeline's DAG that scores new rows."""
    predictions = Asset(f"{name}_predictions", group="predictions")
    with DAG(
        dag_id=f"{name}{SCORE}",
        dag_display_name=f"{config.title}: score",
        description=f"Score new rows by the accepted model of {name}.",
        doc_md=ABOUT.format(name=name, places=where_to_look(name, config)),
        schedule=cron_schedule(score.schedule),
        catchup=False,
        # Of two at once, each would buy a job for the same rows.
        max_active_runs=1,
        tags={*config.tags, "score", *clock_tag(score.schedule)},
        owner_links=owner_links(config),
        default_args={
            "owner": config.owner,
            **RETRIES,
            # Per task: a DAG run's own time limit would skip the teardown.
            "execution_timeout": timedelta(minutes=30),
        },
    ) as dag:
        planned = tasks.plan_run()
        rows = [
            tasks.download_data(SCORE_PLAN),
            tasks.choose_model(SCORE_PLAN, RAW),
            tasks.encode_rows(SCORE_PLAN, RAW, CHOSEN),
        ]
        score_rows = ResumableSageMakerTransformOperator(
            task_id=airflow_names.SCORE_ROWS,
            config=SCORE_PLAN["transform"],
            model=CHOSEN["model"],
            images=SCORE_PLAN["images"],
            archives=SCORE_PLAN["archives"],
            reused=CHOSEN["reused"],
            longest_seconds=SCORE_PLAN["max_runtime_seconds"],
            trigger_rule="none_failed",
            check_interval=15,
            execution_timeout=timedelta(seconds=score.max_runtime_seconds) + timedelta(minutes=15),
            pool=job_pool(),
        )
        write = tasks.write_predictions.override(trigger_rule="none_failed", outlets=[predictions])
        written = write(SCORE_PLAN, RAW, chosen=CHOSEN, encoded=ENCODED, job=JOB)
        delete_model = DeleteSageMakerModelOperator(
            task_id=airflow_names.DELETE_MODEL, name=SCORE_PLAN["key"]
        )
        verified = tasks.verify_teardown(PLAN_IF_ANY)
        chain(planned, *rows, score_rows, written, delete_model, verified)
        delete_model.as_teardown(setups=planned.operator)
        # What a teardown has to do with the state of its run: include/operators/dag/teardown.py.
        verified.operator.as_teardown(on_failure_fail_dagrun=True)
        written.operator.operator_extra_links = (ModelReportLink(),)
    describe_tasks(dag)
    tell_people(dag, config)
    # Last, as in model_pipelines.py.
    dag.params.update(trigger_form(ScoreParams.defaults(config), config.limits))


for pipeline, config in parsed_pipelines(SCORE):
    if config.score:
        new_row_scoring(pipeline, config, config.score)
