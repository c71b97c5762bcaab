"""What a browser makes of the pages, and where they are."""

from html.parser import HTMLParser

import httpx

from tests.plugins.model_report.pipeline_runs import PipelineRun

RUN = "/model_report/run"
ALONE = "/model_report/report"
"""The report of a run, without the frame around it."""
TASKS = "/model_report/tasks"
LOG = "/model_report/log"
PREDICTIONS = "/model_report/predictions"
AGAINST = "/model_report/against"
MODELS = "/model_report/models"
COMPARE = "/model_report/compare"
REPORT = "<!doctype html><title>A report</title><h1>It is all here</h1><script>alert(1)</script>"
HOSTILE = """"><script>alert(1)</script>&'{{ 7*7 }}/<img src=x onerror=alert(1)>"""


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.text += f" {data}"

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def assert_nothing_executes(self) -> None:
        assert {tag for tag, _ in self.tags}.isdisjoint({"script", "img", "iframe", "object", "base"})
        assert not [name for _, attributes in self.tags for name in attributes if name.startswith("on")]


def side_by_side(first: PipelineRun, second: PipelineRun) -> dict[str, str]:
    return {
        "first": f"{first.dag_id}/{first.run_id}",
        "second": f"{second.dag_id}/{second.run_id}",
    }
