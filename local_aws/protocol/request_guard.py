"""Refuse requests of web pages: a browser on this machine can send any page's requests to local AWS."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from local_aws.errors import AwsError


class RequestGuard:
    """A check of the Host and Origin headers, which tells programs from web pages.

    Args:
        allowed_hosts: The host names of local AWS, in addition to the loopback addresses and localhost.
    """

    def __init__(self, allowed_hosts: Collection[str] = ()) -> None:
        self._names = {"localhost", *(name.lower() for name in allowed_hosts)}

    def check(self, request: Request) -> None:
        """Check a request before anything else is done with it.

        Raises:
            AwsError: `AccessDeniedException`. A foreign Host means a page whose own name was made to point
                here (DNS rebinding). A foreign Origin means a page that calls local AWS by its address.
        """
        host = request.headers.get("Host", "")
        if not self._is_ours(f"//{host}"):
            raise AwsError(
                "AccessDeniedException",
                f"Local AWS does not answer to the host name {host!r}; --allow-host adds one.",
                403,
            )
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_ours(origin):
            raise AwsError(
                "AccessDeniedException", f"Local AWS does not answer to web pages of {origin!r}.", 403
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
