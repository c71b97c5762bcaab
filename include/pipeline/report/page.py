"""report.html, put together."""

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from include.pipeline.report import curves, model_plots, tables
from include.pipeline.report.drift_section import drift_section
from include.pipeline.report.facts import deployment_rows, facts
from include.pipeline.report.formats import FILTERS, printable

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    finalize=printable,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= FILTERS


def render_report(contents: "ReportContents") -> str:
    """Write the report: one HTML file that needs nothing else, and runs nothing.

    All that comes with the run is escaped. The same contents give the same page.

    Args:
        contents: What it tells.

    Returns:
        The page, to be kept as UTF-8.
    """
    evaluation, params = contents.evaluation, contents.plan.params
    rows = contents.labels, contents.scores
    in_force = tables.threshold_in_force(evaluation, params)
    reach = tables.reach(evaluation.deciles)
    calibration = curves.calibration_points(*rows)
    return _TEMPLATES.get_template("page.html.jinja").render(
        styles=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - the project's own
        contents=contents,
        evaluation=evaluation,
        params=params,
        metrics=tables.metric_rows(evaluation),
        confusion=tables.confusion_rows(evaluation.confusion_matrix),
        in_force=in_force,
        thresholds=tables.threshold_rows(evaluation, params),
        reach=reach,
        calibration=calibration,
        drift=drift_section(evaluation.drift, contents.plan.drift),
        facts=facts(contents),
        deployed=deployment_rows(contents),
        most_features=model_plots.MOST_FEATURES,
        plots={
            "roc": curves.roc_plot(evaluation, *rows),
            "precision_recall": curves.precision_recall_plot(evaluation, *rows),
            "calibration": curves.calibration_plot(calibration, evaluation.brier_score),
            "gain": curves.gain_plot(evaluation, called=reach.called, reached=reach.reached),
            "thresholds": curves.threshold_plot(evaluation),
            "profit": curves.profit_plot(evaluation, in_force=in_force.profit),
            "features": _feature_plots(contents),
            "training": model_plots.training_plots(evaluation.training_curve),
        },
    )


def _feature_plots(contents: "ReportContents") -> list[Markup]:
    features = contents.evaluation.features
    if not features:
        return []
    contributions = [feature.mean_abs_contribution for feature in features]
    gains = [feature.gain for feature in features]
    return [
        model_plots.features_plot(
            features, contributions, name="contributions", measure="Mean |SHAP| in log-odds"
        ),
        model_plots.features_plot(features, gains, name="gains", measure="Mean gain of the splits"),
    ]
