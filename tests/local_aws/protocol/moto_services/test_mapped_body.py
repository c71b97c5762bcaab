"""Bodies that lie in a file, and what moto makes of them."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import pytest
from moto.s3.models import FakeKey

from local_aws.protocol.moto_services.mapped_body import mapped_body
from tests.aws.training_data import BUCKET

CONTENT = b"a,y\n" + b"1,0\n" * 1000
LARGE = os.urandom(2**20) * 9
"""More than the server receives into memory, and than moto holds there."""


@pytest.fixture
def file() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(CONTENT)
        file.seek(0)
        yield file


def environ(body: IO[bytes], method: str = "PUT", kind: str = "text/csv") -> dict[str, Any]:
    return {"REQUEST_METHOD": method, "CONTENT_TYPE": kind, "wsgi.input": body}


def test_all_of_a_file_is_mapped_within_the_block(file: IO[bytes]) -> None:
    request = environ(file)
    with mapped_body(request):
        body = request["wsgi.input"].read()
        assert isinstance(body, memoryview)
        assert body == CONTENT
    with pytest.raises(ValueError, match="released"):
        bytes(body)


def test_a_file_can_still_be_read_in_pieces(file: IO[bytes]) -> None:
    request = environ(file)
    with mapped_body(request):
        assert request["wsgi.input"].read(3) == b"a,y"


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("POST", "text/csv"),
        ("PUT", "application/x-www-form-urlencoded"),
        ("PUT", "multipart/form-data; boundary=x"),
    ],
)
def test_forms_and_other_methods_stay_as_they_are(file: IO[bytes], method: str, kind: str) -> None:
    request = environ(file, method, kind)
    with mapped_body(request):
        assert request["wsgi.input"] is file


def test_what_lies_in_memory_stays_there() -> None:
    body = io.BytesIO(CONTENT)
    request = environ(body)
    with mapped_body(request):
        assert request["wsgi.input"] is body


def test_moto_writes_what_is_mapped_into_a_file_at_once(file: IO[bytes]) -> None:
    request = environ(file)
    with mapped_body(request):
        key = FakeKey("a", request["wsgi.input"].read(), account_id="1", region_name="us-east-1")
    assert key._value_buffer._rolled  # type: ignore[attr-defined]
    assert (key.value, key.size) == (CONTENT, len(CONTENT))
    key.dispose()


@pytest.mark.parametrize("checksum", ["CRC32", "SHA256"])
def test_a_large_object_is_stored_as_it_was_sent(s3: Any, checksum: str) -> None:
    s3.put_object(Bucket=BUCKET, Key="large", Body=LARGE, ChecksumAlgorithm=checksum)
    found = s3.get_object(Bucket=BUCKET, Key="large", ChecksumMode="ENABLED")
    assert found["Body"].read() == LARGE
    assert found["ETag"] == f'"{hashlib.md5(LARGE, usedforsecurity=False).hexdigest()}"'
    assert found[f"Checksum{checksum}"]


def test_parts_of_a_large_object_are_joined(s3: Any) -> None:
    s3.upload_fileobj(io.BytesIO(LARGE * 2), BUCKET, "large")
    assert s3.get_object(Bucket=BUCKET, Key="large")["Body"].read() == LARGE * 2
