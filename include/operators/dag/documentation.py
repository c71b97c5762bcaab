"""What Airflow's pages say to people of a DAG and its tasks."""

from typing import TYPE_CHECKING

from airflow.configuration import conf
from airflow.sdk import DAG, BaseOperator

from include import airflow_names

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig

TASKS = {
    airflow_names.PLAN_RUN: (
        "Checks the Params and works out every name, place and cost of the run. Nothing is made before "
        "all of them are right."
    ),
    airflow_names.CREATE_BUCKET: (
        "Makes the run's S3 bucket where it is not there yet. A bucket of another account or region is "
        "refused."
    ),
    airflow_names.DOWNLOAD_DATA: (
        "Copies the data file to S3, under its SHA-256. A file that is there already is not written twice."
    ),
    airflow_names.REUSE_MODEL: (
        "Looks for an accepted model of the same data and settings, so that nothing is trained twice. "
        "Where another run is about to make one, it waits for that, without a worker."
    ),
    airflow_names.SPLIT_DATA: (
        "Checks the table, compares it with the version before, and cuts it into rows to train on and "
        "rows to test on; a large one by a processing job, where the YAML has `processing`. A broken table "
        "fails here, before anything is trained."
    ),
    airflow_names.TRAIN_MODEL: (
        "Runs the training job on SageMaker and shows its log, or the tuning job, where the YAML has `tune`. "
        "Clearing this task stops the job and starts another one; a retry takes up the one that runs."
    ),
    airflow_names.SCORE_CONTENDER: (
        "Deploys the model of one of several algorithms, asks it for the validation rows, and deletes the "
        "endpoint again. An algorithm whose task fails is left out."
    ),
    airflow_names.CHOOSE_CONTENDER: (
        "Compares the algorithms on the validation rows and chooses the best one, with which the run goes "
        "on. Why others are left out, its log tells; where all are, it fails and says what was found of each."
    ),
    airflow_names.DEPLOY_ENDPOINT: (
        "Makes model, endpoint configuration and endpoint, and waits until the endpoint answers. From "
        "here until `delete_endpoint` the endpoint is billed."
    ),
    airflow_names.EVALUATE_MODEL: (
        "Asks the endpoint for a score of each test row and computes the figures. They go to "
        "`metrics.json`, and the scores to `predictions.csv`."
    ),
    airflow_names.CHECK_QUALITY: (
        "Fails the run where the model is not good enough, by the limits of the Params. A good model is "
        "listed as accepted and updates the asset."
    ),
    airflow_names.DELETE_ENDPOINT: (
        "Deletes the endpoint, which ends its bill, whatever failed before. It is skipped where "
        "`keep_endpoint` is set."
    ),
    airflow_names.DELETE_ENDPOINT_CONFIG: (
        "Deletes the endpoint's configuration, after the endpoint. It is skipped where `keep_endpoint` "
        "is set."
    ),
    airflow_names.DELETE_MODEL: (
        "Deletes the model from SageMaker; its file stays on S3. It is skipped where `keep_endpoint` is set."
    ),
    airflow_names.WRITE_REPORT: (
        "Writes the report, which the run's tab *Model report* shows. It is skipped where the model was "
        "not evaluated."
    ),
    airflow_names.DELETE_DATA: (
        "Deletes all that the run stored on S3, where the Param `delete_data` asks for it. Otherwise it "
        "is skipped, and results and model stay."
    ),
    airflow_names.VERIFY_TEARDOWN: (
        "Takes away what the teardown has missed, and fails the run where something stays. It runs "
        "whatever happened before, and is never skipped."
    ),
    airflow_names.CHOOSE_MODEL: (
        "Finds the accepted model that scores: the newest of the pipeline's source, or the one that the form "
        "names. Where it has scored the same rows before, its answers are used again."
    ),
    airflow_names.ENCODE_ROWS: (
        "Checks the rows, makes them into what the model was trained on, and compares them with its training "
        "data. Broken rows fail here, before anything is paid for."
    ),
    airflow_names.SCORE_ROWS: (
        "Runs the transform job on SageMaker. Clearing this task stops the job and starts another one; a "
        "retry takes up the one that runs."
    ),
    airflow_names.WRITE_PREDICTIONS: (
        "Joins the scores with the identifiers of their rows, sorts them, and writes `predictions.csv`, "
        "`predictions.parquet` and the report. It updates the asset of the predictions."
    ),
    airflow_names.REGISTER_MODEL: (
        "Makes the accepted model a version of the pipeline's group in SageMaker's model registry, with its "
        "figures, data and code. It is skipped where the model is registered and decided on already."
    ),
    airflow_names.APPROVE_MODEL: (
        "Asks a person to approve or reject the model, beside the last approved one, under *Required "
        "Actions*. Where nobody answers in time, the model is rejected."
    ),
    airflow_names.RECORD_DECISION: (
        "Writes the decision and its note into SageMaker's model registry. It does not change what runs "
        "take for accepted."
    ),
    airflow_names.PROMOTE_MODEL: (
        "Has a better model take the endpoint over, by a canary that alarms roll back, and asks it about "
        "test rows whose scores are known. It is skipped where the model that is served is as good."
    ),
    airflow_names.END_SHADOW: (
        "Takes a model out of the shadow of the one that serves, where a promotion was ended there. It runs "
        "whatever became of that."
    ),
    airflow_names.ROLL_BACK_MODEL: (
        "Lists the models that have been served, and has the one before, or the one that the form names, "
        "serve again. Whatever fails, the endpoint serves on."
    ),
    airflow_names.LOOK_AT_SOURCE: (
        "Asks the data's server which version of the file there is, without downloading it. It is "
        "skipped where that is the version of the last time."
    ),
    airflow_names.SWEEP_LEFTOVERS: (
        "Lists what runs have left on SageMaker, with its cost a day, and deletes it where that is "
        "allowed. What is kept as asked, and what is in use, is listed and left alone."
    ),
    airflow_names.DELETE_KEPT: (
        "Deletes the endpoint that the form names, with its configuration and its model. With an empty "
        "form it lists what is kept, and is skipped."
    ),
    airflow_names.READ_YAML_FILE: (
        "Tells what is wrong with the pipeline's YAML file, and fails. Correct the file: the pipeline's "
        "own tasks then take this one's place."
    ),
}
"""Two sentences on each task, by its id."""


def describe_tasks(dag: DAG) -> None:
    """Have each task's page say in two sentences what the task does."""
    for task in dag.tasks:
        if isinstance(task, BaseOperator):  # and not one that is made once for each of many things
            task.doc_md = TASKS[task.task_id]


def where_to_look(name: str, config: "PipelineConfig") -> str:
    """Write where the pipeline's results and documents are, in Markdown, with links into Airflow's pages."""
    base = conf.get("api", "base_url", fallback="/").rstrip("/")
    documents = f"[documents]({config.documents})" if config.documents else "folder `docs/` of the project"
    return (
        f"- Figures of all runs, and what is kept and billed: [Models]({base}/plugin/models)\n"
        f"- The report of one run: its tab *Model report*, from the [list of runs]({base}/dags/{name}/runs)\n"
        f"- Params, errors, backfills, costs: the {documents}\n"
    )


def owner_links(config: "PipelineConfig") -> dict[str, str]:
    """Link the owner's name on a DAG's page, where the YAML file says to what."""
    return {config.owner: config.owner_link} if config.owner_link else {}


def clock_tag(cron: str | None) -> set[str]:
    """Tell the clock that starts a DAG as a tag: beside an asset, Airflow's pages do not show it."""
    return {f"cron: {cron} UTC"} if cron else set()
