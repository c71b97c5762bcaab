"""What people are told, and by what: local AWS's SNS, a mail server and a webhook take the messages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from tests.aws.clients import Aws
from tests.aws.topics import Topic, make_topic
from tests.operators.dag.notices.told import RUN_ID, Instance, end, parsed
from tests.services.mail_server import MailServer, mail_server
from tests.services.slack_webhook import slack_webhook

pytestmark = pytest.mark.slow

RUN = f"/dags/churn/runs/{RUN_ID.replace(':', '%3A').replace('+', '%2B')}"
FAILURE = "Found: the job ended as Failed\nExpected: it is Completed\nTo do: Read its log"
DONE: dict[str, str | None] = {"train_model": "success", "check_quality": "success"}


@pytest.fixture(scope="module")
def topic(aws: Aws) -> Topic:
    return make_topic(aws.client, "models")


@pytest.fixture(autouse=True)
def _nothing_of_before(topic: Topic) -> None:
    topic.messages()


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", server.connection)
        yield server


@pytest.fixture
def dag(topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DAG:
    notify = [{"sns": topic.arn}]
    return parsed(tmp_path, monkeypatch, "model_pipelines.py", notify=notify)["churn"]


def test_a_failed_run_is_told_once_with_cause_and_link_to_a_topic_and_by_mail(
    topic: Topic, mail: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify = [{"sns": topic.arn}, {"email": ["ana@example.com", "luis@example.com"]}]
    dag = parsed(tmp_path, monkeypatch, "model_pipelines.py", notify=notify)["churn"]
    states = {"train_model": "failed", "check_quality": "upstream_failed", "delete_endpoint": "failed"}
    failure = {("train_model", "failure"): FAILURE}
    # The task that fails says nothing: the last one does.
    end(dag, "train_model", ValueError("of a library"), states=states, xcoms=failure)
    end(dag, "verify_teardown", states=states, xcoms=failure)
    (published,) = topic.messages()
    assert published["Subject"] == "churn: train_model failed"
    assert published["Message"].startswith(f"Run {RUN_ID}\n{FAILURE}\n\n")
    assert published["Message"].endswith(f"{RUN}/plugin/model_report")
    (message,) = mail.messages
    assert (message["To"], message["From"]) == ("ana@example.com, luis@example.com", "airflow@example.com")
    assert message["Subject"] == published["Subject"]
    body = message.get_body()
    assert body is not None
    assert FAILURE in body.get_content()
    assert f'{RUN}/plugin/model_report">' in body.get_content()


def test_a_channel_of_slack_is_told_as_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify = [{"slack": "slack_models"}]
    dag = parsed(tmp_path, monkeypatch, "model_pipelines.py", notify=notify)["churn"]
    failure = {("train_model", "failure"): "Found: 3 < 5 & <!channel>\nTo do: Read its log"}
    with slack_webhook() as slack:
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_MODELS", slack.connection)
        end(dag, "verify_teardown", states=DONE | {"train_model": "failed"}, xcoms=failure)
    (message,) = slack.messages
    subject, *lines, link = message["text"].splitlines()
    assert subject == "*churn: train_model failed*"
    # Slack would take what stands in <> for a link, or call everybody.
    told = [f"```Run {RUN_ID}", "Found: 3 &lt; 5 &amp; &lt;!channel&gt;", "To do: Read its log```"]
    assert lines == told
    assert link.endswith(f"{RUN}/plugin/model_report")


def test_a_model_that_did_not_pass_is_told_with_its_figure_and_how_the_data_changed(
    topic: Topic, dag: DAG
) -> None:
    told = {
        ("check_quality", "summary"): "ROC AUC 0.612, failed, bank.csv, sha256 10eaf0...",
        ("check_quality", "changes"): ["the share of the label: 11 % to 39 %"],
        ("check_quality", "failure"): FAILURE,
    }
    end(dag, "verify_teardown", states=DONE | {"check_quality": "failed"}, xcoms=told)
    (published,) = topic.messages()
    assert published["Subject"] == "churn: the model did not pass the gate"
    for part in ("ROC AUC 0.612", FAILURE, "11 % to 39 %"):
        assert part in published["Message"]


def test_a_run_that_ended_by_hand_or_whose_last_task_was_lost_is_told(topic: Topic, dag: DAG) -> None:
    states = DONE | {"check_quality": None}
    end(dag, "verify_teardown", AirflowFailException("The run was ended by hand"), states=states)
    end(dag, "verify_teardown", states=DONE | {"verify_teardown": "failed"})
    end(dag, "verify_teardown", states={"check_quality": "upstream_failed"})
    by_hand, lost, stuck = topic.messages()
    assert by_hand["Subject"] == lost["Subject"] == "churn: verify_teardown failed"
    assert stuck["Subject"] == "churn: check_quality failed"
    assert "The run was ended by hand" in by_hand["Message"]
    assert f"{RUN}/tasks/verify_teardown" in lost["Message"]


def test_a_good_run_is_silent_unless_the_data_has_changed(topic: Topic, dag: DAG) -> None:
    told: dict[tuple[str, str], Any] = {
        ("check_quality", "summary"): "ROC AUC 0.763, passed, bank.csv",
        ("check_quality", "changes"): [],
    }
    end(dag, "verify_teardown", states=DONE, xcoms=told)
    # What was told before the run was cleared is not told again.
    told["check_quality", "changes"] = ["the share of the label: 11 % to 39 %"]
    end(dag, "verify_teardown", states=DONE | {"check_quality": "skipped"}, xcoms=told)
    assert topic.messages() == []
    end(dag, "verify_teardown", states=DONE, xcoms=told)
    (published,) = topic.messages()
    assert published["Subject"] == "churn: the data has changed"
    assert "ROC AUC 0.763, passed" in published["Message"]
    assert "11 % to 39 %" in published["Message"]


def test_a_message_quotes_no_library_and_is_no_template(topic: Topic, dag: DAG) -> None:
    states = DONE | {"split_data": "failed"}
    end(dag, "verify_teardown", states=states)
    end(dag, "verify_teardown", ValueError("password = hunter2"), states=DONE)
    quoted = {("split_data", "failure"): "Found: {{ var.value.secret }} <b> in a cell"}
    end(dag, "verify_teardown", states=states, xcoms=quoted)
    unknown, of_a_library, template = [published["Message"] for published in topic.messages()]
    assert f"{RUN}/tasks/split_data" in unknown
    assert "hunter2" not in of_a_library
    assert "{{ var.value.secret }} <b>" in template


def test_a_receiver_that_cannot_be_reached_harms_neither_the_task_nor_the_others(
    topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = MailServer(port=1).connection
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", nowhere)
    notify = [
        {"sns": f"{topic.arn}-of-nobody"},
        {"email": ["ana@example.com"]},
        {"email": ["ana@example.com"], "connection": "no_such_connection"},
        {"slack": "no_such_channel"},
        {"sns": topic.arn, "events": ["promotion"]},
        {"sns": topic.arn},
    ]
    dag = parsed(tmp_path, monkeypatch, "model_pipelines.py", notify=notify)["churn"]
    end(dag, "verify_teardown", states=DONE | {"train_model": "failed"})
    assert len(topic.messages()) == 1
    log = capfd.readouterr().out
    assert log.count(f"Not told: {topic.arn}-of-nobody") == 1
    assert log.count("Not told: ana@example.com") == 2
    assert log.count("Not told: no_such_channel") == 1


def test_a_promotion_and_the_way_back_are_told_with_their_figures(
    topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dags = parsed(tmp_path, monkeypatch, "champion_serving.py", serve={}, notify=[{"sns": topic.arn}])
    served = {"endpoint": "test-churn-champion", "version": "v2", "model": "run 2", "before": "v1"}
    served |= {"reason": "ROC AUC 0.780, 0.763 of run 1", "summary": "ROC AUC 0.780, passed, bank.csv"}
    end(dags["churn_serve"], "promote_model", xcoms={("promote_model", "return_value"): served})
    back = served | {"version": "v1", "model": "run 1", "before": None, "reason": None}
    end(dags["churn_rollback"], "roll_back_model", xcoms={("roll_back_model", "return_value"): back})
    alarm = {("promote_model", "failure"): "Found: an alarm has tripped"}
    end(dags["churn_serve"], "promote_model", ValueError(), xcoms=alarm)
    promoted, taken_back, failed = topic.messages()
    assert promoted["Subject"] == "churn_serve: a new model serves"
    for part in ("test-churn-champion", "run 2", "0.780, 0.763 of run 1", "passed, bank.csv", "Before: v1"):
        assert part in promoted["Message"]
    assert taken_back["Subject"] == "churn_rollback: an earlier model serves again"
    assert "run 1" in taken_back["Message"]
    assert failed["Subject"] == "churn_serve: promote_model failed"
    assert "an alarm has tripped" in failed["Message"]


def test_whoever_is_to_decide_is_told_before_the_task_waits(
    topic: Topic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = {"registry": {"approval": "by a person"}, "notify": [{"sns": topic.arn}]}
    dag = parsed(tmp_path, monkeypatch, "model_registration.py", **sections)["churn_registry"]
    task: Any = dag.get_task("approve_model")
    registered = {"version": 3, "side_by_side": "| roc_auc | 0.780 | 0.763 |"}
    instance = Instance(
        "approve_model", xcoms={("register_model", "return_value"): registered}, dag_id=dag.dag_id
    )
    (notifier,) = task.notifiers
    notifier({"ti": instance, "task_instance": instance, "dag": dag, "run_id": RUN_ID, "task": task})
    (published,) = topic.messages()
    assert published["Subject"] == "churn_registry: version 3 waits for approval"
    assert "| roc_auc | 0.780 | 0.763 |" in published["Message"]
    assert "7 days" in published["Message"]
    run = RUN.replace("churn", "churn_registry")
    assert published["Message"].endswith(f"\n{run}/tasks/approve_model/required_actions")


def test_without_notify_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task: Any = parsed(tmp_path, monkeypatch, "model_pipelines.py")["churn"].get_task("verify_teardown")
    assert (len(task.on_failure_callback), len(task.on_success_callback)) == (1, 0)
