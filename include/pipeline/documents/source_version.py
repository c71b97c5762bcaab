"""The version of a source, as an asset event and the watcher's memory carry it."""

from include.pipeline.document import Document


class SourceVersion(Document):
    """What a source says of the version that it gives now."""

    url: str
    """Without user name, password and query."""
    etag: str | None
    """The source's mark of this version, as the source gave it; of a local file its SHA-256 in hex."""
    last_modified: str | None
    """When the source last changed, as an HTTP date."""
    bytes: int | None
    """Its size; None where the source does not tell."""
