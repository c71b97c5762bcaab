"""Requests a second and latency of InvokeEndpoint with one row: wrk, four connections, ten seconds."""

import re
import subprocess
import tempfile
from pathlib import Path

from bench.tutorial import NAME, deployed
from tests.tutorial_data import tutorial_split

# Local AWS reads account, region and service from it, and verifies no signature.
_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=local-aws-key-id/20260101/us-east-1/sagemaker/aws4_request, "
    "SignedHeaders=host, Signature=none"
)
_SCRIPT = """
wrk.method = "POST"
wrk.body = "{row}"
wrk.headers["Content-Type"] = "text/csv"
wrk.headers["Authorization"] = "{authorization}"
"""
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def main() -> None:
    """Prints the figures."""
    row = tutorial_split()[1].head(1).to_csv(header=False, index=False).strip()
    with deployed() as aws, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "invoke.lua"
        script.write_text(_SCRIPT.format(row=row, authorization=_AUTHORIZATION))
        url = f"{aws.server.url}/endpoints/{NAME}/invocations"
        command = ["wrk", "--threads", "1", "--connections", "4", "--latency", "--script", str(script), url]
        for duration in ("2s", "10s"):  # the first is to warm up
            output = subprocess.run(  # noqa: S603 - our own command
                [*command, "--duration", duration], capture_output=True, text=True, check=True
            ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    requests = re.search(r"Requests/sec:\s+([\d.]+)", output)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    if requests is None or slowest is None:
        raise SystemExit(output)
    p99 = float(slowest[1]) * _MILLISECONDS[slowest[2]]
    print(f"InvokeEndpoint, one row: {float(requests[1]):.0f} requests/s (at least 600)")
    print(f"InvokeEndpoint, one row: p99 {p99:.1f} ms (below 20)")


if __name__ == "__main__":
    main()
