"""What people typically get wrong: the three lines that each gives, where they are seen, and how soon."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from local_stack.demo import DAG_ID, SAMPLE
from tests.aws.clients import strangers_s3
from tests.faults.aftermath import Aftermath
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Errors, Target
from tests.faults.pipelines import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(900)]

BUCKET, STRANGERS_BUCKET = "mistakes", "mistakes-of-a-stranger"
FOLDER = SOURCE.rpartition("/")[0]
RUN_SECONDS = 600


@dataclass(frozen=True)
class Mistake:
    """A run with a mistake in it."""

    task_id: str
    """Of the task that tells of it."""
    found: str
    """A part of what it says that it found."""
    params: Mapping[str, object] = field(default_factory=dict)
    table: str | None = None
    """A file of its own, instead of the sample."""
    answer: str | None = None
    """The code of AWS's refusal to train."""


def sample_with(old: str, new: str) -> str:
    """Return the sample's first rows with another text in one place."""
    text = "".join(SAMPLE.read_text().splitlines(keepends=True)[:400])
    assert old in text
    return text.replace(old, new, 1)


MISTAKES = {
    "wrong role": Mistake("plan_run", "role = 'no-such-role'", {"role": "no-such-role"}),
    "no network": Mistake(
        "download_data", "no-such-host", {"data_url": "https://no-such-host.invalid/a.csv"}
    ),
    "wrong bucket": Mistake("create_bucket", STRANGERS_BUCKET, {"bucket": STRANGERS_BUCKET}),
    "unknown hyperparameter": Mistake(
        "plan_run", "'num_rounds' is unknown", {"hyperparameters": {"num_round": 10, "num_rounds": 10}}
    ),
    "missing column": Mistake("split_data", "y_yes", table=sample_with("y_yes", "bought")),
    "text column": Mistake("split_data", "age", table=sample_with("\n0,32,", "\n0,thirty-two,")),
    "one class": Mistake("split_data", "y_yes", table="age,y_no,y_yes\n" + "31,1,0\n" * 200),
    "failed gate": Mistake("check_quality", "roc_auc", {"min_roc_auc": 0.99}),
    "quota": Mistake("train_model", "quota", answer="ResourceLimitExceeded"),
    "access denied": Mistake("train_model", "access is denied", answer="AccessDeniedException"),
}


def run_id_of(name: str) -> str:
    return f"mistake__{name.replace(' ', '-')}"


@pytest.fixture(scope="module")
def _runs(stack: FaultyStack) -> Iterator[None]:
    """A run of each mistake, all at the same time."""
    strangers_s3(stack.aws.client("sts")).create_bucket(Bucket=STRANGERS_BUCKET)
    for name, mistake in MISTAKES.items():
        run_id, source = run_id_of(name), SOURCE
        if mistake.table is not None:
            source = f"{FOLDER}/{run_id}.csv"
            bucket, key = source.removeprefix("s3://").split("/")
            stack.aws.s3.put_object(Bucket=bucket, Key=key, Body=mistake.table.encode())
        if mistake.answer is not None:
            refusal = Errors(mistake.answer, mistake.answer, 400, 403, times=None)
            stack.injection.arm(Target(run_id, mistake.task_id, "CreateTrainingJob"), refusal)
        conf = {"data_url": source, "bucket": BUCKET, "force_retrain": True} | dict(mistake.params)
        stack.user.trigger(run_id, conf)
    yield
    for name in MISTAKES:
        stack.injection.lift(run_id_of(name))


@pytest.mark.usefixtures("_runs")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_three_lines_where_people_look_first(name: str, stack: FaultyStack) -> None:
    mistake, run_id, user = MISTAKES[name], run_id_of(name), stack.user
    run = user.wait(run_id, RUN_SECONDS)
    assert run.state == "failed"
    task = user.task(run_id, mistake.task_id)
    assert (task.state, task.try_number) == ("failed", 1)
    told = user.api.xcom(DAG_ID, run_id, mistake.task_id, "failure")
    assert run.start_date
    assert task.end_date
    seconds = (task.end_date - run.start_date).total_seconds()
    # pytest -rP shows it.
    print(f"{name}: told {seconds:.0f} s after the start of ten runs at once\n{told}")
    found, expected, to_do = told.splitlines()
    assert (found[:7], expected[:10], to_do[:7]) == ("Found: ", "Expected: ", "To do: ")
    assert mistake.found in found
    page = user.api._client.get("/model_report/run", params={"dag_id": DAG_ID, "run_id": run_id})
    shown = html.unescape(page.text)
    for line in (mistake.task_id, found.removeprefix("Found: "), to_do.removeprefix("To do: ")):
        assert line in shown
    assert Aftermath(stack.aws, run_id, BUCKET).billing() == []
