"""Requests a second and latency of InvokeEndpoint with one row: wrk, four connections, ten seconds."""

import re
import subprocess
import tempfile
from dataclasses import dataclass

from bench.figures import Figure, show
from bench.tutorial import NAME, LocalAws, deployed
from tests.aws.signed_requests import signed_headers
from tests.tutorial_data import tutorial_split

_SCRIPT = """
wrk.method = "POST"
wrk.body = "{row}"
wrk.headers["Content-Type"] = "text/csv"
{headers}
"""
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What one run of wrk measured."""

    requests_a_second: float
    p99: float
    """In milliseconds."""


def load(aws: LocalAws, row: str, seconds: int) -> Load:
    """Send the same signed request again and again: a signature of InvokeEndpoint holds for five minutes."""
    url = f"{aws.server.url}/endpoints/{NAME}/invocations"
    headers = signed_headers("POST", url, headers={"Content-Type": "text/csv"}, body=row.encode())
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
    """Print the figures."""
    with deployed() as aws:
        load(aws, first_row(), 2)  # to warm up
        found = load(aws, first_row(), 10)
    show(
        [
            Figure("InvokeEndpoint, one row", found.requests_a_second, "requests/s", at_least=600),
            Figure("InvokeEndpoint, one row: p99", found.p99, "ms", at_most=20),
        ]
    )


if __name__ == "__main__":
    main()
