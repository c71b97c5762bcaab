import numpy as np
import pytest

from include.pipeline.errors import DocumentError
from include.pipeline.evaluation.predictions import read_predictions, write_predictions


def test_what_is_written_is_read_digit_for_digit() -> None:
    scores = np.random.default_rng(1).random(500)
    labels = (scores > 0.9).astype(int)
    content = write_predictions(labels, scores)
    assert content.startswith(b"label,score\n0,0.")
    read_labels, read_scores = read_predictions(content, "predictions.csv")
    assert (read_labels == labels).all()
    assert (read_scores == scores).all()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"label\n1\n",
        b"label,score\n0,much\n",
        b"label,score\n0,nan\n",
        b"label,score\n2,0.5\n",
        b"label,score\n1,1.5\n",
        b"label,score\n,0.5\n",
    ],
)
def test_what_no_evaluation_writes_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"predictions\.csv (cannot be read|holds other)"):
        read_predictions(content, "predictions.csv")
