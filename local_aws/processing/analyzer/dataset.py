"""The data that the analyzer reads: rows of text, whatever their files' form."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.captured import captured_rows
from local_aws.processing.analyzer.environment import Orders

UNNAMED = re.compile(r"_c\d+")
"""The names of columns that have none, as Spark writes them."""


def read(orders: Orders) -> pd.DataFrame:
    """Read all files of the data.

    Returns:
        A column of text for each feature, with None for what is missing. Columns without a name are `_c0`,
        `_c1`, ..., as Spark names them.

    Raises:
        AnalysisError: There is no data, or it is of another form.
    """
    files = _files(orders.source)
    reader = {"csv": _csv, "json": _json, "parquet": _parquet, "sagemakerCaptureJson": _captured}[
        orders.format
    ]
    try:
        frame = reader(files, orders)
    except (ValueError, UnicodeDecodeError, OSError) as error:
        raise AnalysisError(f"Cannot read the data as {orders.format}: {error}") from error
    if frame.empty:
        raise AnalysisError("Job inputs had no data")
    return frame


def json_lines(source: Path) -> Iterator[Any]:
    """Yield the decoded lines of all files of a folder.

    Raises:
        AnalysisError: A line is no JSON.
    """
    for file in _files(source):
        for line in _lines(file):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise AnalysisError(f"{file.name} has a line that is no JSON: {error}.") from error


def _files(source: Path) -> list[Path]:
    return [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())


def _csv(files: list[Path], orders: Orders) -> pd.DataFrame:
    header = 0 if orders.options.get("header", False) else None
    frames = [
        pd.read_csv(
            file, header=header, dtype=object, keep_default_na=False, na_values=[""], skipinitialspace=True
        )
        for file in files
        if file.stat().st_size
    ]
    return _joined(frames)


def _json(files: list[Path], _: Orders) -> pd.DataFrame:
    return _table([_flat(json.loads(line), file.name) for file in files for line in _lines(file)])


def _parquet(files: list[Path], _: Orders) -> pd.DataFrame:
    frames = [pd.read_parquet(file) for file in files]
    return _joined([frame.astype(object).map(_text) for frame in frames])


def _captured(files: list[Path], orders: Orders) -> pd.DataFrame:
    names = orders.options.get("captureIndexNames", ["endpointInput", "endpointOutput"])
    return _table(
        [
            {f"_c{place}": cell for place, cell in enumerate(row)}
            if isinstance(row, list)
            else _flat(row, file.name)
            for file in files
            for line in _lines(file)
            for row in captured_rows(json.loads(line), names, orders.start, orders.end)
        ]
    )


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as stream:
        yield from (line for line in stream if line.strip())


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame()
    frame = pd.concat(frames, ignore_index=True)
    frame.columns = pd.Index([f"_c{name}" if isinstance(name, int) else str(name) for name in frame.columns])
    return frame.astype(object).where(frame.notna(), None)


def _table(rows: list[dict[str, str | None]]) -> pd.DataFrame:
    return _joined([pd.DataFrame(rows, dtype=object)]) if rows else pd.DataFrame()


def _flat(record: Any, where: str) -> dict[str, str | None]:
    """Return a record as text by name.

    Raises:
        AnalysisError: It has values inside values, which AWS's analyzer does not take either.
    """
    if not isinstance(record, dict) or any(isinstance(value, (dict, list)) for value in record.values()):
        raise AnalysisError(
            f"{where} has a record that is not flat: {json.dumps(record)[:200]}. It has to be an object of "
            "names and values, none of them an object or a list."
        )
    return {name: _text(value) for name, value in record.items()}


def _text(value: Any) -> str | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)) or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
