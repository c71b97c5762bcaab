"""The bodies that memory has room for."""

from collections.abc import Iterable
from typing import Any

from local_aws.errors import AwsError
from local_aws.protocol.request_bodies import SMALL, RequestBodies
from tests.local_aws.protocol.signatures.signed_environ import Wire

MEMORY = 64 * SMALL
HEAD = Wire("PUT", "/bucket/key").environ()


def answered(bodies: RequestBodies, length: int) -> str:
    statuses: list[str] = []
    environ = {**HEAD, "CONTENT_LENGTH": str(length)}
    list(bodies(environ, lambda status, _headers, _info=None: statuses.append(status) or statuses.append))  # type: ignore[func-returns-value,arg-type,return-value]
    return statuses[0]


def test_only_the_head_of_a_large_body_is_checked_beforehand() -> None:
    def refuse(_: Any) -> None:
        raise AwsError("AccessDenied", "Access Denied", 403)

    bodies = RequestBodies(lambda *_: [], refuse, MEMORY)
    assert bodies.refusal(HEAD, SMALL) is None
    refusal = bodies.refusal(HEAD, SMALL + 1)
    assert refusal is not None
    assert refusal.status_code == 403


def test_one_body_has_an_eighth_of_the_memory() -> None:
    bodies = RequestBodies(lambda *_: [], lambda _: None, MEMORY)
    assert bodies.refusal(HEAD, MEMORY // 8) is None
    refusal = bodies.refusal(HEAD, MEMORY // 8 + 1)
    assert refusal is not None
    assert (refusal.status_code, b"<Code>EntityTooLarge</Code>" in refusal.data) == (400, True)


def test_no_machine_takes_more_than_s3() -> None:
    assert RequestBodies(lambda *_: [], lambda _: None, 1024**5).largest == 5 * 1024**3


def test_all_bodies_together_have_a_quarter() -> None:
    found: list[str] = []

    def application(_environ: Any, start_response: Any) -> Iterable[bytes]:
        # While this body is held, another one comes.
        if len(found) < 2:
            found.append(answered(bodies, MEMORY // 8))
        start_response("200 OK", [])
        return []

    bodies = RequestBodies(application, lambda _: None, MEMORY)
    assert answered(bodies, MEMORY // 8) == "200 OK"
    assert "503 SERVICE UNAVAILABLE" in found
    found[:] = ["", ""]
    assert answered(bodies, MEMORY // 8) == "200 OK"
