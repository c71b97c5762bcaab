"""The requests and answers of Amazon's own algorithms.

Source: "Common data formats for inference", "k-NN request and response formats" and "Linear learner response
formats" in the SageMaker developer guide.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

_RECORDIO = "application/x-recordio-protobuf"
Prediction = Mapping[str, Any]


def read_request(
    payload: bytes, content_type: str, options: Mapping[str, str], width: int
) -> np.ndarray[Any, Any]:
    """Return the rows of a request.

    Args:
        payload: The body of the request.
        content_type: One of `CONTENT_TYPES`.
        options: The options of the content type. label_size is the number of columns to skip in CSV.
        width: The number of values that a row must have.

    Returns:
        The rows, of shape (rows, width).

    Raises:
        ValueError: The body is not of the content type, or a row does not have the width.
    """
    try:
        rows: np.ndarray[Any, Any] = _READERS[content_type](payload, options)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"the document has another structure: {error}") from error
    if rows.ndim != 2 or not np.isfinite(rows).all():  # noqa: PLR2004 - a table
        raise ValueError("the rows are not a table of numbers")
    if rows.shape[1] != width:
        raise ValueError(f"a row has {rows.shape[1]} features, the model {width}")
    return rows


def _read_csv(payload: bytes, options: Mapping[str, str]) -> Any:
    text = payload.decode(options.get("encoding", "utf-8"))
    return np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)[:, int(options.get("label_size", 0)) :]


def _read_json(payload: bytes, _: Mapping[str, str]) -> Any:
    return np.array([_features(instance) for instance in json.loads(payload)["instances"]], float)


def _read_json_lines(payload: bytes, _: Mapping[str, str]) -> Any:
    return np.array([_features(json.loads(line)) for line in payload.splitlines() if line.strip()], float)


def _features(instance: Any) -> Any:
    """Return the numbers of `{"features": [...]}` or `{"data": {"features": {"values": [...]}}}`.

    The second may be sparse.
    """
    found = instance.get("features", instance.get("data", {}).get("features"))
    if isinstance(found, dict) and "keys" in found:
        row = np.zeros(found["shape"][0])
        row[found["keys"]] = found["values"]
        return row
    return found["values"] if isinstance(found, dict) else found


def _read_recordio(payload: bytes, _: Mapping[str, str]) -> Any:
    from local_aws.algorithms import recordio  # noqa: PLC0415 - only a request in RecordIO needs it

    features = recordio.read_rows(payload).features
    return features if isinstance(features, np.ndarray) else features.toarray()


_READERS: Mapping[str, Callable[[bytes, Mapping[str, str]], Any]] = {
    "text/csv": _read_csv,
    "application/json": _read_json,
    "application/jsonlines": _read_json_lines,
    _RECORDIO: _read_recordio,
}
CONTENT_TYPES = tuple(_READERS)


def write_answer(predictions: Sequence[Prediction], accept: str) -> str | bytes:
    """Write predictions in a format of `ACCEPTED`."""
    return _WRITERS[accept](predictions)


def _write_json(predictions: Sequence[Prediction]) -> str:
    return json.dumps({"predictions": predictions})


def _write_json_lines(predictions: Iterable[Prediction]) -> str:
    return "".join(f"{json.dumps(prediction)}\n" for prediction in predictions)


def _write_csv(predictions: Iterable[Prediction]) -> str:
    return "".join(
        ",".join(str(number) for value in prediction.values() for number in _listed(value)) + "\n"
        for prediction in predictions
    )


def _write_recordio(predictions: Iterable[Prediction]) -> bytes:
    from local_aws.algorithms import recordio  # noqa: PLC0415 - only an answer in RecordIO needs it

    return recordio.write_labels(
        {name: _listed(value) for name, value in prediction.items()} for prediction in predictions
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_WRITERS: Mapping[str, Callable[[Sequence[Prediction]], str | bytes]] = {
    "application/json": _write_json,
    "application/jsonlines": _write_json_lines,
    "text/csv": _write_csv,
    _RECORDIO: _write_recordio,
}
ACCEPTED = tuple(_WRITERS)
