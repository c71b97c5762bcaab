import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.aws.tags import RunTags

TAGS = RunTags(
    dag_id="bank_marketing",
    run_id="manual__1",
    expires=datetime(2026, 11, 24, 6, tzinfo=UTC),
    clear_number=2,
)


def test_they_are_read_as_they_were_written() -> None:
    assert RunTags.from_aws(TAGS.to_aws()) == TAGS
    kept = TAGS.model_copy(update={"expires": None})
    assert RunTags.from_aws(kept.to_aws()) == kept


def test_an_expiry_is_written_in_utc() -> None:
    here = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=2)))
    assert TAGS.model_copy(update={"expires": here}).to_aws() == TAGS.to_aws()


def test_what_another_project_made_has_none() -> None:
    assert RunTags.from_aws([]) is None
    assert RunTags.from_aws([{"Key": "airflow:project", "Value": "another"}]) is None


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_run_can_be_written_and_known_again(dag_id: str, run_id: str) -> None:
    tags = RunTags(dag_id=dag_id, run_id=run_id, expires=None)
    written = tags.to_aws()
    assert all(re.fullmatch(r"[\w .:/=+\-@]{0,256}", tag["Value"]) for tag in written)
    assert tags.is_same_run(RunTags.from_aws(written))


def test_what_a_run_made_before_it_was_cleared_is_its_own_all_the_same() -> None:
    assert TAGS.is_same_run(TAGS.model_copy(update={"clear_number": 1}))


def test_another_run_is_not_the_same() -> None:
    assert not TAGS.is_same_run(TAGS.model_copy(update={"run_id": "manual__2"}))
    assert not TAGS.is_same_run(None)
