"""Run local AWS: `python -m local_aws --port 5555`."""

import argparse
import ipaddress
import logging
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

from local_aws.containers.limits import JobLimits
from local_aws.errors import DataDirError, KeysFileError
from local_aws.protocol.http_server import create_server
from local_aws.protocol.request_bodies import RequestBodies
from local_aws.protocol.request_log import configure_log
from local_aws.protocol.service_model import service_model
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.authentication import AnySignature, BySignature
from local_aws.protocol.signatures.keys_file import PROFILE, default_file, new_key, read_key, write_key
from local_aws.protocol.signatures.verification import Verifier
from local_aws.server.application import LocalAws
from local_aws.state.latency import LATENCIES, SpotInterruption
from local_aws.storage.data_dir import DataDir
from local_aws.storage.expiry import Expiry, expire

_LOG = logging.getLogger(__name__)
_MEGABYTE = 1024**2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("local_aws", description="S3 and SageMaker on this machine.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen where other machines can reach it: who has the access key can run training jobs here",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this host name too, beside localhost and the loopback addresses; may be repeated",
    )
    parser.add_argument(
        "--credentials-file",
        type=Path,
        metavar="FILE",
        help="take the access key of the profile [local-aws] in FILE; where there is no FILE, write a new "
        "random key to it. Without this option each start makes one, in ~/.local-aws/credentials-PORT",
    )
    parser.add_argument(
        "--accept-any-signature",
        action="store_true",
        help="for test suites that sign with made-up keys, or not at all: every user of this machine can "
        "then run code as you",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="keep S3's objects and SageMaker's jobs, models and endpoints here for the next start; "
        "without it they end with the server, as logs and the other services' state always do",
    )
    parser.add_argument(
        "--keep-days",
        type=float,
        metavar="DAYS",
        help="when the server starts, remove older objects and logs from --data-dir, but not what models and "
        "endpoints are made from",
    )
    parser.add_argument(
        "--keep-megabytes",
        type=int,
        metavar="MEGABYTES",
        help="when the server starts, remove the oldest objects from --data-dir, large ones first, until all "
        "of them together hold no more",
    )
    parser.add_argument(
        "--latency",
        choices=LATENCIES,
        default="none",
        help="realistic: states last as long as on AWS, which takes minutes",
    )
    parser.add_argument(
        "--interrupt-spot",
        nargs=2,
        type=float,
        metavar=("AFTER", "WAIT"),
        help="take the instance from each spot job once, AFTER seconds of training, and give it another one "
        "WAIT seconds later; AWS does so when it needs spot instances back",
    )
    limits = JobLimits()
    parser.add_argument(
        "--job-memory",
        type=int,
        default=limits.memory // _MEGABYTE,
        metavar="MEGABYTES",
        help="kill a job whose processes hold more memory (default: %(default)s, three quarters of this "
        "machine's)",
    )
    parser.add_argument(
        "--job-processes",
        type=int,
        default=limits.processes,
        metavar="NUMBER",
        help="kill a job whose script has more processes at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--job-seconds",
        type=float,
        default=limits.seconds,
        metavar="SECONDS",
        help="stop a job whose container runs longer, whatever its MaxRuntimeInSeconds (default: "
        "%(default).0f)",
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


def _data_dir(arguments: argparse.Namespace) -> DataDir | None:
    if arguments.data_dir is None:
        return None
    data_dir = DataDir(arguments.data_dir)
    megabytes = arguments.keep_megabytes
    removed = expire(
        data_dir, Expiry(arguments.keep_days, None if megabytes is None else megabytes * _MEGABYTE)
    )
    if removed:
        # Not to standard output, whose first line says where the server is.
        _LOG.info("%s: removed %d objects that were too old or too much", data_dir.path, removed)
    return data_dir


def main() -> int:
    """Serve until SIGTERM or SIGINT.

    Returns:
        The exit code.
    """
    arguments = _arguments()
    configure_log()
    try:
        known = read_key(arguments.credentials_file) if arguments.credentials_file else None
        key = known or new_key()
        by_signature = BySignature(Verifier(AccessKeys(key)))
        authentication = AnySignature() if arguments.accept_any_signature else by_signature
        data_dir = _data_dir(arguments)
        interruption = SpotInterruption(*arguments.interrupt_spot) if arguments.interrupt_spot else None
        latency = replace(LATENCIES[arguments.latency], spot_interruption=interruption)
        limits = JobLimits(arguments.job_memory * _MEGABYTE, arguments.job_processes, arguments.job_seconds)
        application = LocalAws(latency, limits, authentication, arguments.allow_host, data_dir)
    except KeysFileError as error:
        sys.exit(f"local_aws: --credentials-file: {error}")
    except DataDirError as error:
        sys.exit(f"local_aws: --data-dir: {error}")

    def stop(*_: object) -> None:
        # First end what requests may wait for, and then the threads of the requests.
        application.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        bodies = RequestBodies(application, authentication.admit)
        server = create_server(bodies, arguments.host, arguments.port)
    except OSError as error:
        sys.exit(f"local_aws: cannot listen on {arguments.host}, port {arguments.port}: {error}")
    service_model()  # loaded before the first request
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    url = f"http://{host}:{server.effective_port}"
    file = arguments.credentials_file or default_file(server.effective_port)
    if known is None:
        try:
            write_key(file, key, url)
        except KeysFileError as error:
            sys.exit(f"local_aws: {error}")
    print(f"Local AWS is ready at {url}", flush=True)
    print(f"Its clients need: export AWS_SHARED_CREDENTIALS_FILE={file} AWS_PROFILE={PROFILE}", flush=True)
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
