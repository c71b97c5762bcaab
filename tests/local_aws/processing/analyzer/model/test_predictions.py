"""Predictions and their truth, of a table or of captured answers and ground truth."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.predictions import Prediction, predictions
from tests.local_aws.processing.analyzer.analyses import SOURCE, captured, container, orders

OF_MODEL = {"analysis_type": "MODEL_QUALITY", "problem_type": "BinaryClassification"}
CAPTURE = {"sagemakerCaptureJson": {}}


def found(opt_ml: Any, form: dict[str, Any], **environment: str) -> list[Prediction]:
    given = orders(opt_ml, form, **OF_MODEL, **environment)
    assert given.model is not None
    return predictions(given, given.model)


def test_columns_of_a_table(tmp_path: Path) -> None:
    opt_ml = container(tmp_path, {"a.csv": "label,guess,sure\n1,0,0.4\n0,0,0.1\n,1,0.9\n"})
    where = {
        "inference_attribute": "guess",
        "probability_attribute": "sure",
        "ground_truth_attribute": "label",
    }
    assert found(opt_ml, {"csv": {"header": True}}, **where) == [
        Prediction("0", "0.4", "1"),
        Prediction("0", "0.1", "0"),
    ]
    by_place = {"probability_attribute": "2", "ground_truth_attribute": "0"}
    headless = container(tmp_path / "headless", {"a.csv": "1,0,0.4\n"})
    assert found(headless, {"csv": {"header": False}}, **by_place) == [Prediction(None, "0.4", "1")]


def truth(event: str, data: str) -> dict[str, Any]:
    return {
        "groundTruthData": {"data": data, "encoding": "CSV"},
        "eventMetadata": {"eventId": event},
        "eventVersion": "0",
    }


def merged(folder: Path, lines: list[Any], truths: list[Any], **environment: str) -> list[Prediction]:
    def text(records: list[Any]) -> str:
        return "".join(f"{json.dumps(record)}\n" for record in records)

    opt_ml = container(folder, {"h/a.jsonl": text(lines), "../truth/h/b.jsonl": text(truths)})
    where = {"probability_attribute": "0", "ground_truth_source": f"{SOURCE}/../truth"}
    return found(opt_ml, CAPTURE, **{**where, **environment})


def test_answers_meet_their_truth_by_the_id_of_the_event_or_the_callers_own(tmp_path: Path) -> None:
    lines = [
        captured("0.9\n", "1", eventId="e1"),
        captured("0.2\n", "1", eventId="e2", inferenceId="row-7"),
        captured("0.5\n", "1", eventId="e3"),
        captured("0.1\n0.7\n", "1\n2", eventId="e4"),
    ]
    truths = [truth("e1", "1"), truth("row-7", "0"), truth("e2", "1"), truth("e4", "0\n1"), truth("e9", "1")]
    assert merged(tmp_path, lines, truths) == [
        Prediction(None, "0.9", "1"),
        Prediction(None, "0.2", "0"),
        Prediction(None, "0.1", "0"),
        Prediction(None, "0.7", "1"),
    ]


def test_attributes_of_answers_in_json(tmp_path: Path) -> None:
    line = captured("", "1", eventId="e1")
    scores = {"predictions": [{"score": 0.25}, {"score": 0.75}]}
    line["captureData"]["endpointOutput"] = {"data": json.dumps(scores), "encoding": "JSON", "mode": "OUTPUT"}
    assert merged(
        tmp_path, [line], [truth("e1", "0\n1")], probability_attribute="$.predictions[*].score"
    ) == [Prediction(None, "0.25", "0"), Prediction(None, "0.75", "1")]


@pytest.mark.parametrize(
    ("line", "label", "attribute", "message"),
    [
        (
            captured("0.1", "1"),
            truth("other", "1"),
            "0",
            "Job inputs had no data: no prediction has a ground truth.",
        ),
        (captured("0.1", "1"), truth("event", "1"), "3", "The attribute 3 is no column of an answer in CSV."),
        (
            captured("0.1", "1"),
            truth("event", "1"),
            "score",
            "The attribute score is no column of an answer in CSV.",
        ),
        (captured("0.1", "1"), truth("event", "1\n0"), "0", "An answer has 1 rows, and its ground truth 2."),
        (captured("0.1", "1"), {"groundTruthData": {}}, "0", "A line is no ground truth: "),
        ({"captureData": {}}, truth("event", "1"), "0", "A line is none of captured answers: "),
    ],
)
def test_what_cannot_be_merged_is_told(
    tmp_path: Path, line: Any, label: Any, attribute: str, message: str
) -> None:
    with pytest.raises(AnalysisError) as caught:
        merged(tmp_path, [line], [label], probability_attribute=attribute)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"probability_attribute": "sure"},
            "The variable ground_truth_attribute is not in the job's Environment.",
        ),
        ({"ground_truth_attribute": "truth"}, "There is no column truth; there are label, sure."),
    ],
)
def test_a_table_without_them(tmp_path: Path, environment: dict[str, str], message: str) -> None:
    opt_ml = container(tmp_path, {"a.csv": "label,sure\n1,0.4\n"})
    with pytest.raises(AnalysisError) as caught:
        found(opt_ml, {"csv": {"header": True}}, **environment)
    assert str(caught.value) == message
