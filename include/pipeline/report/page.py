"""report.html: its sections, rendered into one page."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from include.pipeline.figures.few_rows import is_few
from include.pipeline.report.downloads import with_downloads
from include.pipeline.report.formats import FILTERS, printable
from include.pipeline.report.sections import (
    contenders,
    deployment,
    drift,
    features,
    run,
    training,
    trials,
    use,
)
from include.pipeline.report.sections.binary import (
    calibration,
    confusion_matrix,
    groups,
    metrics,
    order,
    overview,
    ranking,
    threshold,
    whom_to_call,
)
from include.pipeline.report.sections.other_kinds import classes, residuals
from include.pipeline.report.sections.other_kinds import metrics as plain_metrics
from include.pipeline.report.sections.other_kinds import overview as plain_overview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from include.pipeline.report.contents import ReportContents
    from include.pipeline.values.params import LabelKind


class _Section(Protocol):
    """A module of `sections/`."""

    __name__: str

    def gather(self, contents: "ReportContents") -> object:
        """Gather what the template of the same name shows, as `section`."""


_OF_ALL: tuple[_Section, ...] = (features, training, drift, run, deployment)
_SECTIONS: "Mapping[LabelKind, tuple[_Section, ...]]" = {
    "binary": (
        overview,
        use,
        metrics,
        contenders,
        trials,
        order,
        confusion_matrix,
        whom_to_call,
        threshold,
        ranking,
        calibration,
        groups,
        *_OF_ALL,
    ),
    "multiclass": (plain_overview, use, plain_metrics, contenders, trials, classes, *_OF_ALL),
    "regression": (plain_overview, use, plain_metrics, contenders, trials, residuals, *_OF_ALL),
}
"""What a report on each kind of label shows, from its top down."""
_HEADING = re.compile(r"<section>\s*<h2>")
_CHAPTER = re.compile(r'<h2 id="(?P<place>part-[0-9]+)">(?P<title>[^<]*)</h2>')
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
    kind = contents.evaluation.kind
    is_there = {contenders.__name__: contents.contest, trials.__name__: contents.tuning}
    shown = [section for section in _SECTIONS[kind] if is_there.get(section.__name__, section)]
    sections = [_render(section, contents, f"part-{number}") for number, section in enumerate(shown, 1)]
    page = TEMPLATES.get_template("page.html.jinja").render(
        styles=styles(),
        contents=contents,
        sections=sections,
        chapters=[found.groupdict() for section in sections if (found := _CHAPTER.search(section))],
    )
    return with_downloads(page)


def styles() -> Markup:
    """Read the style sheet of all pages."""
    return Markup((_HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - the project's own


def _render(section: _Section, contents: "ReportContents", place: str) -> Markup:
    name = section.__name__.partition(".sections.")[2].replace(".", "/")
    html = TEMPLATES.get_template(f"sections/{name}.html.jinja").render(
        section=section.gather(contents),
        few_shown=contents.few_rows_shown,
        is_few=is_few,
        words=contents.plan.words,
    )
    # The first heading is where the table of contents leads to.
    named = _HEADING.sub(f'<section>\n<h2 id="{place}">', html, count=1)
    return Markup(named)  # noqa: S704 - the template escaped what it shows
