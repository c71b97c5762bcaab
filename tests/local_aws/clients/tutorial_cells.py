"""The tutorial's own cells, from its file, with the little that has to be mended in them."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.project import PROJECT
from tests.tutorial_data import BANK_CLEAN

TUTORIAL = Path(os.environ.get("TUTORIAL_MD", PROJECT.parent / "shared" / "tutorial.es.md"))

needs_tutorial = pytest.mark.skipif(
    not TUTORIAL.is_file(), reason=f"the tutorial is not at {TUTORIAL} (set TUTORIAL_MD)"
)


@dataclass(frozen=True)
class Mend:
    """What is put in place of a piece of a cell."""

    found: str
    """The piece, which is in the cells once."""
    put: str
    """What takes its place."""
    reason: str
    """Why it has to."""


def mends(bucket: str) -> list[Mend]:
    """List what is mended in the cells.

    Args:
        bucket: The name of the bucket, which the tutorial lets its reader choose.
    """
    return [
        Mend("'your-s3-bucket-name'", repr(bucket), "the tutorial asks for a name of one's own"),
        Mend(
            '"https://d1.awsstatic.com/tmt/build-train-deploy-machine-learning-model-sagemaker/'
            'bank_clean.27f01fbbdf43271788427f3682996ae29ceca05d.csv"',
            repr(BANK_CLEAN.resolve().as_uri()),
            "tests have no network; it is the same file",
        ),
        Mend(
            "np.split(model_data.sample(frac=1, random_state=1729), [int(0.7 * len(model_data))])",
            "(lambda rows, size: (rows.iloc[:size], rows.iloc[size:]))"
            "(model_data.sample(frac=1, random_state=1729), int(0.7 * len(model_data)))",
            "np.split makes arrays of a table since pandas 3, and the next cell needs its columns",
        ),
        Mend(
            "from sagemaker.predictor import csv_serializer",
            "from sagemaker.serializers import CSVSerializer",
            "the name of SDK 2 for it",
        ),
        Mend("sagemaker.s3_input(", "sagemaker.inputs.TrainingInput(", "the name of SDK 2 for it"),
        Mend("train_instance_count=", "instance_count=", "the name of SDK 2 for it"),
        Mend("train_instance_type=", "instance_type=", "the name of SDK 2 for it"),
    ]


def cells(bucket: str) -> list[str]:
    """Read the cells of Python, mended."""
    tokens = MarkdownIt().parse(TUTORIAL.read_text(encoding="utf-8"))
    found = [token.content for token in tokens if token.type == "fence" and token.info.strip() == "python"]
    code = "\0".join(found)
    for mend in mends(bucket):
        assert code.count(mend.found) == 1, f"the tutorial has it not once: {mend.found}"
        code = code.replace(mend.found, mend.put)
    return code.split("\0")
