"""The endpoints that runs were asked to keep, for the page of all models."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from include.pipeline.aws.object_store import split_uri
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.table.config import PlannedTable
from include.pipeline.documents.training.algorithm import algorithm_of
from include.pipeline.report.endpoint_call import (
    LONGEST_ROW,
    EndpointCall,
    endpoint_call,
    features_of,
    first_row,
)
from include.pipeline.teardown.kept import KeptEndpoint, kept_endpoints, sum_up
from plugins.model_report.clients import UnreadableError, client_of, unreadable
from plugins.model_report.results import Results
from plugins.model_report.runs import Run, find_run


@dataclass(frozen=True)
class KeptRow:
    """One that is kept."""

    endpoint: KeptEndpoint
    is_known: bool
    """Whether Airflow still has its run."""
    call: EndpointCall | None
    """How it is asked and deleted; None where what its run stored does not say."""


@dataclass(frozen=True)
class Kept:
    """All that are kept, or why that is not known."""

    rows: tuple[KeptRow, ...] = ()
    fault: str | None = None

    @property
    def total(self) -> str:
        """How many, and what they cost a day."""
        return sum_up([row.endpoint for row in self.rows])


def list_kept(results: Results, may_read: Callable[[str], bool]) -> Kept:
    """List what the runs of this Airflow were asked to keep.

    Args:
        results: Reads what the runs stored.
        may_read: Takes a DAG's id, and returns whether who asks may see its runs.
    """
    if not results.deployment_id:
        return Kept()
    try:
        kept = kept_endpoints(client_of("sagemaker"), results.deployment_id)
    except (BotoCoreError, ClientError) as error:
        return Kept(fault=unreadable("The list of endpoints on SageMaker", error).what)
    except UnreadableError as error:
        return Kept(fault=error.what)
    return Kept(tuple(_row(results, each) for each in kept if may_read(each.run.dag_id)))


def _row(results: Results, endpoint: KeptEndpoint) -> KeptRow:
    run = find_run(endpoint.run.dag_id, endpoint.run.run_id) if endpoint.run.tells_its_run else None
    try:
        call = _call(results, run, endpoint.name) if run else None
    except UnreadableError:
        # The list is worth more than the call: what can be deleted can be seen.
        call = None
    return KeptRow(endpoint, run is not None, call)


def _call(results: Results, run: Run, endpoint: str) -> EndpointCall | None:
    manifest = results.document(run, "manifest", RunManifest)
    if manifest is None:
        return None
    plan = results.document(run, "plan", PlannedTable)
    features = None
    if plan is not None and plan.table.shows_rows:
        bucket, _ = split_uri(results.locations(run)[0].run)
        uri = features_of(manifest, bucket)
        features = results.read(run, uri, Range=f"bytes=0-{LONGEST_ROW - 1}")
    row = first_row(features) if features else None
    split, algorithm = manifest.split, algorithm_of(manifest.image_uri)
    return endpoint_call(
        endpoint, results.region, split.feature_names, row, split.classes, algorithm=algorithm
    )
