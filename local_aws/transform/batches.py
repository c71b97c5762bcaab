"""How batch transform cuts an object into requests, and makes one object of the answers."""

from collections.abc import Iterable, Iterator
from typing import Literal

from local_aws.errors import RecordTooLargeError


def split(content: bytes, split_type: Literal["None", "Line"]) -> list[bytes]:
    """Cuts an object into its records: its lines, or all of it. Nothing has none.

    A newline at its end ends the last record, and begins no further one.
    """
    if not content:
        return []
    return [content] if split_type == "None" else content.removesuffix(b"\n").split(b"\n")


def batches(records: Iterable[bytes], largest: int, *, one_each: bool) -> Iterator[list[bytes]]:
    """Puts records together in requests, whose body is their lines.

    Args:
        records: As they are sent.
        largest: Bytes of a request at the most; 0 where there is no limit.
        one_each: One record a request, instead of as many as fit.

    Raises:
        RecordTooLargeError: A record is larger than that.
    """
    batch: list[bytes] = []
    size = 0
    for record in records:
        if largest and len(record) > largest:
            raise RecordTooLargeError(f"a record of {len(record)} bytes is larger than MaxPayloadInMB")
        is_full = one_each or (largest and size + 1 + len(record) > largest)
        if batch and is_full:
            yield batch
            batch, size = [], 0
        size += len(record) + (1 if batch else 0)
        batch.append(record)
    if batch:
        yield batch


def assemble(answers: Iterable[bytes], assemble_with: Literal["None", "Line"]) -> bytes:
    """Makes one object of the answers to an object's requests.

    Args:
        answers: In the order of the records.
        assemble_with: None puts them together as they are; Line has each end with a newline.
    """
    if assemble_with == "None":
        return b"".join(answers)
    return b"".join(answer if answer.endswith(b"\n") else answer + b"\n" for answer in answers)
