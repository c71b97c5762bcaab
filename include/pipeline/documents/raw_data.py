"""The file that a run is made of."""

from include.pipeline.document import Document

# Digits of a hash by which people tell files apart.
_SHOWN = 6


class RawData(Document):
    """The file as it lies in the bucket."""

    uri: str
    """`<raw_uri>/<sha256>/<file name>`."""
    url: str
    """Where it came from, without user name, password and query."""
    sha1: str
    """SHA-1 of the content, in hex."""
    sha256: str
    """SHA-256 of the content, in hex: the name that it goes by in the bucket."""
    bytes: int
    """Size of the content."""
    etag: str | None
    """The source's mark of this version, as the source gave it."""
    last_modified: str | None
    """When the source last changed, as an HTTP date."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.uri.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.name}, sha256 {self.sha256[:_SHOWN]}..."


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
