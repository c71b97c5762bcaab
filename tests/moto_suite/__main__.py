"""Run moto's own SageMaker tests, and compare what fails with the table of what has to.

    python -m tests.moto_suite <checkout of github.com/getmoto/moto, at the version of requirements.txt>

Its tests need freezegun, which nothing else here does: `uv pip install --target DIR freezegun`, with DIR on
the PYTHONPATH.
"""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.moto_suite.expected_failures import expected_failures
from tests.project import PROJECT

_SUITE = Path("tests") / "test_sagemaker"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def run(checkout: Path) -> dict[str, bool]:
    """Run the suite; return whether each test has failed, by `file::test`. Skipped ones are left out.

    Raises:
        SystemExit: Nothing ran.
    """
    port = str(_free_port())
    paths = [str(Path(__file__).parent), str(PROJECT), os.environ.get("PYTHONPATH", "")]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "TEST_SERVER_MODE": "true",
        "TEST_SERVER_MODE_ENDPOINT": f"http://127.0.0.1:{port}",
        "LOCAL_AWS_PORT": port,
        "MOTO_CALL_RESET_API": "false",
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = [
            "-q",
            "--tb=line",
            "-p",
            "fresh_local_aws",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
        ]
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(_SUITE)],
            cwd=checkout,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if not report.is_file():
            raise SystemExit(f"pytest wrote no report: is {checkout} a checkout of moto?")
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest's own
    ran = {
        f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}": any(
            case.find(kind) is not None for kind in ("failure", "error")
        )
        for case in cases
        if case.find("skipped") is None
    }
    if not ran:
        raise SystemExit("no test ran")
    return ran


def main() -> None:
    """Print what differs from the table, and end with 1 where anything does."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    ran = run(Path(sys.argv[1]))
    expected = expected_failures()
    failed = {name for name, has_failed in ran.items() if has_failed}
    print(f"{len(ran)} tests ran, {len(failed)} failed, {len(expected)} are in the table")
    for name in sorted(failed - set(expected)):
        print(f"fails, and is not in the table: {name}")
    for name in sorted((set(ran) & set(expected)) - failed):
        print(f"passes, and is in the table: {name} ({expected[name]})")
    for name in sorted(set(expected) - set(ran)):
        print(f"is in the table, and did not run: {name}")
    sys.exit(failed != set(expected))


if __name__ == "__main__":
    main()
