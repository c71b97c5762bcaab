"""A run's report: made of what the run's steps stored on S3, and stored beside it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from include.pipeline.aws.object_store import read_object, split_uri, write_object
from include.pipeline.evaluation.evaluate import read_evaluation
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.report.contents import ReportContents
from include.pipeline.report.endpoint_call import LONGEST_ROW, features_of, first_row
from include.pipeline.report.page import render_report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan


def write_report(
    s3: "S3Client",
    plan: "RunPlan",
    manifest: "RunManifest",
    deployed: "tuple[Deployed, ...]",
    kept_beside: tuple[str, ...] = (),
) -> str:
    """Draw the report of a run that has been evaluated.

    Args:
        s3: Holds metrics.json and predictions.csv, gets report.html.
        plan: The run.
        manifest: The run's manifest.
        deployed: The run's endpoint, endpoint configuration and model.
        kept_beside: Endpoints that other runs were asked to keep, a line each.

    Returns:
        The report's URI.

    Raises:
        DocumentError: What the evaluation stored cannot be read.
    """
    places = plan.locations
    labels, scores = read_predictions(
        read_object(s3, places.predictions), places.predictions, plan.table.kind, manifest.split.classes
    )
    report = render_report(
        ReportContents(
            plan=plan,
            raw=manifest.raw,
            split=manifest.split,
            training=manifest.training,
            evaluation=read_evaluation(s3, plan),
            missed=manifest.missed,
            labels=labels,
            scores=scores,
            deployed=deployed,
            reused_from=manifest.reused_from,
            written=datetime.now(UTC),
            example_row=_example_row(s3, plan, manifest) if plan.keep_endpoint else None,
            contest=manifest.contest,
            tuning=manifest.tuning,
            kept_beside=kept_beside,
        )
    )
    write_object(s3, places.report, report.encode(), "text/html; charset=utf-8")
    return places.report


def _example_row(s3: "S3Client", plan: "RunPlan", manifest: "RunManifest") -> str | None:
    if not plan.table.shows_rows:
        return None
    bucket, key = split_uri(features_of(manifest, plan.bucket))
    try:
        beginning = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{LONGEST_ROW - 1}")["Body"].read()
    except s3.exceptions.NoSuchKey:
        # The run that made the model has deleted its data.
        return None
    return first_row(beginning)
