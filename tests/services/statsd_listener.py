"""A StatsD server that keeps what it is sent, as Airflow's parts send it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

_LARGEST_DATAGRAM = 65_535


@dataclass(frozen=True)
class StatsdListener:
    """What has arrived."""

    port: int
    lines: list[str] = field(default_factory=list)
    """As `airflow.dagrun.duration.success,dag_id=bank_marketing:1234.5|ms`."""

    def values(self, metric: str, **tags: str) -> list[float]:
        """List the values of a metric that have at least these tags, in the order of their arrival."""
        found = []
        for line in list(self.lines):
            name, _, value = line.rpartition(":")
            named, *labels = name.split(",")
            if named == metric and {f"{key}={tag}" for key, tag in tags.items()} <= set(labels):
                found.append(float(value.partition("|")[0]))
        return found

    def names(self) -> set[str]:
        """List the metrics, without their tags."""
        return {line.partition(":")[0].partition(",")[0] for line in list(self.lines)}


@contextmanager
def statsd_listener() -> Iterator[StatsdListener]:
    """Listen on a port of its own of 127.0.0.1, until the block is left."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        listener = StatsdListener(server.getsockname()[1])
        ends = threading.Event()

        def listen() -> None:
            while not ends.is_set():
                try:
                    listener.lines.extend(server.recv(_LARGEST_DATAGRAM).decode().splitlines())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield listener
        finally:
            ends.set()
            thread.join()
