from docs.params_page import PAGE, page
from include.pipeline.documents.params import RunParams


def test_the_page_of_the_params_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


def test_each_param_has_a_section_with_what_the_form_says_of_it() -> None:
    sections = page().split("\n## ")[1:]
    assert [section.split("`")[1] for section in sections] == list(RunParams.model_fields)
    for section, field in zip(sections, RunParams.model_fields.values(), strict=True):
        assert field.title
        assert field.description
        assert f"In the form: {field.title}" in section
        assert field.description in section


def test_bounds_and_choices_are_told_in_words() -> None:
    takes = {
        section.split("`")[1]: section.partition("- Takes: ")[2].partition("\n")[0]
        for section in page().split("\n## ")[1:]
    }
    assert takes["train_fraction"] == "a number, above 0 and below 1"
    assert takes["max_roc_auc_drop"] == "a number, at least 0 and at most 1, or none"
    assert takes["keep_endpoint"] == "`true` or `false`"
    assert takes["bucket"] == "text, or none"
