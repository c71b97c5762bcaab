"""The page of a run that went well, drawn once."""

import pytest

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import contents_of
from tests.pipeline.report.page_reader import Page


@pytest.fixture(scope="session")
def page() -> Page:
    return Page.read(render_report(contents_of()))
