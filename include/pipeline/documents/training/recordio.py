"""Rows as RecordIO-protobuf, the binary form of Amazon's own algorithms, with what is not 0 alone.

Source: "Common data formats for training" of the developer guide, which holds the protobuf schema,
https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html. A frame is MXNet's RecordIO: magic number,
length, payload, padding to four bytes.
"""

import struct
from collections.abc import Iterable

import numpy as np

_FRAME = struct.Struct("<II")
_MAGIC = 0xCED7230A
_PADDED_TO = 4
_SEVEN_BITS = 0x7F
# Numbers of the schema's fields.
_FEATURES, _LABEL = 1, 2
_KEY, _VALUE = 1, 2
_FLOAT32_TENSOR = 2
_VALUES, _KEYS, _SHAPE = 1, 2, 3
_LENGTH_DELIMITED = 2


def record(features: np.ndarray, label: float | None = None) -> bytes:
    """Write a row: a frame that holds a sparse float32 tensor, and the label where there is one.

    Args:
        features: Of shape `(features,)`, without NaN.
        label: Of the row.
    """
    row = features.astype("<f4")
    (keys,) = row.nonzero()
    content = _entry(
        _FEATURES,
        _field(_VALUES, row[keys].tobytes())
        + _field(_KEYS, _varints(keys.tolist()))
        + _field(_SHAPE, _varints([len(row)])),
    )
    if label is not None:
        content += _entry(_LABEL, _field(_VALUES, struct.pack("<f", label)))
    return _FRAME.pack(_MAGIC, len(content)) + content + bytes(-len(content) % _PADDED_TO)


def record_of_line(line: bytes) -> bytes:
    """Write a line of CSV, of features alone, as a record."""
    return record(np.array(line.split(b","), dtype=np.float64))


def _entry(field: int, tensor: bytes) -> bytes:
    """Write an entry of a map: its one key is called values."""
    return _field(field, _field(_KEY, b"values") + _field(_VALUE, _field(_FLOAT32_TENSOR, tensor)))


def _field(number: int, content: bytes) -> bytes:
    return _varints([number << 3 | _LENGTH_DELIMITED, len(content)]) + content


def _varints(numbers: Iterable[int]) -> bytes:
    """Write whole numbers in groups of seven bits, the lowest first; all but the last of one are marked."""
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > _SEVEN_BITS:
            written.append(rest & _SEVEN_BITS | _SEVEN_BITS + 1)
            rest >>= 7
        written.append(rest)
    return bytes(written)
