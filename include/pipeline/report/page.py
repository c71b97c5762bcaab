"""report.html: its sections, rendered into one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from include.pipeline.figures.few_rows import is_few
from include.pipeline.report.formats import FILTERS, printable
from include.pipeline.report.sections import (
    calibration,
    confusion_matrix,
    deployment,
    drift,
    features,
    groups,
    metrics,
    order,
    overview,
    ranking,
    run,
    threshold,
    training,
    use,
    whom_to_call,
)

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents


class _Section(Protocol):
    """A module of `sections/`."""

    __name__: str

    def gather(self, contents: "ReportContents") -> object:
        """Gather what the template of the same name shows, as `section`."""


_SECTIONS: tuple[_Section, ...] = (
    overview,
    use,
    metrics,
    order,
    confusion_matrix,
    whom_to_call,
    threshold,
    ranking,
    calibration,
    groups,
    features,
    training,
    drift,
    run,
    deployment,
)
_HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    finalize=printable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= FILTERS
"""Templates escape what they show."""


def render_report(contents: "ReportContents") -> str:
    """Write the report: one HTML file that loads nothing and runs no script.

    All text of the run is escaped. The same contents give the same page.

    Args:
        contents: What the report shows.

    Returns:
        The page, to be kept as UTF-8.
    """
    return TEMPLATES.get_template("page.html.jinja").render(
        styles=styles(),
        contents=contents,
        sections=[_render(section, contents) for section in _SECTIONS],
    )


def styles() -> Markup:
    """Read the style sheet of all pages."""
    return Markup((_HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - the project's own


def _render(section: _Section, contents: "ReportContents") -> Markup:
    name = section.__name__.rpartition(".")[2]
    html = TEMPLATES.get_template(f"sections/{name}.html.jinja").render(
        section=section.gather(contents),
        few_shown=contents.few_rows_shown,
        is_few=is_few,
        words=contents.plan.words,
    )
    return Markup(html)  # noqa: S704 - the template escaped what it shows
