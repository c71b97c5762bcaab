import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.aws.tags import RunTags, UnreadableTags
from include.pipeline.errors import OwnerError

TAGS = RunTags(
    deployment_id="dev",
    dag_id="bank_marketing",
    run_id="manual__1",
    expires=datetime(2026, 11, 24, 6, tzinfo=UTC),
    clear_number=2,
)
OF_BEFORE = RunTags(deployment_id="", dag_id="bank_marketing", run_id="manual__1", expires=TAGS.expires)


def of_run(run_id: str, deployment_id: str = "dev", dag_id: str = "bank_marketing") -> RunTags:
    return RunTags(deployment_id=deployment_id, dag_id=dag_id, run_id=run_id, expires=None)


def read_with(**changes: str | None) -> RunTags | UnreadableTags | None:
    """Read TAGS with some of them changed, or gone."""
    written = {tag["Key"]: tag["Value"] for tag in TAGS.to_aws()}
    written |= {f"airflow:{name}": value for name, value in changes.items() if value is not None}
    for name in (name for name, value in changes.items() if value is None):
        del written[f"airflow:{name}"]
    return RunTags.from_aws({"Key": key, "Value": value} for key, value in written.items())


@pytest.mark.parametrize("tags", [TAGS, OF_BEFORE], ids=["of a deployment", "of a version before"])
def test_they_are_read_as_they_were_written(tags: RunTags) -> None:
    assert RunTags.from_aws(tags.to_aws()) == tags
    kept = tags.model_copy(update={"expires": None})
    assert RunTags.from_aws(kept.to_aws()) == kept


def test_an_expiry_is_written_in_utc() -> None:
    here = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=2)))
    assert TAGS.model_copy(update={"expires": here}).to_aws() == TAGS.to_aws()


def test_what_another_project_made_has_none() -> None:
    assert RunTags.from_aws([]) is None
    assert RunTags.from_aws([{"Key": "airflow:project", "Value": "another"}]) is None


def test_a_tag_of_somebody_elses_namespace_is_not_taken_for_its_own() -> None:
    foreign = [{"Key": "project", "Value": "churn"}, {"Key": "expires", "Value": "soon"}]
    assert RunTags.from_aws([*TAGS.to_aws(), *foreign]) == TAGS


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_any_run_can_be_written_and_known_again(dag_id: str, run_id: str) -> None:
    tags = of_run(run_id, dag_id=dag_id)
    written = tags.to_aws()
    assert all(re.fullmatch(r"[\w .:/=+\-@]{0,256}", tag["Value"]) for tag in written)
    read = RunTags.from_aws(written)
    assert tags.is_same_run(read)
    assert isinstance(read, RunTags)
    assert read.tells_its_run == ((read.dag_id, read.run_id) == (dag_id, run_id))


def test_what_a_run_made_before_it_was_cleared_is_its_own_all_the_same() -> None:
    assert TAGS.is_same_run(TAGS.model_copy(update={"clear_number": 1}))


def test_another_run_is_not_the_same() -> None:
    assert not TAGS.is_same_run(of_run("manual__2"))
    assert not TAGS.is_same_run(None)


def test_the_run_of_the_same_name_in_another_airflow_is_not_the_same() -> None:
    assert TAGS.is_same_run(of_run(TAGS.run_id, "dev"))
    for other in ("prod", ""):
        assert not TAGS.is_same_run(RunTags.from_aws(of_run(TAGS.run_id, other).to_aws()))
        assert not of_run(TAGS.run_id, other).is_same_run(RunTags.from_aws(TAGS.to_aws()))


@pytest.mark.parametrize(
    ("one", "other"),
    [("a(b", "a)b"), ("a(b", "a_b"), ("x" * 256 + "1", "x" * 256 + "2"), ("a\u2028b", "a\u2029b")],
)
def test_runs_are_told_apart_by_what_a_tag_does_not_hold(one: str, other: str) -> None:
    found = RunTags.from_aws(of_run(other).to_aws())
    assert not of_run(one).is_same_run(found)
    assert of_run(other).is_same_run(found)


def test_a_run_that_a_tag_does_not_hold_is_not_taken_for_the_one_whose_id_is_there() -> None:
    found = RunTags.from_aws(of_run("a(b").to_aws())
    assert isinstance(found, RunTags)
    assert (found.run_id, found.tells_its_run) == ("a_b", False)
    assert not found.is_same_run(of_run("a_b"))


def test_a_version_without_deployments_does_not_tell_which_characters_its_run_had() -> None:
    assert not OF_BEFORE.tells_its_run


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expires": None}, "the tag airflow:expires is not there: it holds never, or a moment with"),
        ({"expires": ""}, "airflow:expires is ''"),
        ({"expires": "soon"}, "airflow:expires is 'soon'"),
        ({"expires": "2026-13-45T00:00:00+00:00"}, "airflow:expires is '2026-13-45"),
        ({"expires": "2026-11-24"}, "with its time zone"),
        ({"expires": "2026-11-24T06:00:00"}, "with its time zone"),
        ({"expires": "0001-01-01T00:00:00+14:00"}, "airflow:expires is '0001"),
        ({"expires": "\u0662\u0660\u0662\u0666"}, "airflow:expires is"),
        ({"expires": "9" * 256}, "airflow:expires is '999"),
        ({"dag_id": None}, "the tag airflow:dag_id is not there: it holds a DAG's id"),
        ({"run_id": ""}, "airflow:run_id is ''"),
        ({"clear_number": "often"}, "airflow:clear_number is 'often'"),
        ({"clear_number": "-1"}, "airflow:clear_number is '-1'"),
        ({"clear_number": "1_0"}, "airflow:clear_number is '1_0'"),
        ({"clear_number": "\u0663"}, "airflow:clear_number is"),
        ({"clear_number": "1" * 256}, "airflow:clear_number is '111"),
        ({"deployment_id": ""}, "airflow:deployment_id is ''"),
        ({"deployment_id": "../prod"}, "it holds 1 to 16 lower-case letters and digits"),
        ({"deployment_id": "d\u00e9v"}, "airflow:deployment_id is"),
        ({"deployment_id": None}, "airflow:deployment_id is not there"),
        ({"run_digest": None}, "airflow:run_digest is not there: it holds 64 hex digits"),
        ({"run_digest": "0" * 256}, "airflow:run_digest is '000"),
    ],
)
def test_tags_that_cannot_be_read_are_nobodys_and_say_why(changes: dict[str, str | None], fault: str) -> None:
    found = read_with(**changes)
    assert isinstance(found, UnreadableTags)
    assert fault in str(found)
    assert not TAGS.is_same_run(found)


def test_a_request_needs_tags_that_can_be_read() -> None:
    assert RunTags.of_request({"Tags": TAGS.to_aws()}) == TAGS
    with pytest.raises(OwnerError, match="EndpointName has no tags of a run\nExpected: what"):
        RunTags.of_request({"EndpointName": "x"})
    spoilt = [{**tag, "Value": "soon"} if tag["Key"] == "airflow:expires" else tag for tag in TAGS.to_aws()]
    with pytest.raises(OwnerError, match="has no tags of a run that can be read: the tag airflow:expires"):
        RunTags.of_request({"Tags": spoilt})
