import dataclasses

import pytest

from include.pipeline.documents.config import ModelCard
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.use import UnknownFeature, gather
from tests.pipeline.report.example import CONFIG, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

CARD = ModelCard(use="Whom to call.", limits="Not for <b>credit</b>.", not_known=("pdays", "duration"))
CONTENTS = contents_of()
WITH_CARD = dataclasses.replace(CONTENTS, plan=CONTENTS.plan.model_copy(update={"card": CARD}))


def test_what_is_not_known_is_told_of_the_columns_that_the_model_has() -> None:
    assert gather(WITH_CARD).not_known == [UnknownFeature("pdays", 1)]
    unexplained = dataclasses.replace(WITH_CARD, evaluation=evaluation_of(features=()))
    assert gather(unexplained).not_known == [UnknownFeature("pdays", None)]


@pytest.mark.slow
def test_the_card_stands_on_the_page() -> None:
    page = Page.read(render_report(WITH_CARD))
    assert "Whom to call. Not for <b>credit</b>." in " ".join(page.text.split())
    assert "Not known yet when a score is needed: pdays (number 1 of 3 columns by contribution)." in page.text


@pytest.mark.slow
def test_without_a_card_there_is_no_section(page: Page) -> None:
    assert "Use and limits" not in page.text


def test_the_bundled_pipeline_has_one() -> None:
    assert CONFIG.card is not None
    assert CONFIG.card.not_known == ("campaign",)
