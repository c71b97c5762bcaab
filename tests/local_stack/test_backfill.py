"""What `make backfill` refuses before it asks Airflow, each in one sentence."""

import subprocess
import sys

import pytest

from local_stack.stack import PROJECT

pytestmark = pytest.mark.slow

DAYS = ("--from", "2026-11-01", "--to", "2026-11-03")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "", "--to", "2026-11-03"), "FROM is missing: give a day, such as FROM=2026-01-31."),
        (("--from", "2026-11-01", "--to", ""), "TO is missing: give a day, such as TO=2026-01-31."),
        (("--from", "2026-11-31", "--to", "x"), "FROM = '2026-11-31' is no day: write it as 2026-01-31."),
        (("--from", "2026-11-01", "--to", "1.12."), "TO = '1.12.' is no day: write it as 2026-01-31."),
        (
            ("--from", "2026-11-04", "--to", "2026-11-03"),
            "FROM = 2026-11-04 is after TO = 2026-11-03: give the earlier day first.",
        ),
        ((*DAYS, "--conf", "{seed: 7}"), "CONF = '{seed: 7}' is no JSON ("),
        ((*DAYS, "--conf", "[7]"), "CONF = '[7]' is no JSON object of Params, such as {\"seed\": 7}."),
        (DAYS, "Nothing answers at http://127.0.0.1:9 yet: start it with `make up`."),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_PORT", "9")
    told = subprocess.run(
        [sys.executable, "-m", "local_stack.backfill", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith(said)
    assert len(told.stderr.splitlines()) == 1
    assert told.stdout == ""
