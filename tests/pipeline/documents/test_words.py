import pytest
from pydantic import ValidationError

from include.pipeline.documents.table.words import Words


def test_without_words_rows_are_acted_on() -> None:
    words = Words()
    assert (words.row, words.rows, words.positive, words.negative) == ("row", "rows", "Positive", "Negative")
    assert (words.acting, words.acted, words.an_action) == ("acting on", "acted on", "an action")
    assert (words.whom, words.everybody, words.nobody) == ("which rows", "every row", "no row")


def test_forms_follow_from_a_word_and_may_be_given() -> None:
    words = Words(row="machine", positive="Failure", act="inspect", action="inspection")
    assert (words.rows, words.negative) == ("machines", "No Failure")
    assert (words.acting, words.acted, words.an_action) == ("inspecting", "inspected", "an inspection")
    assert words.everybody == "every machine"
    given = Words(row="company", rows="companies", act="stop", acting="stopping", acted="stopped")
    assert (given.rows, given.acting, given.acted) == ("companies", "stopping", "stopped")


def test_people_are_asked_after_as_such() -> None:
    words = Words(row="customer", are_people=True)
    assert (words.whom, words.everybody, words.nobody) == ("whom", "everybody", "nobody")


@pytest.mark.parametrize("word", ["", " call", "call\nme", "<b>", "x" * 41])
def test_a_word_is_a_word(word: str) -> None:
    with pytest.raises(ValidationError):
        Words(act=word)
