"""What a processing job is told to split, and how."""

from include.pipeline.document import Document
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.profile import PreviousVersion
from include.pipeline.documents.raw_data import RawData


class SplitOrder(Document):
    """All that the split needs to know. The job has no network: what it compares with is in here."""

    plan: RunPlan
    raw: RawData
    max_bytes: int
    """That the file may have once it is unpacked."""
    previous: PreviousVersion | None
    """None where nothing is compared with."""
