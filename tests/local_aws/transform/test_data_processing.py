"""What is sent of a record, and what is stored of an answer: one rule a case."""

from typing import Any

import pytest

from local_aws.errors import DataProcessingError, ValidationError
from local_aws.transform.data_processing import DataProcessing

CSV = "text/csv"
LINES = "application/jsonlines"
DOCUMENT = "application/json"


def processing(content_type: str = CSV, split: str = "Line", **members: str) -> DataProcessing:
    """Answers have the form of the records, unless `Accept` or `AssembleWith` say else."""
    output = {
        "Accept": members.pop("Accept", content_type),
        "AssembleWith": members.pop("AssembleWith", split),
    }
    source = {"ContentType": content_type, "SplitType": split}
    return DataProcessing.of({"DataProcessing": members, "TransformInput": source, "TransformOutput": output})


@pytest.mark.parametrize(
    ("content_type", "record", "path", "sent"),
    [
        pytest.param(CSV, b"7,1,2", "$", b"7,1,2", id="all"),
        pytest.param(CSV, b"7,1,2", "$[1:]", b"1,2", id="without-the-id"),
        pytest.param(CSV, b"7,1,2\r", "$[1:]", b"1,2", id="carriage-return"),
        pytest.param(CSV, b"7,1,2", "$[2]", b"2", id="a-column"),
        pytest.param(CSV, b'"a,b","say ""x""",', "$[0,1,2]", b'"a,b","say ""x""",', id="quoted"),
        pytest.param(LINES, b'{"id": 7, "features": [1, 2.5]}', "$.features", b"[1,2.5]", id="attribute"),
        pytest.param(LINES, b'{"id":7,"b":"\xc3\xa4"}', "$['b','id']", b'{"b":"\xc3\xa4","id":7}', id="two"),
        pytest.param(DOCUMENT, b'{"rows":\n[[1],\n[2]]}', "$.rows", b"[[1],[2]]", id="document"),
    ],
)
def test_what_is_sent(content_type: str, record: bytes, path: str, sent: bytes) -> None:
    assert processing(content_type, InputFilter=path).to_send(record) == sent


@pytest.mark.parametrize(
    ("content_type", "records", "answer", "members", "stored"),
    [
        pytest.param(CSV, [b"7,1", b"8,2"], b"0.5\n0.6\n", {}, b"0.5\n0.6\n", id="nothing-asked"),
        pytest.param(
            CSV, [b"7,1", b"8,2"], b"0.5\n0.6\n", {"JoinSource": "Input"}, b"7,1,0.5\n8,2,0.6\n", id="csv"
        ),
        pytest.param(CSV, [b"7,1"], b"0.5", {"JoinSource": "Input"}, b"7,1,0.5", id="csv-without-newline"),
        pytest.param(
            CSV,
            [b"7,1", b"8,2"],
            b"0.5,no\n0.6,yes\n",
            {"JoinSource": "Input", "InputFilter": "$[1:]", "OutputFilter": "$[0,-1]"},
            b"7,no\n8,yes\n",
            id="id-and-answer",
        ),
        pytest.param(CSV, [b"7"], b"a,b\n", {"OutputFilter": "$[1]"}, b"b\n", id="filter-without-join"),
        pytest.param(
            LINES,
            [b'{"key":1}', b"[1,2]"],
            b'{"label":1}\n{"label":0}\n',
            {"JoinSource": "Input"},
            b'{"key":1,"SageMakerOutput":{"label":1}}\n'
            b'{"SageMakerInput":[1,2],"SageMakerOutput":{"label":0}}\n',
            id="jsonlines",
        ),
        pytest.param(
            LINES,
            [b'{"id":7,"features":[1]}'],
            b'{"label":1}\n',
            {"JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"},
            b'{"id":7,"SageMakerOutput":{"label":1}}\n',
            id="jsonlines-filtered",
        ),
        pytest.param(
            DOCUMENT,
            [b'{"instances":[[1]]}'],
            b'{\n "predictions": [0]\n}\n',
            {"JoinSource": "Input", "OutputFilter": "$.SageMakerOutput.predictions", "split": "None"},
            b"[0]",
            id="document",
        ),
        pytest.param(
            CSV, [b"7"], b'{"a":1}', {"Accept": LINES, "OutputFilter": "$.a"}, b"1", id="other-output"
        ),
    ],
)
def test_what_is_stored(
    content_type: str, records: list[bytes], answer: bytes, members: dict[str, Any], stored: bytes
) -> None:
    assert processing(content_type, **members).to_store(records, answer) == stored


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"1", "InputFilter: index 1 is out of range: there are 1 elements"),
        (b'1,"2', "Failed to parse input as CSV: unexpected end of data"),
        (b"1,\xff", "Failed to parse input as CSV: 'utf-8' codec can't decode"),
    ],
)
def test_a_record_that_cannot_be_filtered(record: bytes, message: str) -> None:
    with pytest.raises(DataProcessingError, match=message):
        processing(InputFilter="$[1:]").to_send(record)


