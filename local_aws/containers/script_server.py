"""The process of a script that serves: it runs apart, where no other files than its own are writable.

`python -m local_aws.containers.script_server <model directory>`
"""

import importlib
import os
import socket
import sys
from pathlib import Path

from local_aws.containers import wsgi_server


def main() -> None:
    """Serve the model on the socket that the server handed over, until the process is stopped."""
    serving = importlib.import_module("local_aws.algorithms.script.serving")
    application = serving.application(Path(sys.argv[1]))
    wsgi_server.serve(application, socket.socket(fileno=int(os.environ["LOCAL_AWS_LISTENER"])))


if __name__ == "__main__":
    main()
