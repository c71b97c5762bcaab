"""A download of 1 GB to S3, beside curl to a file plus boto3's upload_file.

Each round runs both, one after the other, each in a process of its own, from a web server and to a local AWS
on this machine. A stream through memory would take as long as the slower of both steps.
"""

import argparse
import functools
import itertools
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

from bench.child import Child, run
from bench.figures import Figure, show
from bench.prepare import repeated
from bench.turns import in_turns, median_ratio
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from tests.aws.clients import CREDENTIALS, Aws
from tests.services.local_aws_server import local_aws_server

BUCKET = "bench"
_ROUNDS = 3
_TIMES = 186
_MOST_BYTES = 2**31


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Serve the files of a folder, and yield the server's host and port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def work(how: str, url: str, endpoint: str) -> None:
    """Print the seconds of each step of one way to work."""
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name=CREDENTIALS["region_name"])
    s3.list_buckets()  # the first call loads what the client is made of
    steps = [time.perf_counter()]
    if how == "ours":
        host = url.split("/")[2]
        policy = SourcePolicy(http_hosts=(host,), max_bytes=_MOST_BYTES)
        fetch(url, policy=policy, s3=s3, raw_uri=f"s3://{BUCKET}/raw")
        steps.append(time.perf_counter())
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "file.csv"
            command = [str(shutil.which("curl")), "--silent", "--fail", "--output", str(file), url]
            subprocess.run(command, check=True)  # noqa: S603 - our own server
            steps.append(time.perf_counter())
            s3.upload_file(str(file), BUCKET, "file.csv")
            steps.append(time.perf_counter())
    print(json.dumps({"seconds": [end - begin for begin, end in itertools.pairwise(steps)]}))


def _emptied(s3: Any) -> None:
    for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=found["Key"])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=3, metavar=("HOW", "URL", "S3"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return
    os.environ |= {
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }
    with tempfile.TemporaryDirectory() as folder, local_aws_server() as aws:
        s3 = Aws(aws.url).client("s3")
        s3.create_bucket(Bucket=BUCKET)
        size = repeated(_TIMES, Path(folder) / "bank.csv").stat().st_size
        with web_server(Path(folder)) as host:

            def fetched(how: str) -> Child:
                found = run("bench.download", "--work", how, f"http://{host}/bank.csv", aws.url)
                _emptied(s3)
                return found

            ways = {how: functools.partial(fetched, how) for how in ("ours", "theirs")}
            found = in_turns(ways, _ROUNDS)
    memory = max(child.peak_mb for child in found["ours"])
    ours, theirs = ([child.answer["seconds"] for child in found[how]] for how in ways)
    seconds, both, slower = (
        [sum(one) for one in ours],
        [sum(one) for one in theirs],
        [max(one) for one in theirs],
    )
    name = f"download to S3, {size / 1e9:.2f} GB"
    show(
        [
            Figure(f"{name}: time", statistics.median(seconds), "s"),
            Figure(f"{name}: time of curl and upload_file", statistics.median(both), "s"),
            Figure(f"{name}: against both", median_ratio(seconds, both), "x"),
            Figure(
                f"{name}: against the slower of both",
                median_ratio(seconds, slower),
                "x",
                at_most=1.1,
            ),
            Figure(f"{name}: peak memory", memory, "MB", at_most=200),
        ]
    )


if __name__ == "__main__":
    main()
