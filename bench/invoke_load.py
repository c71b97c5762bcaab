"""InvokeEndpoint with one row, beside the model's server asked directly: wrk, four connections, in turns."""

import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from bench.figures import Figure, show
from bench.turns import in_turns, median_ratio
from bench.tutorial import NAME, LocalAws, deployed
from tests.aws.signed_requests import signed_headers
from tests.tutorial_data import tutorial_split

_SCRIPT = """
wrk.method = "POST"
wrk.body = "{row}"
{headers}
"""
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_CSV = {"Content-Type": "text/csv"}
_TURNS = 10
_SECONDS = 3


@dataclass(frozen=True)
class Load:
    """What one run of wrk measured."""

    requests_a_second: float
    p99: float
    """In milliseconds."""


def load(aws: LocalAws, row: str, seconds: int) -> Load:
    """Send InvokeEndpoint the same signed request again and again: a signature holds for five minutes."""
    url = f"{aws.server.url}/endpoints/{NAME}/invocations"
    return _wrk(url, signed_headers("POST", url, headers=_CSV, body=row.encode()), row, seconds)


def load_directly(aws: LocalAws, row: str, seconds: int) -> Load:
    """Send the same row to the process that serves the model, as local AWS does."""
    (serving,) = psutil.Process(aws.server.process.pid).children()
    (listening,) = [found for found in serving.net_connections("tcp") if found.status == psutil.CONN_LISTEN]
    return _wrk(f"http://127.0.0.1:{listening.laddr.port}/invocations", _CSV, row, seconds)


def _wrk(url: str, headers: Mapping[str, str], row: str, seconds: int) -> Load:
    lines = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT.format(row=row, headers=lines))
        script.flush()
        command = ["wrk", "--threads", "1", "--connections", "4", "--latency", "--script", script.name, url]
        output = subprocess.run(  # noqa: S603 - our own command
            [*command, "--duration", f"{seconds}s"], capture_output=True, text=True, check=True
        ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    requests = re.search(r"Requests/sec:\s+([\d.]+)", output)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    if requests is None or slowest is None:
        raise SystemExit(output)
    return Load(float(requests[1]), float(slowest[1]) * _MILLISECONDS[slowest[2]])


def first_row() -> str:
    """Return the first row of the tutorial's test data."""
    return tutorial_split()[1].head(1).to_csv(header=False, index=False).strip()


def main() -> None:
    """Print the figures: medians of the turns, and of the ratios of each pair of turns."""
    row = first_row()
    with deployed() as aws:
        for way in (load, load_directly):
            way(aws, row, 2)  # to warm up
        ways = {
            "local AWS": lambda: load(aws, row, _SECONDS),
            "directly": lambda: load_directly(aws, row, _SECONDS),
        }
        found = in_turns(ways, _TURNS)
    rates, direct_rates = ([each.requests_a_second for each in found[way]] for way in ways)
    slowest, direct_slowest = ([each.p99 for each in found[way]] for way in ways)
    median = statistics.median
    show(
        [
            Figure("InvokeEndpoint, one row", median(rates), "requests/s", at_least=600),
            Figure("the model's server, asked directly", median(direct_rates), "requests/s"),
            Figure(
                "InvokeEndpoint against the model's server",
                median_ratio(rates, direct_rates),
                "x",
                at_least=0.6,
            ),
            Figure("InvokeEndpoint, one row: p99", median(slowest), "ms", at_most=20),
            Figure("the model's server, asked directly: p99", median(direct_slowest), "ms"),
            Figure(
                "InvokeEndpoint against the model's server: p99",
                median_ratio(slowest, direct_slowest),
                "x",
                at_most=2,
            ),
        ]
    )


if __name__ == "__main__":
    main()
