"""The HTTP server in a container: what a request says reaches the application, and its answer the caller."""

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
import urllib3
import uvicorn
from werkzeug.wrappers import Request, Response

from local_aws.containers import wsgi_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/written":
        write = start_response("200 OK", [("Content-Length", "5")])
        write(b"a,")
        write(b"b,")
        return [b"c"]
    return answer(environ, start_response)


@Request.application
def answer(request: Request) -> Response:
    if request.path == "/fails":
        raise ValueError("a bug")
    if request.path == "/empty":
        return Response(status=204)
    seen = {
        "method": request.method,
        "path": request.path,
        "query": request.args.to_dict(),
        "type": request.content_type,
        "accept": request.headers["Accept"],
        "length": request.content_length,
        "body": len(request.get_data()),
    }
    return Response(json.dumps(seen), 418, {"X-Note": "n"}, mimetype="application/json")


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    servers: list[uvicorn.Server] = []
    run = uvicorn.Server.run

    def noting_run(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        servers.append(server)
        run(server, sockets)

    monkeypatch.setattr(uvicorn.Server, "run", noting_run)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=wsgi_server.serve, args=(application, listener))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        servers[0].should_exit = True
        thread.join()


def test_a_request_arrives_whole(url: str) -> None:
    body = b"x" * 7_000_000
    headers = {"Content-Type": "text/csv", "Accept": "application/json"}
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{url}/p%C3%A4th?a=b", body=body, headers=headers)
    assert (answer.status, answer.headers["X-Note"]) == (418, "n")
    assert answer.json() == {
        "method": "POST",
        "path": "/päth",
        "query": {"a": "b"},
        "type": "text/csv",
        "accept": "application/json",
        "length": len(body),
        "body": len(body),
    }


def test_an_answer_without_content_and_a_bug_leave_the_connection_usable(url: str) -> None:
    with urllib3.HTTPConnectionPool(
        url.rpartition("/")[2].split(":")[0], int(url.rpartition(":")[2])
    ) as pool:
        statuses = [pool.urlopen("POST", path, body=b"x").status for path in ("/empty", "/fails", "/empty")]
    assert statuses == [204, 500, 204]


def test_what_the_application_writes_comes_before_what_it_returns(url: str) -> None:
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{url}/written", body=b"x")
    assert (answer.status, answer.data) == (200, b"a,b,c")
