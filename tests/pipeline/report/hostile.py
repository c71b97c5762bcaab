"""A report's contents in which all that comes from elsewhere is chosen to break the page."""

from dataclasses import replace
from typing import Any

from include.pipeline.documents.metrics import FeatureImportance, PreviousModel
from include.pipeline.report.contents import ReportContents
from tests.pipeline.report.example import (
    CONFIG,
    column_of,
    contents_of,
    deployment_of,
    drift_of,
    evaluation_of,
    plan_of,
)

HOSTILE = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 1">',
    "'><svg onload=window.ran=1>",
    "</style></title></svg><script>window.ran = 1</script>",
    "]]><script>window.ran = 1</script>",
    "<!-- <script>",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}{% raw %}",
    r"$\frac{}$ _x_^ \alpha$",
    "a\0b\x07c\x1b[31m\r\n\ud800",
    "\u202egnp.exe\u2066",
    "👩\u200d💻 Ω 列 ไทย",
    "n" * 5000,
)


def hostile_contents(strings: tuple[str, ...]) -> ReportContents:
    """Contents in which all that comes from elsewhere is one of these strings."""
    words = iter(strings * 20)
    contents = contents_of()
    hyperparameters: dict[str, Any] = {word: word for word in strings} | {"num_round": 10}
    params = CONFIG.params.model_copy(
        update={"hyperparameters": hyperparameters, "data_url": next(words), "image_version": next(words)}
    )
    evaluation = evaluation_of(
        features=tuple(
            FeatureImportance(name=word, gain=1 + row, mean_abs_contribution=1 / (1 + row))
            for row, word in enumerate(strings)
        ),
        training_curve={f"train-{next(words)}": (0.5, 0.4), next(words): (1.0,)},
        previous=PreviousModel(run_id=next(words), roc_auc=0.7),
        drift=drift_of(
            *(
                column_of(word, 1 / (1 + row), kind="integer", previous_kind="float")
                for row, word in enumerate(strings)
            ),
            label=next(words),
            label_psi=0.2,
            missing=strings,
            added=strings,
        ),
    )
    plan = plan_of(params, dag_id=next(words), run_id=next(words))
    plan = plan.model_copy(
        update={
            "bucket": next(words),
            "table": plan.table.model_copy(update={"label": next(words)}),
            "image_uri": next(words),
            "locations": plan.locations.model_copy(update={"run": next(words)}),
        }
    )
    raw = {name: next(words) for name in ("uri", "url", "sha256", "etag", "last_modified")}
    return replace(
        contents,
        plan=plan,
        raw=contents.raw.model_copy(update=raw),
        training=contents.training.model_copy(update={"name": next(words), "model_uri": next(words)}),
        evaluation=evaluation,
        missed=strings,
        deployed=tuple(deployment_of(next(words), name=next(words)) for _ in range(3)),
        reused_from=f"not this run: {next(words)}",
    )
