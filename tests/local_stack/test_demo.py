import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from include.datasets.make_examples import EXAMPLES, path_of
from include.pipeline.documents import config
from local_stack.demo import SAMPLE, choose_data
from local_stack.stack import PROJECT, StackError

# What dataclasses and named tuples do where they are imported.
INTERRUPTED_IN_EXEC = """
from local_stack import demo

SCRIPT = "import os, signal, time; os.kill(os.getpid(), signal.{}); time.sleep(10)"
demo.run_demo = lambda *_: exec(SCRIPT)
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


@pytest.mark.parametrize("url", ["https://data.example.org/churn.csv", "churn.csv"])
def test_another_pipeline_has_its_own_data_or_says_that_it_needs_some(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (config.DATASETS / "bank_marketing.yaml").read_text(encoding="utf-8")
    (tmp_path / "churn.yaml").write_text(re.sub("data_url: .*", f"data_url: {url}", text), encoding="utf-8")
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    if "://" in url:
        assert choose_data(None, "churn") == url
    else:
        with pytest.raises(StackError, match=r"PIPELINE=churn: say .* DATA=path"):
            choose_data(None, "churn")
    assert choose_data(str(SAMPLE), "churn") == SAMPLE.as_uri()


def test_an_example_has_its_table_with_it() -> None:
    for name in EXAMPLES:
        assert choose_data(None, name) == path_of(name).as_uri()
