"""Which accepted model's data a new version is compared with: the last one of the same source."""

from typing import TYPE_CHECKING

from include.pipeline.documents.drift import Reference
from include.pipeline.errors import ParamError, SourceError
from include.pipeline.history.accepted import find_previous
from include.pipeline.source.dated_url import resolve_data_url

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunPlan


def find_reference(s3: "S3Client", plan: "RunPlan") -> "tuple[RunManifest, Reference] | None":
    """Find the last accepted model of this source; where there is none, that of any.

    A model is of this source where this run's `data_url` leads to its data: of a dated one, with that run's
    period in it. So an experiment with another file is nothing that the next day's data is held to.

    Raises:
        DocumentError: The manifest of an accepted model cannot be read.
    """
    source = plan.source or plan.params.data_url
    found = find_previous(s3, plan, lambda manifest: is_of_source(manifest, source))
    if found is None:
        return None
    return found, Reference(
        run_id=found.identity.run_id, url=found.raw.url, is_same_source=is_of_source(found, source)
    )


def is_of_source(manifest: "RunManifest", source: str) -> bool:
    """Tell whether a `data_url` leads to the data of an accepted model, in the period of its run."""
    try:
        url = resolve_data_url(source, manifest.identity.interval)
    except (ParamError, SourceError):
        # The URL is dated, and that run was for no period.
        return False
    return url == manifest.raw.url
