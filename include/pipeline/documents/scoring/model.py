"""The accepted model that scores new rows."""

from include.pipeline.document import Document


class ScoringModel(Document):
    """A model that passed the gate, and all of it that scoring needs."""

    key: str
    """Run key of the accepted run under which it is listed."""
    run_id: str
    """That run."""
    image_uri: str
    """The image that serves it."""
    model_uri: str
    """`s3://` URI of model.tar.gz."""
    archive_sha256: str
    """SHA-256 of the archive, in hex."""
    threshold: float
    """A row whose score is at least this is predicted positive."""
    encoding_sha256: str
    """SHA-256 in hex of its encoding, which the run keeps beside what it makes."""
    profile_uri: str
    """The profile of the data that it was trained on."""
    roc_auc: float
    """Of its test rows."""
    expected_positives: float
    """Share of its test rows that were predicted positive."""
