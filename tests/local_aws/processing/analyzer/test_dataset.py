"""The files of the data, in each of their forms."""

import json
from pathlib import Path

import pandas as pd
import pytest

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.dataset import read
from tests.local_aws.processing.analyzer.analyses import captured, container, orders


def lines(*records: object) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def test_csv_with_a_header(tmp_path: Path) -> None:
    opt_ml = container(tmp_path, {"a.csv": "age,job\n30,clerk\n,nurse\n", "b/c.csv": "age,job\n41,\n"})
    frame = read(orders(opt_ml, {"csv": {"header": True}}))
    assert frame.to_dict("list") == {"age": ["30", None, "41"], "job": ["clerk", "nurse", None]}


def test_csv_without_a_header_has_sparks_names_and_its_numbers_as_written(tmp_path: Path) -> None:
    opt_ml = container(tmp_path, {"a.csv": "1.50,007\nNA,2\n"})
    frame = read(orders(opt_ml, {"csv": {"header": False}}))
    assert frame.to_dict("list") == {"_c0": ["1.50", "NA"], "_c1": ["007", "2"]}


def test_json_lines(tmp_path: Path) -> None:
    opt_ml = container(tmp_path, {"a.jsonl": lines({"age": 30, "ok": True}, {"age": None, "job": "nurse"})})
    frame = read(orders(opt_ml, {"json": {"lines": True}}))
    assert frame.to_dict("list") == {"age": ["30", None], "ok": ["true", None], "job": [None, "nurse"]}


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pd.DataFrame({"age": [30, 41], "rate": [0.5, None]}).to_parquet(path)
    opt_ml = container(tmp_path / "container", {"a.parquet": path.read_bytes()})
    frame = read(orders(opt_ml, {"parquet": {}}))
    assert frame.to_dict("list") == {"age": ["30", "41"], "rate": ["0.5", None]}


def test_captured_requests(tmp_path: Path) -> None:
    opt_ml = container(
        tmp_path, {"h/a.jsonl": lines(captured("0.5", "1,x")), "h/b.jsonl": lines(captured("0.7", "2"))}
    )
    frame = read(orders(opt_ml, {"sagemakerCaptureJson": {}}))
    assert frame.to_dict("list") == {"_c0": ["0.5", "0.7"], "_c1": ["1", "2"], "_c2": ["x", None]}
    inputs = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput"]}}
    assert list(read(orders(opt_ml, inputs)).columns) == ["_c0", "_c1"]


@pytest.mark.parametrize(
    ("files", "dataset_format", "message"),
    [
        ({"a.csv": ""}, {"csv": {"header": True}}, "Job inputs had no data"),
        ({"a.jsonl": "{\n"}, {"json": {}}, "Cannot read the data as json: "),
        ({"a.jsonl": '{"a": {"b": 1}}\n'}, {"json": {}}, "a.jsonl has a record that is not flat: "),
        ({"a.parquet": "no table"}, {"parquet": {}}, "Cannot read the data as parquet: "),
        ({"a.csv": b"\xff\xfe\x00"}, {"csv": {"header": True}}, "Cannot read the data as csv: "),
    ],
)
def test_data_of_another_form(
    tmp_path: Path, files: dict[str, str | bytes], dataset_format: dict[str, object], message: str
) -> None:
    with pytest.raises(AnalysisError) as caught:
        read(orders(container(tmp_path, files), dataset_format))
    assert str(caught.value).startswith(message)
