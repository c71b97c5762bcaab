"""Refuse requests of web pages: a browser on this machine can send any page's requests to local AWS."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from local_aws.errors import AwsError

# Of the address bar, or a bookmark: a presigned URL may be opened there. https://www.w3.org/TR/fetch-metadata/
_BY_THE_USER = "none"


class RequestGuard:
    """A check of the headers that only browsers send, and of the Host header.

    Args:
        allowed_hosts: The host names of local AWS, in addition to the loopback addresses and localhost.
    """

    def __init__(self, allowed_hosts: Collection[str] = ()) -> None:
        self._names = {"localhost", *(name.lower() for name in allowed_hosts)}

    def check(self, request: Request) -> None:
        """Check a request before anything else is done with it.

        Raises:
            AwsError: `AccessDeniedException`. A foreign Host means a page whose own name was made to point
                here (DNS rebinding). An Origin, or a fetch that is not of the user's own making, means a
                page: local AWS has none, and no page is to use what a browser can reach.
        """
        host = request.headers.get("Host", "")
        if not self._is_ours(f"//{host}"):
            raise AwsError(
                "AccessDeniedException",
                f"Local AWS does not answer to the host name {host!r}; --allow-host adds one.",
                403,
            )
        origin = request.headers.get("Origin")
        if origin is not None:
            raise AwsError(
                "AccessDeniedException", f"Local AWS does not answer to web pages, as one of {origin!r}.", 403
            )
        site = request.headers.get("Sec-Fetch-Site", _BY_THE_USER)
        if site != _BY_THE_USER:
            raise AwsError(
                "AccessDeniedException", f"Local AWS does not answer to fetches of web pages ({site!r}).", 403
            )

    def _is_ours(self, url: str) -> bool:
        try:
            name = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:
            return False
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return name in self._names
