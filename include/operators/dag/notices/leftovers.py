"""What the janitor tells the people of each pipeline: what is left, and is billed."""

from collections.abc import Iterator
from typing import Any

from airflow.sdk import Asset, BaseOperator, Context

from include.airflow_names import FAILURE, LEFTOVERS
from include.operators.dag.links import run_url
from include.operators.dag.notices.sending import Notice, PipelineNotifier
from include.pipeline.documents.config import PipelineConfig, load_config, pipeline_names
from include.pipeline.documents.scoring.champion import SERVE
from include.pipeline.documents.scoring.settings import SCORE
from include.pipeline.errors import ConfigError

TOLD = Asset("sagemaker_leftovers", group="leftovers")
"""An inlet of the task: its state store keeps what was told already, else it would be told every hour."""


class LeftoversNotifier(PipelineNotifier):
    """Tells of leftovers once: those of a pipeline's runs, and that the janitor itself has failed.

    Args:
        is_failure: Whether the janitor has failed, so that nobody looks.
    """

    def __init__(self, *, is_failure: bool = False) -> None:
        super(PipelineNotifier, self).__init__()
        self.is_failure = is_failure

    def notify(self, context: Context) -> None:
        """Send each pipeline's people a message, where there is something new."""
        try:
            if self.is_failure:
                self._tell_of_failure(context)
            else:
                self._tell_of_leftovers(context)
        except Exception:
            self.log.exception("Not everybody is told of leftovers")

    def _tell_of_leftovers(self, context: Context) -> None:
        billed: list[dict[str, Any]] = context["ti"].xcom_pull(key=LEFTOVERS) or []
        store: Any = context["asset_state_store"][TOLD]
        known = set(store.get("told") or ())
        told = {each["name"] for each in billed} & known
        for pipeline, config in _pipelines():
            of_it = [each for each in billed if each["dag_id"] in _dag_ids(pipeline)]
            new = [each for each in of_it if each["name"] not in known]
            if not new:
                continue
            what = "are billed" if new[0]["is_there"] else "were billed, and are deleted"
            notice = Notice(
                "leftovers",
                f"{pipeline}: leftovers that {what}: {len(new)}",
                "\n".join(each["line"] for each in new) + (_MEND if new[0]["is_there"] else ""),
                run_url(context["dag"].dag_id, context["run_id"]),
            )
            if self.send(notice, config.notify, context):
                told |= {each["name"] for each in new}
        if told != known:
            store.set("told", sorted(told))

    def _tell_of_failure(self, context: Context) -> None:
        dag_id, run_id = context["dag"].dag_id, context["run_id"]
        cause = context["ti"].xcom_pull(key=FAILURE) or "Its log says why."
        notice = Notice("leftovers", f"{dag_id}: the janitor failed", str(cause), run_url(dag_id, run_id))
        receivers = {receiver: None for _, config in _pipelines() for receiver in config.notify}
        self.send(notice, receivers, context)


_MEND = (
    "\n\nThey are deleted once an administrator allows it: "
    "airflow variables set sagemaker_janitor_dry_run false"
)


def tell_of_leftovers(task: BaseOperator) -> None:
    """Have the janitor's task tell the people of all pipelines."""
    task.inlets = [*task.inlets, TOLD]
    task.on_success_callback = [*task.on_success_callback, LeftoversNotifier()]
    task.on_failure_callback = [*task.on_failure_callback, LeftoversNotifier(is_failure=True)]


def _pipelines() -> Iterator[tuple[str, PipelineConfig]]:
    for name in pipeline_names():
        try:
            config = load_config(name)
        except ConfigError:
            continue  # its own DAG tells what is wrong with it
        if config.notify:
            yield name, config


def _dag_ids(pipeline: str) -> set[str]:
    return {pipeline, f"{pipeline}{SCORE}", f"{pipeline}{SERVE}"}
