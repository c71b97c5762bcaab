"""Run local AWS: `python -m local_aws --port 5555`."""

import argparse
import ipaddress
import logging
import signal
import socket
import sys
from pathlib import Path

from local_aws.errors import DataDirError
from local_aws.protocol.http_server import create_server
from local_aws.protocol.service_model import service_model
from local_aws.server import LocalAws
from local_aws.state.latency import LATENCIES
from local_aws.storage.data_dir import DataDir


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("local_aws", description="S3 and SageMaker on this machine.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen where other machines can reach it: anybody there can run training jobs here",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this host name too, beside localhost and the loopback addresses; may be repeated",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="keep S3's objects and SageMaker's jobs, models and endpoints here for the next start; "
        "without it they end with the server, as logs and the other services' state always do",
    )
    parser.add_argument(
        "--latency",
        choices=LATENCIES,
        default="none",
        help="realistic: states last as long as on AWS, which takes minutes",
    )
    arguments = parser.parse_args()
    try:
        address = socket.getaddrinfo(arguments.host, None)[0][4][0]
    except OSError as error:
        parser.error(f"--host {arguments.host}: {error}")
    if not ipaddress.ip_address(address).is_loopback and not arguments.allow_remote:
        parser.error(
            f"--host {arguments.host} is not a loopback address: other machines could run "
            "training jobs here. Say --allow-remote if that is wanted."
        )
    arguments.host = address
    return arguments


def main() -> int:
    """Serve until SIGTERM or SIGINT.

    Returns:
        The exit code.
    """
    arguments = _arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        data_dir = DataDir(arguments.data_dir) if arguments.data_dir is not None else None
        application = LocalAws(LATENCIES[arguments.latency], arguments.allow_host, data_dir)
    except DataDirError as error:
        sys.exit(f"local_aws: --data-dir: {error}")

    def stop(*_: object) -> None:
        # First end what requests may wait for, and then the threads of the requests.
        application.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server = create_server(application, arguments.host, arguments.port)
    except OSError as error:
        sys.exit(f"local_aws: cannot listen on {arguments.host}, port {arguments.port}: {error}")
    service_model()  # loaded before the first request
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    print(f"Local AWS is ready at http://{host}:{server.effective_port}", flush=True)
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
