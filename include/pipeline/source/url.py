"""How a source's URL may be written, what of it may be shown, and what in it is secret.

A URL holds no user name and no password: it stands in Airflow's database, where many may read it. It may be
signed; then its query is secret. What is not written as it should be may hold a password anywhere, so nothing
of it is shown.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import unquote

from include.pipeline.errors import SourceError

WEB = ("https", "http")
_Fault: TypeAlias = tuple[str, str, str]
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,15})://(.*)", re.DOTALL)
# A run's interval, as `dated_url` writes it in. Any other brace counts as what it is.
_PLACEHOLDER = re.compile(r"\{interval_(?:start|end):[A-Za-z0-9._%-]*\}")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]*\]|[^\s\"#%/:<>?@\[\\\]^`{|}]*)(?::[0-9]*)?")
_BUCKET = re.compile(r"[A-Za-z0-9._-]*")
# Names of a query's members whose values are secret however short they are.
_SECRET_NAME = re.compile(r"sig|token|key|secret|cred|pass|pwd|auth|hmac|code|policy", re.IGNORECASE)
_LONG = 16  # a value that may be a secret, whatever its name


def check_spelling(url: str) -> None:
    """Refuse a URL that holds a user or password, or is none.

    Args:
        url: As a Param or a YAML file has it, its placeholders filled in or not.

    Raises:
        SourceError: It tells nothing of the URL but its scheme.
    """
    if fault := _fault_of(url):
        raise SourceError(*fault)


def without_secrets(url: str) -> str:
    """Return the URL as it may be shown: without query and fragment, and nothing of one that is misspelt."""
    if fault := _fault_of(url):
        return fault[0]
    return re.split(r"[?#]", url, maxsplit=1)[0]


def scheme_of(url: str) -> str:
    """Return the scheme in lower case; empty for a plain path."""
    scheme, separator, _ = url.partition("://")
    return scheme.lower() if separator else ""


def secrets_in(value: object) -> Iterator[str]:
    """Find what a log must not show of URLs: users and passwords, queries and what signs them, fragments.

    Args:
        value: A text, or dictionaries and lists of texts, however the URLs in them are spelt.
    """
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from secrets_in(name)
            yield from secrets_in(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from secrets_in(member)
    elif isinstance(value, str):
        yield from filter(None, dict.fromkeys(_secrets_of(value)))


def _secrets_of(text: str) -> Iterator[str]:
    before, at, after = text.rpartition("@")
    if at:
        user = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\]+", "", before)
        yield from (user, *user.split(":"), *map(unquote, user.split(":")))
    start = re.search(r"[?#]", text)
    if not start:
        return
    rest = text[start.end() :]
    yield rest
    if start.end() <= len(before):
        # Once the user is hidden, what is left of the query is this.
        yield after
    for part in rest.split("#"):
        yield part
        for pair in part.split("&"):
            name, equals, written = pair.partition("=")
            if not equals or len(written) >= _LONG or _SECRET_NAME.search(name):
                yield from (written or name, unquote(written or name))


def _fault_of(url: str) -> _Fault | None:
    """Return what to say of a misspelt URL: found, rule and mend."""
    filled = _PLACEHOLDER.sub("0", url)
    written = _SCHEME.fullmatch(filled)
    scheme = written[1].lower() if written else ""
    found = f"data_url = {scheme}://..." if scheme else "data_url"
    fault: _Fault | None
    if not url.isprintable():
        fault = found, "a URL holds no control characters", "Correct the URL"
    elif "\\" in filled:
        fault = found, "a URL has / and no backslash", "Correct the URL"
    elif not written:
        fault = _fault_of_path(filled)
    elif scheme in WEB:
        fault = _fault_of_web(found, written[2])
    elif scheme in {"s3", "file"}:
        fault = _fault_of_object(found, scheme, *written[2].partition("/")[::2])
    else:
        rule = f"{scheme}:// is not one of https://, s3://, file://, http://"
        fault = found, rule, "Put the file where one of these reaches it"
    return fault


def _fault_of_web(found: str, rest: str) -> _Fault | None:
    if "@" in rest:
        mend = (
            "Take them out, and name an Airflow connection in source_connection; write an @ of the path or "
            "the query as %40"
        )
        return found, "a URL holds no user and no password", mend
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return None if _HOST.fullmatch(authority) else (found, "it has to be a valid URL", "Correct it")


def _fault_of_object(found: str, scheme: str, authority: str, path: str) -> _Fault | None:
    if scheme == "s3" and not _BUCKET.fullmatch(authority):
        rule = "it has to be s3://<bucket>/<key>, without user or password"
        return found, rule, "Name one object; it is read with the connection aws_default"
    if scheme == "file" and authority.lower() not in {"", "localhost"}:
        return found, "it has to be file:///<path>", "Correct it"
    if re.search("[?#@]", path):
        rule = "the path of s3:// and file:// holds no ? # @"
        return found, rule, "Name the file without them; file:// takes them written as %3F %23 %40"
    return None


def _fault_of_path(path: str) -> _Fault | None:
    if path.startswith("//") or re.search("[?#@:]", path):
        rule = "a URL begins with https://, s3://, file:// or http://, and a path holds no ? # @ : and no //"
        return "data_url", rule, "Correct it; file:// takes any path, its odd characters written as %40"
    return None
