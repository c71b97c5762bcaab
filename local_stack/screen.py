"""What the demo shows: the run's tasks while it goes on, its figures at the end."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from include.pipeline.documents.metrics import Metrics
from include.pipeline.evaluation.confusion_table import figures_table

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import ModelMetrics
    from include.pipeline.documents.plan import RunPlan
    from local_stack.airflow_api import TaskState
    from local_stack.results import Leftovers

_STYLES = {
    "success": "green",
    "failed": "bold red",
    "upstream_failed": "red",
    "up_for_retry": "yellow",
    "running": "cyan",
    "skipped": "magenta",
}


def progress(
    order: Sequence[str], tasks: Sequence["TaskState"], told: Mapping[str, str] | None = None
) -> Table:
    """Draw one line a task, in the chain's order: its state and how long it took, or has been taking.

    Args:
        order: Names of the tasks.
        tasks: Those that Airflow knows.
        told: How far tasks that run say that they are, by their names.
    """
    states = {task.task_id: task for task in tasks}
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("task", "state"):
        table.add_column(heading)
    table.add_column("seconds", justify="right")
    table.add_column("")
    for task_id in order:
        task = states.get(task_id)
        state = (task.state if task else None) or "waiting"
        table.add_row(
            task_id,
            Text(state, style=_STYLES.get(state, "dim")),
            _seconds(task),
            Text((told or {}).get(task_id, ""), style="dim"),
        )
    return table


def summary(
    plan: "RunPlan", metrics: "ModelMetrics", leftovers: "Leftovers", folder: Path, run_seconds: float
) -> Group:
    """Draw the run's figures: the tutorial's table, each metric beside the baseline, what is left."""
    figures = _figures(metrics) if isinstance(metrics, Metrics) else ""
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_row("data", Text(plan.params.data_url, overflow="fold"))
    positive = f", {metrics.positives:,} of them positive" if isinstance(metrics, Metrics) else ""
    facts.add_row("rows", f"{metrics.rows:,} tested{positive}")
    facts.add_row("DAG run", f"{run_seconds:.1f} s")
    facts.add_row(
        "left over",
        f"{leftovers.endpoints} endpoints, {leftovers.endpoint_configs} endpoint configurations, "
        f"{leftovers.models} models; {leftovers.objects} objects in s3://{plan.bucket}",
    )
    facts.add_row("results", str(folder))
    facts.add_row("report", (folder / "report.html").as_uri())
    shown = plan.table.shows(plan.table.label)
    return Group("", figures_table(metrics, plan.words, few_rows_shown=shown), "", figures, "", facts)


def _figures(metrics: Metrics) -> Table:
    figures = Table(box=None, padding=(0, 2, 0, 0))
    figures.add_column("on the test rows")
    figures.add_column("model", justify="right")
    figures.add_column("always the more frequent class", justify="right")
    share = metrics.positives / metrics.rows
    # The more frequent class is the negative one here: no row is predicted positive, and the order is random.
    for name, value, baseline in (
        ("accuracy", metrics.accuracy, metrics.baseline_accuracy),
        ("ROC AUC", metrics.roc_auc, 0.5),
        ("average precision", metrics.average_precision, share),
        (f"F1 at threshold {metrics.threshold:g}", metrics.f1, 0.0),
    ):
        figures.add_row(name, f"{value:.5f}", f"{baseline:.5f}")
    return figures


def _seconds(task: "TaskState | None") -> str:
    if task is None or task.start_date is None:
        return ""
    return f"{((task.end_date or datetime.now(UTC)) - task.start_date).total_seconds():.1f}"
