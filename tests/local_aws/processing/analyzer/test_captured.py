"""Lines of data capture, as rows of a table."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.captured import captured_rows
from tests.local_aws.processing.analyzer.analyses import captured

BOTH = ("endpointInput", "endpointOutput")


def rows(record: Any, names: tuple[str, ...] = BOTH) -> Any:
    return captured_rows(record, names, None, None)


def test_the_answer_comes_first_and_empty_cells_are_missing() -> None:
    assert rows(captured("0.25\n", "1,,x")) == [["0.25", "1", None, "x"]]
    assert rows(captured("0.25\n", "1,,x"), ("endpointInput",)) == [["1", None, "x"]]


def test_a_request_of_several_lines_is_as_many_rows() -> None:
    assert rows(captured("0.1\n0.2\n", "1,2\n3,4\n")) == [["0.1", "1", "2"], ["0.2", "3", "4"]]


def test_only_the_time_that_is_analyzed_counts() -> None:
    record = captured("0.1", "1", "2026-03-01T10:15:00Z")
    ten, quarter, eleven = (datetime(2026, 3, 1, 10, m, tzinfo=UTC) for m in (0, 15, 59))
    assert captured_rows(record, BOTH, ten, eleven)
    assert captured_rows(record, BOTH, quarter, eleven)
    assert captured_rows(record, BOTH, ten, quarter) == []
    assert captured_rows(record, BOTH, eleven, None) == []


def with_encodings(request: str, answer: str, data: str = "{}") -> Any:
    record = captured(data, data)
    record["captureData"]["endpointInput"]["encoding"] = request
    record["captureData"]["endpointOutput"]["encoding"] = answer
    return record


def test_json_is_one_row_of_names() -> None:
    record = with_encodings("JSON", "JSON")
    record["captureData"]["endpointInput"]["data"] = json.dumps({"age": 30})
    record["captureData"]["endpointOutput"]["data"] = json.dumps({"score": 0.5})
    assert rows(record) == [{"score": 0.5, "age": 30}]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            with_encodings("JSON", "BASE64"),
            (
                "Encoding mismatch: Encoding is JSON for endpointInput, but Encoding is BASE64 for "
                "endpointOutput. We currently only support the same type of input and output encoding at the "
                "moment."
            ),
        ),
        (
            with_encodings("BASE64", "BASE64"),
            "Encoding is BASE64 for endpointOutput; it has to be CSV or JSON.",
        ),
        (with_encodings("JSON", "JSON", "[1]"), "The JSON of a captured endpointOutput is no object: [1]."),
        (
            captured("0.1", "1\n2"),
            "A captured request has 2 lines, and its answer 1. Each line needs its answer.",
        ),
        ({"eventMetadata": {}}, "A line is none of data capture: "),
        ([1], "A line is none of data capture: [1]."),
    ],
)
def test_what_is_no_row_is_told(record: Any, message: str) -> None:
    with pytest.raises(AnalysisError) as caught:
        rows(record)
    assert str(caught.value).startswith(message)
