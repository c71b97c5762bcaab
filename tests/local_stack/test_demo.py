import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.demo import SAMPLE
from local_stack.stack import PROJECT

# What dataclasses and named tuples do where they are imported.
INTERRUPTED_IN_EXEC = """
from local_stack import demo

SCRIPT = "import os, signal, time; os.kill(os.getpid(), signal.{}); time.sleep(10)"
demo.run_demo = lambda data_url: exec(SCRIPT)
raise SystemExit(demo.main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupted_demo_says_so_and_exits_with_130_wherever_it_was(name: str, tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED_IN_EXEC.format(name))
    done = subprocess.run(
        [sys.executable, "-m", "interrupted", "--data", str(SAMPLE)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "LOCAL_STACK_FOLDER": str(tmp_path)},
        # As a terminal does: a shell that starts something in the background ignores SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, "Stopped.\n"), done.stderr
