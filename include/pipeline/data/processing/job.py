"""The split, in the container of a processing job: files in, files out."""

import hashlib
import io
import logging
import shutil
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.data.comparison.versions import measure_drift, profile_of, profile_uri
from include.pipeline.data.processing.order import SplitOrder
from include.pipeline.data.processing.outcome import Outcome, message_of, packages
from include.pipeline.data.reading.raw_file import plain_csv
from include.pipeline.data.split import split_file
from include.pipeline.documents.table.split_job import DATA, PROFILES, RUN
from include.pipeline.errors import ObjectError, PipelineError, ProcessingError, WorkerError

if TYPE_CHECKING:
    from include.pipeline.data.stored_table import StoredTable
    from include.pipeline.documents.drift import Drift

SPLIT = "split.json"
"""Beside what the job gets: what it returns."""

log = logging.getLogger(__name__)


def run(order: Path, sha256: str) -> int:
    """Split a file as an order says.

    Args:
        order: The file of a `SplitOrder`, where SageMaker has put it.
        sha256: Of that file, as it was sent.

    Returns:
        0, or 1 where the pipeline refuses the table; why, `/opt/ml/output/message` tells.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    processing = order.parents[2]
    message = processing.parent / "output" / "message"
    # On the volume that the pipeline's YAML gives a size.
    before, tempfile.tempdir = tempfile.tempdir, tempfile.mkdtemp(dir=processing)
    try:
        outcome = _split(_read(order, sha256), processing)
    except PipelineError as error:
        log.warning("%s", error)
        message.write_bytes(message_of(error))
        return 1
    finally:
        shutil.rmtree(tempfile.tempdir)
        tempfile.tempdir = before
    message.write_text(outcome.model_dump_json(), encoding="utf-8")
    return 0


def _read(order: Path, sha256: str) -> SplitOrder:
    content = order.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ObjectError(
            f"{order.name} has the SHA-256 {found}",
            f"it is what was sent, with {sha256}",
            "Find out who has written it. Clear split_data",
        )
    return SplitOrder.read(content, order.name)


def _split(order: SplitOrder, processing: Path) -> Outcome:
    plan, raw, places = order.plan, order.raw, order.plan.locations
    folders = {places.run: processing / RUN, places.profiles: processing / PROFILES}

    def keep(file: BinaryIO, uri: str, content_type: str) -> None:  # noqa: ARG001 - SageMaker gives none
        base = next(each for each in folders if uri.startswith(f"{each}/"))
        path = folders[base] / uri.removeprefix(f"{base}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(file, target)

    def compare(data: "StoredTable") -> "Drift | None":
        keep(io.BytesIO(profile_of(plan, data)), profile_uri(plan, raw.sha256), "application/json")
        return measure_drift(plan, data, order.previous)

    with (processing / DATA / raw.name).open("rb") as file:

        def opened() -> AbstractContextManager[BinaryIO]:
            return plain_csv(file, raw, plan.table, most=order.max_bytes)

        try:
            split = split_file(opened, raw, plan, compare=compare, keep=keep)
        except WorkerError as error:
            raise ProcessingError(
                error.found,
                "the job's volume has room for the data, and three times that for its split",
                "Raise processing.volume_gb in the pipeline's YAML file",
            ) from None
    content = split.model_dump_json().encode()
    keep(io.BytesIO(content), f"{places.processing}/{SPLIT}", "application/json")
    return Outcome(split_sha256=hashlib.sha256(content).hexdigest(), packages=packages())
