"""A request as it came over the wire, before anything is decoded: what a signature is computed of."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# RFC 3986's unreserved characters, which SigV4 does not encode. quote() has letters and digits of its own.
_UNRESERVED = "-_.~"
_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


@dataclass(frozen=True)
class SentRequest:
    """The head of a request: method, path, query and headers, without the body."""

    environ: "WSGIEnvironment"

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def raw_path(self) -> str:
        """The path as it was sent, still encoded."""
        return str(self.environ["REQUEST_URI"]).partition("?")[0]

    @property
    def encoded_path(self) -> str:
        """The path, decoded once and encoded as SigV4 encodes it."""
        return quote(unquote_to_bytes(self.raw_path.encode("latin-1")), safe=f"/{_UNRESERVED}")

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query, decoded as moto decodes them, one character for each byte."""
        raw = str(self.environ["REQUEST_URI"]).partition("?")[2]
        if not raw:
            return []
        return parse_qsl(raw, keep_blank_values=True, encoding="latin-1")

    def header(self, name: str) -> str | None:
        """Return a header by its name in lower case, or None.

        Names that differ in `-` and `_` only are told apart: the environment does not.
        """
        variable = _variable(name)
        value = self.environ.get(variable)
        if value is None:
            return None
        preserved = self.environ.get(PRESERVED_HEADER_NAMES_ENVIRON_KEY) or {}
        # Only names with underscores are preserved.
        if preserved.get(variable, "").lower() != (name if "_" in name else ""):
            return None
        text = str(value)
        if text.isascii():
            return text
        # WSGI hands bytes over as Latin-1; signers encode text as UTF-8.
        try:
            return text.encode("latin-1").decode()
        except UnicodeError:
            return text

    @property
    def aws_headers(self) -> set[str]:
        """The names of all headers that begin with `x-amz-`, in lower case."""
        preserved = self.environ.get(PRESERVED_HEADER_NAMES_ENVIRON_KEY) or {}
        return {
            preserved.get(variable, variable[5:].replace("_", "-")).lower()
            for variable in self.environ
            if variable.startswith("HTTP_X_AMZ_")
        }


@lru_cache(maxsize=1024)
def _variable(name: str) -> str:
    """Return the name that WSGI gives to a header."""
    variable = name.upper().replace("-", "_")
    return variable if variable in _WITHOUT_PREFIX else f"HTTP_{variable}"


def encoded_query(pairs: list[tuple[str, str]]) -> str:
    """Encode names and values of a query as SigV4 does, in the order given."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)


def _encoded(text: str) -> str:
    return quote(text, safe=_UNRESERVED, encoding="latin-1")