@pytest.mark.parametrize(
    ("content_type", "answer", "message"),
    [
        (CSV, b"0.5\n0.6\n0.7\n", "mismatched line count between the input and the output: 2 and 3"),
        (CSV, b"0.5\n", "mismatched line count between the input and the output: 2 and 1"),
        (LINES, b"0.5\nno\n", "Failed to parse output from the algorithm as JSON"),
    ],
)
def test_answers_that_cannot_be_joined(content_type: str, answer: bytes, message: str) -> None:
    with pytest.raises(DataProcessingError, match=message):
        processing(content_type, JoinSource="Input").to_store([b"1", b"2"], answer)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param(
            {"OutputFilter": "$['account_id','SageMakerOutput']", "content_type": LINES},
            "Invalid OutputFilter: \"$['account_id','SageMakerOutput']\". Unexpected \"_\" in JsonPath. "
            'Supported operators for "application/jsonlines" are '
            "['$', '[', ']', '*', '.', ' ', ',', ':', '-', ''']",
            id="underscore",
        ),
        pytest.param(
            {"InputFilter": "$.id"},
            'Invalid InputFilter: "$.id". Unexpected "i" in JsonPath. Supported operators for "text/csv" are '
            "['$', '[', ']', '*', '.', ' ', ',', ':', '-']",
            id="name-in-csv",
        ),
        pytest.param(
            {"InputFilter": "$[0][1]"},
            'Invalid InputFilter: "$[0][1]". Columns of text/csv are selected by one index, list or range, '
            "for instance $[0], $[0,-1] or $[1:4].",
            id="below-a-column",
        ),
        pytest.param(
            {"OutputFilter": "$[0:2,4:]"},
            'Invalid OutputFilter: "$[0:2,4:]". Invalid JsonPath: only single range filters of format '
            "(eg: [1:5]) are supported. Format [0:2,4:] is not supported.",
            id="ranges",
        ),
        pytest.param(
            {"InputFilter": ""},
            'Invalid InputFilter: "". Invalid JsonPath: a JsonPath begins with $.',
            id="empty",
        ),
        pytest.param(
            {"InputFilter": "$[1:]", "content_type": "text/libsvm"},
            "InputFilter needs ContentType to be one of text/csv, application/json, application/jsonlines, "
            'not "text/libsvm".',
            id="content-type",
        ),
        pytest.param(
            {"OutputFilter": "$[1:]", "Accept": "text/html"},
            "OutputFilter needs Accept to be one of text/csv, application/json, application/jsonlines, not "
            '"text/html".',
            id="accept",
        ),
        pytest.param(
            {"JoinSource": "Input", "Accept": LINES},
            "JoinSource Input needs the same ContentType and Accept, and the same SplitType and "
            "AssembleWith; they are text/csv, application/jsonlines, Line and Line.",
            id="other-format",
        ),
        pytest.param(
            {"JoinSource": "Input", "AssembleWith": "None"},
            "JoinSource Input needs the same ContentType and Accept, and the same SplitType and "
            "AssembleWith; they are text/csv, text/csv, Line and None.",
            id="assembled-otherwise",
        ),
        pytest.param(
            {"InputFilter": "$[1:]", "split": "None"},
            "DataProcessing of text/csv needs SplitType Line; only application/json can do without.",
            id="not-split",
        ),
    ],
)
def test_refused(members: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        processing(**members)
    assert caught.value.message == message
