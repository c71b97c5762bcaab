"""The first process of a container: it runs an algorithm or an entrypoint, and ends with the server.

`python -m local_aws.containers.process <algorithm> train|serve|process`
"""

import importlib
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

from local_aws.errors import UserError
from local_aws.opt_ml import OptMl

_TRIES_TO_REMOVE = 100


def die_with_server(opt_ml: OptMl) -> None:
    """Wait until the server closes this process's standard input. Then remove the files and end the group."""
    while os.read(0, 1):
        pass
    # First, as this process ends with its script. What runs in it may write while its files are removed.
    for _ in range(_TRIES_TO_REMOVE):
        shutil.rmtree(opt_ml.base, ignore_errors=True)
        if not opt_ml.base.exists():
            break
    from local_aws.containers.process_tree import end_descendants  # noqa: PLC0415 - psutil takes its time

    end_descendants(os.getpid())
    os.killpg(os.getpgrp(), signal.SIGKILL)


def limit_itself(memory: int) -> None:
    """Limit the memory of this process, and of each that it will start. No dump of it fills the disk."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def train(package: str, opt_ml: OptMl) -> int:
    """Train a model. Where that fails, write the reason to `output/failure`.

    Returns:
        The exit code.
    """
    try:
        importlib.import_module(f"{package}.training").train(opt_ml)
    except UserError as error:
        print(f"ERROR {error}", flush=True)
        opt_ml.failure.write_text(str(error))
        return error.exit_code
    except Exception:
        traceback.print_exc()
        opt_ml.failure.write_text(f"framework error: \n{traceback.format_exc()}")
        return 1
    return 0


def serve(package: str, opt_ml: OptMl) -> int:
    """Serve the model on the socket that the server handed over, until the process is stopped.

    Returns:
        The exit code.
    """
    from local_aws.containers import wsgi_server  # noqa: PLC0415 - only serving should pay for it

    application = importlib.import_module(f"{package}.serving").application(opt_ml.model)
    wsgi_server.serve(application, socket.socket(fileno=int(os.environ["LOCAL_AWS_LISTENER"])))
    return 0


def process(opt_ml: OptMl) -> int:
    """Run a processing job's entrypoint.

    Returns:
        The exit code.
    """
    from local_aws.containers import entrypoint  # noqa: PLC0415 - only processing should pay for it

    return entrypoint.run_apart(opt_ml)


def main() -> int:
    """Run the algorithm in the role that the command line names.

    Returns:
        The exit code.
    """
    algorithm, role = sys.argv[1:]
    opt_ml = OptMl(Path(os.environ["SAGEMAKER_BASE_DIR"]))
    limit_itself(int(os.environ["LOCAL_AWS_JOB_MEMORY"]))
    package = f"local_aws.algorithms.{algorithm}"
    threading.Thread(target=die_with_server, args=(opt_ml,), daemon=True).start()
    if role == "process":
        return process(opt_ml)
    return (train if role == "train" else serve)(package, opt_ml)


if __name__ == "__main__":
    sys.exit(main())
