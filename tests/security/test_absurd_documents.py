"""Whoever may write a run's metrics.json makes neither the gate pass nor a page fail."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.errors import DocumentError
from tests.pipeline.report.example import evaluation_of
from tests.plugins.model_report.evaluations import evaluation_of as figures_of

GOOD = json.loads(figures_of().model_dump_json())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("roc_auc", float("nan")),
        ("roc_auc", float("inf")),
        ("log_loss", 1e308),
        ("rows", -1),
        ("rows", 10**4000),
        ("positives", 1e300),
        ("confusion_matrix", {"tn": -5, "fp": 0, "fn": 0, "tp": 5}),
        ("intervals", {"roc_auc": {"low": -1e308, "high": 1e308}}),
        ("accuracy", "very good"),
        ("deciles", "all"),
        ("training_curve", {"train-logloss": [0.5] * 200_000}),
        ("features", [{"name": "a", "gain": 1.0, "mean_abs_contribution": float("nan")}]),
    ],
)
def test_absurd_figures_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(DocumentError, match=r"metrics\.json (has|cannot be read)"):
        Evaluation.read(json.dumps(GOOD | {name: value}).encode(), "metrics.json")


@pytest.mark.parametrize("kind", [Evaluation, RunManifest])
@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"\xff\xfe", b"", b"null", b"[]", b'"text"', b"1" * 5000]
)
def test_what_is_no_document_is_refused(kind: type[Evaluation], content: bytes) -> None:
    with pytest.raises(DocumentError):
        kind.read(content, "it")


def test_honest_figures_are_read() -> None:
    honest = evaluation_of()
    assert Evaluation.read(honest.model_dump_json().encode(), "metrics.json") == honest


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), ANYTHING, min_size=1, max_size=3))
def test_mutants_are_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        found = Evaluation.read(json.dumps(GOOD | changes).encode(), "metrics.json")
    except DocumentError:
        return
    assert 0 <= found.roc_auc <= 1
    assert found.rows >= 0
