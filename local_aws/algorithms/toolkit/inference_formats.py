"""The requests and answers of Amazon's own algorithms.

Source: "Common data formats for inference", "k-NN request and response formats" and "Linear learner response
formats" in the SageMaker developer guide.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

JSON = "application/json"
JSON_LINES = "application/jsonlines"
RECORDIO = "application/x-recordio-protobuf"
_CSV = "text/csv"
Prediction = Mapping[str, Any]


def read_request(payload: bytes, content_type: str, options: Mapping[str, str], width: int) -> Any:
    """Return the rows of a request.

    Args:
        payload: The body of the request.
        content_type: One of `CONTENT_TYPES`.
        options: The options of the content type. label_size is the number of columns to skip in CSV.
        width: The number of values that a row must have.

    Returns:
        The rows, of shape (rows, width): an array, or a CSR matrix where a row of JSON or RecordIO is sparse.

    Raises:
        ValueError: The body is not of the content type, or a row does not have the width.
    """
    try:
        rows = _READERS[content_type](payload, options)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"the document has another structure: {error}") from error
    if rows.ndim != 2 or not np.isfinite(rows if isinstance(rows, np.ndarray) else rows.data).all():  # noqa: PLR2004 - a table
        raise ValueError("the rows are not a table of numbers")
    if rows.shape[1] != width:
        raise ValueError(f"a row has {rows.shape[1]} features, the model {width}")
    return rows


def _read_csv(payload: bytes, options: Mapping[str, str]) -> Any:
    text = payload.decode(options.get("encoding", "utf-8"))
    return np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)[:, int(options.get("label_size", 0)) :]


def _read_json(payload: bytes, _: Mapping[str, str]) -> Any:
    return _table(json.loads(payload)["instances"])


def _read_json_lines(payload: bytes, _: Mapping[str, str]) -> Any:
    return _table([json.loads(line) for line in payload.splitlines() if line.strip()])


def _table(instances: Sequence[Any]) -> Any:
    rows = [_features(instance) for instance in instances]
    if not any(isinstance(row, dict) and "keys" in row for row in rows):
        return np.array([row["values"] if isinstance(row, dict) else row for row in rows], float)
    from scipy.sparse import csr_matrix, vstack  # type: ignore[import-untyped]  # noqa: PLC0415 - rarely needed

    def matrix(row: Any) -> Any:
        if not (isinstance(row, dict) and "keys" in row):
            return csr_matrix(np.array([row["values"] if isinstance(row, dict) else row], float))
        values, keys = np.array(row["values"], float), np.array(row["keys"], int)
        sparse = csr_matrix((values, keys, [0, len(keys)]), shape=(1, int(row["shape"][0])))
        sparse.check_format()
        return sparse

    return vstack([matrix(row) for row in rows], format="csr")


def _features(instance: Any) -> Any:
    """Return the features of `{"features": [...]}` or `{"data": {"features": {"values": [...]}}}`.

    The second may be sparse: it then has keys and a shape.
    """
    return instance.get("features", instance.get("data", {}).get("features"))


def _read_recordio(payload: bytes, _: Mapping[str, str]) -> Any:
    from local_aws.algorithms.toolkit import recordio  # noqa: PLC0415 - only a request in RecordIO needs it

    return recordio.read_rows(payload).features


_READERS: Mapping[str, Callable[[bytes, Mapping[str, str]], Any]] = {
    _CSV: _read_csv,
    JSON: _read_json,
    JSON_LINES: _read_json_lines,
    RECORDIO: _read_recordio,
}
CONTENT_TYPES = tuple(_READERS)


def write_answer(predictions: Sequence[Prediction], accept: str, root: str) -> str | bytes:
    """Write predictions in a format of `ACCEPTED`.

    Args:
        predictions: One for each row.
        accept: The format.
        root: The name of the list of predictions in JSON.
    """
    return _WRITERS[accept](predictions, root)


def _write_json(predictions: Sequence[Prediction], root: str) -> str:
    return json.dumps({root: predictions})


def _write_json_lines(predictions: Iterable[Prediction], _: str) -> str:
    return "".join(f"{json.dumps(prediction)}\n" for prediction in predictions)


def _write_csv(predictions: Iterable[Prediction], _: str) -> str:
    return "".join(
        ",".join(str(number) for value in prediction.values() for number in _listed(value)) + "\n"
        for prediction in predictions
    )


def _write_recordio(predictions: Iterable[Prediction], _: str) -> bytes:
    from local_aws.algorithms.toolkit import recordio  # noqa: PLC0415 - only an answer in RecordIO needs it

    return recordio.write_labels(
        {name: _listed(value) for name, value in prediction.items()} for prediction in predictions
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_WRITERS: Mapping[str, Callable[[Sequence[Prediction], str], str | bytes]] = {
    JSON: _write_json,
    JSON_LINES: _write_json_lines,
    _CSV: _write_csv,
    RECORDIO: _write_recordio,
}
ACCEPTED = tuple(_WRITERS)
