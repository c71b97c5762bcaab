"""Predictions and the truth beside them, of a table or of what an endpoint has captured.

Source: developer guide, "Ingest Ground Truth labels and merge them with predictions", "Create a model quality
baseline".
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_aws.errors import AnalysisError, JsonPathError
from local_aws.processing.analyzer.captured import is_within
from local_aws.processing.analyzer.dataset import json_lines, read
from local_aws.processing.analyzer.environment import Orders
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.transform.json_path import JsonPath


@dataclass(frozen=True)
class Prediction:
    """One row, as text."""

    label: str | None
    """What the model says. None where it says a probability alone."""
    probability: str | None
    """How sure it is of the positive class. None where it says none."""
    truth: str


def predictions(orders: Orders, model: ModelOrders) -> list[Prediction]:
    """Return the rows of which both prediction and truth are known.

    Raises:
        AnalysisError: There are none, or they are not where the attributes say.
    """
    found = list(
        _captured(orders, model) if orders.format == "sagemakerCaptureJson" else _table(orders, model)
    )
    if not found:
        raise AnalysisError("Job inputs had no data: no prediction has a ground truth.")
    return found


def _table(orders: Orders, model: ModelOrders) -> Iterator[Prediction]:
    frame = read(orders)

    def column(attribute: str | None) -> list[Any]:
        if attribute is None:
            return [None] * len(frame)
        for name in (attribute, f"_c{attribute}"):
            if name in frame.columns:
                return list(frame[name])
        raise AnalysisError(f"There is no column {attribute}; there are {', '.join(frame.columns)}.")

    if model.truth is None:
        raise AnalysisError("The variable ground_truth_attribute is not in the job's Environment.")
    rows = zip(column(model.inference), column(model.probability), column(model.truth), strict=True)
    yield from (
        Prediction(label, probability, truth) for label, probability, truth in rows if truth is not None
    )


def _captured(orders: Orders, model: ModelOrders) -> Iterator[Prediction]:
    if model.truth_source is None:
        raise AnalysisError("The variable ground_truth_source is not in the job's Environment.")
    truths = dict(_truth(record) for record in json_lines(model.truth_source))
    for record in json_lines(orders.source):
        try:
            metadata = record["eventMetadata"]
            # The id that the caller has given goes first.
            truth = truths.get(metadata.get("inferenceId", metadata["eventId"]))
            if truth is None or not is_within(record, orders.start, orders.end):
                continue
            output = record["captureData"]["endpointOutput"]
        except (KeyError, TypeError, ValueError) as error:
            raise AnalysisError(f"A line is none of captured answers: {json.dumps(record)[:200]}.") from error
        labels, probabilities = (
            _located(output, attribute) for attribute in (model.inference, model.probability)
        )
        count = len(truth)
        if any(len(found) != count for found in (labels, probabilities) if found):
            raise AnalysisError(
                f"An answer has {len(labels or probabilities)} rows, and its ground truth {count}. Each "
                "row needs its truth."
            )
        none: list[str | None] = [None] * count
        yield from map(Prediction, labels or none, probabilities or none, truth)


def _truth(record: Any) -> tuple[str, list[str]]:
    try:
        data = record["groundTruthData"]
        if data["encoding"] != "CSV":
            raise AnalysisError(f"A ground truth has the encoding {data['encoding']}; it has to be CSV.")
        return record["eventMetadata"]["eventId"], [line.strip() for line in data["data"].splitlines()]
    except (KeyError, TypeError) as error:
        raise AnalysisError(
            f"A line is no ground truth: {json.dumps(record)[:200]}. It has to have groundTruthData, with "
            "data and encoding, and an eventId in its eventMetadata."
        ) from error


def _located(output: dict[str, Any], attribute: str | None) -> list[str]:
    """Return what an attribute is in each row of an answer. Nothing where there is no attribute."""
    if attribute is None:
        return []
    if output["encoding"] == "CSV":
        rows = list(csv.reader(output["data"].splitlines()))
        if not attribute.isdigit() or any(int(attribute) >= len(row) for row in rows):
            raise AnalysisError(
                f"The attribute {attribute} is no column of an answer in CSV. Columns count from 0."
            )
        return [row[int(attribute)].strip() for row in rows]
    if output["encoding"] != "JSON":
        raise AnalysisError(
            f"Encoding is {output['encoding']} for endpointOutput; it has to be CSV or JSON. Name the "
            "content type in the CaptureContentTypeHeader of the endpoint's DataCaptureConfig."
        )
    try:
        path = JsonPath.parse(attribute if attribute.startswith("$") else f"$.{attribute}")
        found = path.select(json.loads(output["data"]))
    except (JsonPathError, ValueError) as error:
        raise AnalysisError(f"The attribute {attribute} is not in an answer in JSON: {error}.") from error
    return [str(value) for value in (found if isinstance(found, list) else [found])]
