"""A run's report: made of what the run's steps stored on S3, and stored beside it."""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.evaluation.evaluate import read_evaluation
from include.pipeline.report.contents import ReportContents
from include.pipeline.report.page import render_report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan


def write_report(
    s3: "S3Client", plan: "RunPlan", manifest: "RunManifest", deployed: "tuple[Deployed, ...]"
) -> str:
    """Draw the report of a run that has been evaluated.

    Args:
        s3: Holds metrics.json and predictions.csv, gets report.html.
        plan: The run.
        manifest: The run's manifest.
        deployed: The run's endpoint, endpoint configuration and model.

    Returns:
        The report's URI.
    """
    places = plan.locations
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    report = render_report(
        ReportContents(
            plan=plan,
            raw=manifest.raw,
            split=manifest.split,
            training=manifest.training,
            evaluation=read_evaluation(s3, plan),
            missed=manifest.missed,
            labels=predictions["label"].to_numpy(),
            scores=predictions["score"].to_numpy(),
            deployed=deployed,
            reused_from=manifest.reused_from,
            written=datetime.now(UTC),
        )
    )
    write_object(s3, places.report, report.encode(), "text/html; charset=utf-8")
    return places.report
