import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.aws.deployment_id import check_deployment_id, new_deployment_id, run_digest
from include.pipeline.errors import ParamError

IDS = st.text(max_size=20)


def test_a_new_id_is_valid_and_another_each_time() -> None:
    made = {new_deployment_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(check_deployment_id(each) == each for each in made)


@pytest.mark.parametrize("good", ["prod", "1", "a" * 16, "20261126"])
def test_an_administrator_may_choose_one(good: str) -> None:
    assert check_deployment_id(good) == good


@pytest.mark.parametrize(
    "bad", ["", "Prod", "eu-prod", "a" * 17, "pr/od", "..", "prod ", "prod\n", "d\u00e9v"]
)
def test_one_that_names_and_tags_do_not_hold_is_refused(bad: str) -> None:
    with pytest.raises(ParamError, match="has 1 to 16 lower-case letters and digits"):
        check_deployment_id(bad)


@given(st.tuples(IDS, IDS, IDS), st.tuples(IDS, IDS, IDS))
def test_no_two_runs_have_the_same_digest(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (run_digest(*one) == run_digest(*other)) == (one == other)


def test_what_one_id_ends_with_is_not_what_the_next_begins_with() -> None:
    assert run_digest("a", "b\0c", "d") != run_digest("a", "b", "c\0d")
    assert run_digest("a", "bc", "d") != run_digest("ab", "c", "d")
