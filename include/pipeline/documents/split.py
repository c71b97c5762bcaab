"""What the split of a table made."""

from pydantic import BaseModel, ConfigDict

from include.pipeline.documents.drift import Drift


class Split(BaseModel):
    """What the split made.

    Attributes:
        rows: Of the table.
        train_rows: Of train.csv.
        validation_rows: Of validation.csv; 0 where there is none.
        test_rows: Of the test features and labels.
        train_positives: Rows with label 1.
        test_positives: Rows with label 1.
        feature_names: Columns after the label, in their order in the files.
        train_sha256: Of train.csv, or of its parts one after the other, in hex.
        drift: From the data of the last accepted model; None where there is none, or that data is the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    train_rows: int
    validation_rows: int
    test_rows: int
    train_positives: int
    test_positives: int
    feature_names: tuple[str, ...]
    train_sha256: str
    drift: Drift | None = None
