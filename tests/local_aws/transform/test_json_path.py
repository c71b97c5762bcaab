"""The JSONPaths of batch transform's filters: what each selects, and which there are not."""

from typing import Any

import pytest

from local_aws.errors import JsonPathError
from local_aws.transform.json_path import JsonPath

ROW = ["a", "b", "c", "d", "e", "f"]
RECORD = {"id": 7, "a": {"b": [1, 2, 3], "c": "x"}, "rows": [{"n": 1, "m": 2}, {"n": 3, "m": 4}]}


@pytest.mark.parametrize(
    ("text", "value", "selected"),
    [
        ("$", ROW, ROW),
        ("$[0]", ROW, "a"),
        ("$[-1]", ROW, "f"),
        ("$[1,3,5]", ROW, ["b", "d", "f"]),
        ("$[0, -1]", ROW, ["a", "f"]),
        ("$[*]", ROW, ROW),
        # AWS's own examples of ranges: both ends are in.
        ("$[1:4]", ROW, ["b", "c", "d", "e"]),
        ("$[5:]", ROW, ["f"]),
        ("$[:5]", ROW, ROW),
        ("$[:-2]", ROW, ["a", "b", "c", "d", "e"]),
        ("$.id", RECORD, 7),
        ("$['id']", RECORD, 7),
        ("$.a.b", RECORD, [1, 2, 3]),
        ("$.a.b[1]", RECORD, 2),
        ("$['id','a']", RECORD, {"id": 7, "a": RECORD["a"]}),
        ("$.a.['b','c']", RECORD, RECORD["a"]),
        ("$.a.*", RECORD, [[1, 2, 3], "x"]),
        ("$.rows[*].n", RECORD, [1, 3]),
        ("$.rows[0:1]['n','m']", RECORD, RECORD["rows"]),
        ("$['a.b']", {"a.b": 1}, 1),
    ],
)
def test_selects(text: str, value: Any, selected: Any) -> None:
    assert JsonPath.parse(text).select(value) == selected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with"),
        ("id", "begins with"),
        ("$..id", r'cannot parse "\.\.id"'),
        ("$[?(@.n > 1)]", "cannot parse"),
        ("$[0", "cannot parse"),
        ("$[]", "cannot parse"),
        ("$[1.5]", "cannot parse"),
        ("$[1:5:2]", "cannot parse"),
        ("$['a','b'].c", "nothing can follow several names"),
        ("$[0:2,4:]", r"only single range filters of format \(eg: \[1:5\]\) are supported"),
    ],
)
def test_is_none_of_the_subset(text: str, message: str) -> None:
    with pytest.raises(JsonPathError, match=message):
        JsonPath.parse(text)


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        ("$[6]", ROW, "index 6 is out of range: there are 6 elements"),
        ("$[0,-7]", ROW, "index -7 is out of range"),
        ("$[4:6]", ROW, "index 6 is out of range"),
        ("$[6:]", ROW, "index 6 is out of range"),
        ("$.other", RECORD, "there is no attribute 'other'"),
        ("$['id','other']", RECORD, "there is no attribute 'other'"),
        ("$.id.b", RECORD, "there is no attribute 'b'"),
        ("$.a[0]", RECORD, "what is no array"),
        ("$.id.*", RECORD, "nothing below a plain value"),
    ],
)
def test_asks_for_what_is_not_there(text: str, value: Any, message: str) -> None:
    with pytest.raises(JsonPathError, match=message):
        JsonPath.parse(text).select(value)
