"""How batch transform cuts an object into requests, and makes an object from their answers."""

from collections.abc import Iterable, Iterator
from typing import Literal

from local_aws.errors import RecordTooLargeError


def split(content: bytes, split_type: Literal["None", "Line"]) -> list[bytes]:
    """Cut an object into its records: into lines, or not at all. An empty object has no records.

    A newline at the end of the object ends the last record, and does not begin another one.
    """
    if not content:
        return []
    return [content] if split_type == "None" else content.removesuffix(b"\n").split(b"\n")


def batches(records: Iterable[bytes], largest: int, *, one_each: bool) -> Iterator[list[bytes]]:
    """Put records together in requests. The body of a request has its records as lines.

    Args:
        records: The records as they are sent.
        largest: The largest body of a request, in bytes. 0 where there is no limit.
        one_each: Whether a request has one record, instead of as many as fit.

    Yields:
        The records of each request.

    Raises:
        RecordTooLargeError: A record is larger than the largest body.
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
    """Make one object from the answers to an object's requests.

    Args:
        answers: The answers in the order of the records.
        assemble_with: "None" joins the answers as they are. "Line" lets each answer end with a newline.
    """
    if assemble_with == "None":
        return b"".join(answers)
    return b"".join(answer if answer.endswith(b"\n") else answer + b"\n" for answer in answers)
