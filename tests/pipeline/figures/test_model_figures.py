"""The one table of figures: a figure that is added to it is found wherever figures are told."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from include.pipeline.figures.model_figures import FIGURES
from tests.project import PROJECT

# What somebody writes who adds a figure: one field of one file.
SPECIFICITY = '''
    specificity: Annotated[
        float | None,
        Figure(
            "Specificity",
            lambda rows: rows.confusion_matrix.tn / (rows.confusion_matrix.tn + rows.confusion_matrix.fp),
            interval=lambda rows: wilson(
                rows.confusion_matrix.tn / (len(rows.labels) - rows.positives),
                len(rows.labels) - rows.positives,
            ),
            difference=lambda pair: None,
            baseline=lambda share: 0 if share > 0.5 else 1,
            in_trend=True,
        ),
    ] = None
    """Share of the negatives that were predicted negative."""

'''
TELL_ALL = """
import json
from datetime import UTC, datetime
import numpy as np
from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.report.page import render_report
from include.pipeline.figures.paired_rows import PairedRows
from include.pipeline.figures.scored_rows import ScoredRows
from plugins.model_report.comparison.figures import compare_figures
from plugins.model_report.plots.trend import TrendPoint, trend_text
from tests.compatibility.earlier import PLACES, objects
from tests.pipeline.report.example import LABELS, SCORES, contents_of

pair = PairedRows(*(ScoredRows(LABELS, SCORES, 0.5) for _ in range(2)))
made = evaluate((LABELS, SCORES), load_config("bank_marketing").params)
before = Evaluation.read(objects()[PLACES.metrics], "metrics.json")
points = [TrendPoint(datetime(2026, 11, 1, tzinfo=UTC), each, passed=True) for each in (before, made)]
print(json.dumps({
    "metrics": json.loads(made.model_dump_json()),
    "schema": Evaluation.model_json_schema()["properties"],
    "report": render_report(contents_of(evaluation=made)),
    "report of before": render_report(contents_of(evaluation=before)),
    "compared": [
        [row.title, row.cells[0].value, row.cells[1].value, row.cells[1].verdict]
        for row in compare_figures([before, made], [pair]) + compare_figures([made, made], [pair])
    ],
    "trend": trend_text(points),
    "expected": float((SCORES[LABELS == 0] < 0.5).mean()),
}))
"""


@pytest.mark.slow
def test_a_figure_is_added_in_one_file(tmp_path: Path) -> None:
    for part in ("include", "plugins", "tests"):
        shutil.copytree(PROJECT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "include" / "pipeline" / "figures" / "model_figures.py"
    before, mark, after = file.read_text().partition("\n\nFIGURES")
    file.write_text(f"{before.rstrip()}{SPECIFICITY}{mark}{after}")
    told = subprocess.run(
        [sys.executable, "-c", TELL_ALL], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    value = found["metrics"]["specificity"]
    assert value == pytest.approx(found["expected"])
    interval = found["metrics"]["intervals"]["specificity"]
    assert interval["low"] < value < interval["high"]
    meaning = "Share of the negatives that were predicted negative."
    assert found["schema"]["specificity"]["description"] == meaning
    for text in ("Specificity", meaning, f"{value:.4f}", f"{interval['low']:.4f} to {interval['high']:.4f}"):
        assert text in found["report"]
    # A run that was evaluated before has no such figure, and is shown all the same.
    assert "Specificity" in found["report of before"]
    assert ["Specificity", None, value, "unknown"] in found["compared"]
    assert ["Specificity", value, value, "same"] in found["compared"]
    assert "Specificity" in found["trend"]


def test_every_figure_has_a_title_and_says_what_it_is() -> None:
    for figure in FIGURES.values():
        assert figure.title
        assert figure.meaning.endswith(".")


@pytest.mark.parametrize("share", [0.115, 0.5, 0.885])
def test_without_a_model_the_figures_are_those_of_the_more_frequent_class(share: float) -> None:
    baseline = {name: figure.baseline(share) for name, figure in FIGURES.items()}
    assert baseline["accuracy"] == max(share, 1 - share)
    assert baseline["roc_auc"] == 0.5
    assert baseline["average_precision"] == share
    assert baseline["recall"] == (1 if share > 0.5 else 0)
