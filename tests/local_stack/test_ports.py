import os
import socket
from collections.abc import Iterator

import psutil
import pytest

from local_stack.ports import PortError, check_free, port_of
from local_stack.stack import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("text", "port"), [(None, 8080), ("", 8080), ("8081", 8081), ("1", 1), ("65535", 65535)]
)
def test_a_port_is_read_from_its_variable(
    text: str | None, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_PORT", raising=False)
    if text is not None:
        monkeypatch.setenv("AIRFLOW_PORT", text)
    assert port_of("AIRFLOW_PORT", 8080) == port


@pytest.mark.parametrize("text", ["no number", "80.80", "-1", "0", "65536", "8080 ", "٨٠٨٠", "²"])
def test_what_is_no_port_is_told_in_three_lines(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_PORT", text)
    with pytest.raises(PortError) as refused:
        port_of("AIRFLOW_PORT", 8080)
    assert str(refused.value).splitlines() == [
        f"Found: AIRFLOW_PORT = {text!r}",
        "Expected: a port: a whole number from 1 to 65535",
        "To do: Leave AIRFLOW_PORT out, for 8080, or give another one: AIRFLOW_PORT=8081 make up",
    ]


def test_a_port_in_use_is_told_with_who_holds_it_and_a_free_one(taken: int) -> None:
    with pytest.raises(PortError) as refused:
        check_free({"AIRFLOW_PORT": free_port(), "LOCAL_AWS_PORT": taken})
    found, expected, to_do = str(refused.value).splitlines()
    assert found.startswith(f"Found: port {taken} of 127.0.0.1 is in use by process {os.getpid()}: ")
    assert " ".join(psutil.Process().cmdline())[:40] in found
    assert expected == f"Expected: LOCAL_AWS_PORT, {taken}, to be free"
    offered = int(to_do.partition("LOCAL_AWS_PORT=")[2].split()[0])
    with socket.create_server(("127.0.0.1", offered)):
        pass


def test_one_that_listens_on_every_address_is_found() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server, pytest.raises(PortError, match="is in use"):  # noqa: S104 - that is the point
        check_free({"AIRFLOW_PORT": server.getsockname()[1]})


def test_a_connection_that_was_closed_does_not_hold_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            # The side that closes first keeps its port for a while.
            server.accept()[0].close()
    check_free({"AIRFLOW_PORT": port})


def test_both_need_a_port_of_their_own() -> None:
    port = free_port()
    with pytest.raises(PortError, match=f"AIRFLOW_PORT and LOCAL_AWS_PORT are both {port}"):
        check_free({"AIRFLOW_PORT": port, "LOCAL_AWS_PORT": port})
