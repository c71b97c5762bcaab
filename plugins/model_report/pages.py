"""HTML answers: templates that escape all text of a run, and headers that forbid every script."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from include.pipeline.figures.interval import Interval
from include.pipeline.report import formats
from include.pipeline.report.downloads import with_downloads

_FOLDER = Path(__file__).resolve().parent / "templates"
# No script at all; only Airflow's own pages may frame it.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
# The report is a file from S3. The sandbox gives it an origin of its own, from which it cannot reach Airflow.
# Its tables and plots are saved as files.
_REPORT_POLICY = f"{_POLICY}; sandbox allow-downloads"
_EMPTY = "–"  # noqa: RUF001 - the dash of an empty cell
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Run ids are part of the address.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page(template: str, status: int = HTTPStatus.OK, /, **values: Any) -> HTMLResponse:
    """Render a template of `templates/`.

    Args:
        template: Name of the template, without `.html`.
        status: HTTP status of the answer.
        values: What the template shows. Strings are escaped.
    """
    body = _environment.get_template(f"{template}.html").render(**values)
    return HTMLResponse(with_downloads(body), status, {**_HEADERS, "Content-Security-Policy": _POLICY})


def message(status: int, title: str, text: str) -> HTMLResponse:
    """Answer with a heading and a few sentences."""
    return page("message", status, title=title, text=text)


def report(body: bytes) -> HTMLResponse:
    """Answer with a run's report.html as it is."""
    return HTMLResponse(body, headers={**_HEADERS, "Content-Security-Policy": _REPORT_POLICY})


def saved(body: bytes, name: str, media_type: str) -> Response:
    """Answer with a file that a browser saves, and does not show."""
    disposition = f'attachment; filename="{name}"'
    return Response(body, media_type=media_type, headers={**_HEADERS, "Content-Disposition": disposition})


def _figure(value: float | None, is_money: bool = False) -> str:
    if value is None:
        return _EMPTY
    return formats.money(value) if is_money else formats.figure(value)


def _signed(value: float | None, is_money: bool = False) -> str:
    if value is None:
        return _EMPTY
    if not is_money:
        return formats.difference(value)
    told = formats.money(value)
    return f"+{told}" if value > 0 and told != "0" else told


def _interval(interval: Interval | None, is_money: bool = False, signed: bool = False) -> str:
    if interval is None:
        return _EMPTY
    low, high = ((_signed if signed else _figure)(end, is_money) for end in (interval.low, interval.high))
    return f"{low} to {high}"


def _query(values: Mapping[str, Any]) -> str:
    return urlencode(values)


def _quoted(text: str) -> str:
    return quote(text, safe="")


_environment = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {
    "count": formats.count,
    "rows": formats.rows,
    "percent": formats.percent,
    "moment": formats.moment,
    "threshold": formats.threshold,
    "figure": _figure,
    "signed": _signed,
    "interval": _interval,
    "query": _query,
    "quoted": _quoted,
}
