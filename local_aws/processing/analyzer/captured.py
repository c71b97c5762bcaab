"""The lines that an endpoint has captured, as rows.

Source: developer guide, "Interpret captured data"; the columns of the answer come first (the SageMaker Python
SDK's DatasetFormat: output_columns_position START).
"""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from local_aws.errors import AnalysisError


def is_within(record: dict[str, Any], start: datetime | None, end: datetime | None) -> bool:
    """Tell whether a captured request is of the time that is analyzed."""
    moment = datetime.fromisoformat(record["eventMetadata"]["inferenceTime"])
    return (start is None or start <= moment) and (end is None or moment < end)


def captured_rows(
    record: dict[str, Any], names: Iterable[str], start: datetime | None, end: datetime | None
) -> Sequence[list[str | None] | dict[str, Any]]:
    """Return the rows of one captured request: one, unless the request had several lines of CSV.

    Args:
        record: A line of a file of the capture, decoded.
        names: Which sides count: endpointInput, endpointOutput.
        start: The first moment that counts. None where all do.
        end: The first moment that counts no more.

    Returns:
        Lists of cells where the sides are CSV, or objects where they are JSON.

    Raises:
        AnalysisError: A side is neither, the two differ, or they have not the same number of lines.
    """
    try:
        if not is_within(record, start, end):
            return []
        data = record["captureData"]
    except (KeyError, TypeError, ValueError) as error:
        raise AnalysisError(
            f"A line is none of data capture: {json.dumps(record)[:200]}. It has to have captureData, and an "
            "inferenceTime in its eventMetadata."
        ) from error
    sides = {
        name: data[name] for name in ("endpointOutput", "endpointInput") if name in names and name in data
    }
    _check_encodings({name: side["encoding"] for name, side in sides.items()})
    if not sides:
        return []
    if next(iter(sides.values()))["encoding"] == "JSON":
        return [_one_object(sides)]
    lines = {name: list(csv.reader(side["data"].splitlines())) for name, side in sides.items()}
    counts = {name: len(rows) for name, rows in lines.items()}
    if len(set(counts.values())) > 1:
        raise AnalysisError(
            f"A captured request has {counts.get('endpointInput')} lines, and its answer "
            f"{counts.get('endpointOutput')}. Each line needs its answer."
        )
    return [[cell.strip() or None for cell in chain(*parts)] for parts in zip(*lines.values(), strict=True)]


def _check_encodings(encodings: dict[str, str]) -> None:
    if len(set(encodings.values())) > 1:
        # The words of AWS's analyzer.
        raise AnalysisError(
            f"Encoding mismatch: Encoding is {encodings['endpointInput']} for endpointInput, but Encoding is "
            f"{encodings['endpointOutput']} for endpointOutput. We currently only support the same type of "
            "input and output encoding at the moment."
        )
    for name, encoding in encodings.items():
        if encoding not in ("CSV", "JSON"):
            raise AnalysisError(
                f"Encoding is {encoding} for {name}; it has to be CSV or JSON. Name the content type in the "
                "CaptureContentTypeHeader of the endpoint's DataCaptureConfig."
            )


def _one_object(sides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, side in sides.items():
        value = json.loads(side["data"])
        if not isinstance(value, dict):
            raise AnalysisError(
                f"The JSON of a captured {name} is no object: {side['data'][:200]}. It has to be one of "
                "names and values."
            )
        found |= value
    return found
