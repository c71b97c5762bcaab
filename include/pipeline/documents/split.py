"""What the split of a table made."""

from include.pipeline.document import Document
from include.pipeline.documents.drift import Drift


class Split(Document):
    """The rows of a run, counted."""

    rows: int
    """Rows of the table."""
    train_rows: int
    """Rows of train.csv."""
    validation_rows: int
    """Rows of validation.csv; 0 where there is none."""
    test_rows: int
    """Rows of the test features and labels."""
    train_positives: int
    """Training rows whose label is 1."""
    test_positives: int
    """Test rows whose label is 1."""
    feature_names: tuple[str, ...]
    """Columns after the label, in their order in the files."""
    train_sha256: str
    """SHA-256 in hex of train.csv, or of its parts one after the other."""
    validation_sha256: str | None = None
    """SHA-256 in hex of validation.csv; None without, or where an earlier version wrote this."""
    test_features_sha256: str | None = None
    """SHA-256 in hex of the test features; None where an earlier version wrote this."""
    test_labels_sha256: str | None = None
    """SHA-256 in hex of the test labels; None where an earlier version wrote this."""
    drift: Drift | None = None
    """Drift from the data of the last accepted model; None without one, or where its data is the same."""
