"""RecordIO-protobuf written byte by byte, from the format's description alone."""

import struct
from collections.abc import Mapping, Sequence


def _varint(number: int) -> bytes:
    more = b""
    while number > 0x7F:
        more += bytes([number & 0x7F | 0x80])
        number >>= 7
    return more + bytes([number])


def _block(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _tensor(values: Sequence[float], keys: Sequence[int] = (), width: int | None = None) -> bytes:
    """A Value that holds a Float32Tensor."""
    tensor = _block(1, struct.pack(f"<{len(values)}f", *values))
    if keys:
        tensor += _block(2, b"".join(map(_varint, keys)))
    if width is not None:
        tensor += _block(3, _varint(width))
    return _block(2, tensor)


def _entry(field: int, value: bytes) -> bytes:
    return _block(field, _block(1, b"values") + _block(2, value))


def framed(record: bytes) -> bytes:
    """One record in RecordIO's frame."""
    return struct.pack("<II", 0xCED7230A, len(record)) + record + b"\0" * (-len(record) % 4)


def dense(features: Sequence[Sequence[float]], labels: Sequence[float] = ()) -> bytes:
    """A record a row; a label for as many as there are."""
    records = [_entry(1, _tensor(row)) for row in features]
    with_labels = [
        record + _entry(2, _tensor([label])) for record, label in zip(records, labels, strict=False)
    ]
    return b"".join(framed(record) for record in [*with_labels, *records[len(labels) :]])


def sparse(features: Sequence[Mapping[int, float]], width: int, labels: Sequence[float]) -> bytes:
    """A record a row, that holds only some columns."""
    return b"".join(
        framed(_entry(1, _tensor(list(row.values()), list(row), width)) + _entry(2, _tensor([label])))
        for row, label in zip(features, labels, strict=True)
    )


def doubles(features: Sequence[Sequence[float]], labels: Sequence[float]) -> bytes:
    """A record a row, of 64-bit numbers."""

    def tensor(values: Sequence[float]) -> bytes:
        """A Value that holds a Float64Tensor."""
        return _block(3, _block(1, struct.pack(f"<{len(values)}d", *values)))

    return b"".join(
        framed(_entry(1, tensor(row)) + _entry(2, tensor([label])))
        for row, label in zip(features, labels, strict=True)
    )
