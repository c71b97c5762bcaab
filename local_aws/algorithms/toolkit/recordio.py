"""RecordIO-wrapped protobuf, the binary format of SageMaker's built-in algorithms.

Source: "Common data formats for training" in the SageMaker developer guide, which holds the protobuf schema.
A frame is MXNet's RecordIO: magic number, length, payload, padding to four bytes.

It imports protobuf, which takes time. So import it only where a job or a request needs the format.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message,
    message_factory,
)
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

CONTENT_TYPE = "application/x-recordio-protobuf"
_MAGIC = 0xCED7230A
_HEADER = struct.Struct("<II")
FLOAT32 = "float32_tensor"
TENSORS = (FLOAT32, "float64_tensor", "int32_tensor")


def _record_class() -> Any:
    """Build the guide's `aialgs.data.Record`, without `Bytes`, which holds images."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="aialgs_record.proto", package="aialgs.data")
    value = descriptor_pb2.DescriptorProto(name="Value")
    value.oneof_decl.add(name="value")
    numbers = (
        ("Float32", field.TYPE_FLOAT, 2),
        ("Float64", field.TYPE_DOUBLE, 3),
        ("Int32", field.TYPE_INT32, 7),
    )
    for kind, number, position in numbers:
        tensor = file.message_type.add(name=f"{kind}Tensor")
        members = (("values", number), ("keys", field.TYPE_UINT64), ("shape", field.TYPE_UINT64))
        for index, (name, member) in enumerate(members, start=1):
            added = tensor.field.add(name=name, number=index, type=member, label=field.LABEL_REPEATED)
            added.options.packed = True
        value.field.add(
            name=f"{kind.lower()}_tensor",
            number=position,
            type=field.TYPE_MESSAGE,
            type_name=f".aialgs.data.{kind}Tensor",
            label=field.LABEL_OPTIONAL,
            oneof_index=0,
        )
    file.message_type.append(value)
    record = file.message_type.add(name="Record")
    for index, name in enumerate(("features", "label"), start=1):
        entry = record.nested_type.add(name=f"{name.capitalize()}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
        entry.field.add(
            name="value",
            number=2,
            type=field.TYPE_MESSAGE,
            type_name=".aialgs.data.Value",
            label=field.LABEL_OPTIONAL,
        )
        record.field.add(
            name=name,
            number=index,
            type=field.TYPE_MESSAGE,
            type_name=f".aialgs.data.Record.{entry.name}",
            label=field.LABEL_REPEATED,
        )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("aialgs.data.Record"))


Record = _record_class()


@dataclass(frozen=True)
class Rows:
    """The records of a file or request."""

    features: Any
    """A matrix of shape (records, features). It is a scipy CSR matrix where any record is sparse."""
    labels: np.ndarray[Any, Any] | None
    """The label of each record, of shape (records,). None where the records have none."""


def read_rows(payload: bytes, kinds: Sequence[str] = TENSORS) -> Rows:
    """Read records of `features["values"]` and, where given, `label["values"]`.

    Args:
        payload: The framed records.
        kinds: The kinds of tensors that a value may be.

    Raises:
        ValueError: The bytes are not framed records, or the records are not rows of one table.
    """
    tensors, labels = [], []
    for framed in frames(payload):
        record = Record()
        try:
            record.ParseFromString(framed)
        except message.DecodeError as error:
            raise ValueError(f"a record is not protobuf: {error}") from error
        if "values" not in record.features:
            raise ValueError('a record has no feature "values"')
        tensors.append(_tensor(record.features["values"], kinds))
        if "values" in record.label:
            labels.extend(_tensor(record.label["values"], kinds).values)
    if not tensors:
        raise ValueError("No records found in RecordIO-Protobuf data")
    if labels and len(labels) != len(tensors):
        raise ValueError(f"there are {len(labels)} labels for {len(tensors)} records")
    return Rows(_matrix(tensors), np.array(labels, float) if labels else None)


def frames(payload: bytes) -> Iterator[bytes]:
    """Yield the protobuf messages in the frames of RecordIO.

    Raises:
        ValueError: The payload is not RecordIO.
    """
    offset = 0
    while offset < len(payload):
        if offset + _HEADER.size > len(payload):
            raise ValueError(f"Truncated record at offset {offset}")
        magic, length = _HEADER.unpack_from(payload, offset)
        if magic != _MAGIC:
            raise ValueError(f"Invalid RecordIO magic at offset {offset}")
        offset += _HEADER.size
        if offset + length > len(payload):
            raise ValueError(f"Truncated record at offset {offset}")
        yield payload[offset : offset + length]
        offset += length + -length % 4


def _tensor(value: Any, kinds: Sequence[str]) -> Any:
    kind = value.WhichOneof("value")
    if kind not in TENSORS:
        raise ValueError("a value is not a tensor of numbers")
    if kind not in kinds:
        raise ValueError(f"a value is a {kind}, and has to be one of {', '.join(kinds)}")
    return getattr(value, kind)


def _matrix(tensors: Sequence[Any]) -> Any:
    if not any(tensor.keys or tensor.shape for tensor in tensors):
        if len({len(tensor.values) for tensor in tensors}) > 1:
            raise ValueError("the records have different numbers of features")
        return np.array([tensor.values for tensor in tensors], float)
    keys = [tensor.keys or range(len(tensor.values)) for tensor in tensors]
    if any(len(at) != len(tensor.values) for at, tensor in zip(keys, tensors, strict=True)):
        raise ValueError("a sparse record has not as many keys as values")
    ends = np.cumsum([0, *map(len, keys)])
    width = max(
        tensor.shape[0] if tensor.shape else max(at, default=-1) + 1
        for at, tensor in zip(keys, tensors, strict=True)
    )
    columns = np.fromiter((key for at in keys for key in at), np.int64)
    if columns.size and columns.max() >= width:
        raise ValueError("a sparse record has a key beyond its shape")
    values = np.fromiter((number for tensor in tensors for number in tensor.values), float)
    return csr_matrix((values, columns, ends), shape=(len(tensors), width))


def write_labels(records: Iterable[Mapping[str, Sequence[float]]]) -> bytes:
    """Write answers, one record for each. Its `label` holds a float32 tensor for each name."""
    return b"".join(_frame(_labelled(record).SerializeToString(deterministic=True)) for record in records)


def _labelled(values: Mapping[str, Sequence[float]]) -> Any:
    record = Record()
    for name, numbers in values.items():
        record.label[name].float32_tensor.values.extend(numbers)
    return record


def _frame(payload: bytes) -> bytes:
    return _HEADER.pack(_MAGIC, len(payload)) + payload + bytes(-len(payload) % 4)
