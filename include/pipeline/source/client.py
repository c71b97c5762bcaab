"""The client that asks web servers: itself, or through the proxies that the environment names."""

import ssl
from collections.abc import Iterator

import httpcore
import httpx

# The client's own reading of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. It has no public name, and the
# client reads them by itself only where it makes its own connections.
from httpx._utils import get_environment_proxies

from include.pipeline.errors import WorkerError
from include.pipeline.source.network import Deadline, TimedBackend, look_up
from include.pipeline.source.policy import SourcePolicy

FAULTS = (
    httpx.RequestError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
"""What the client raises where a server, or the way to it, is at fault."""


def make_client(policy: SourcePolicy, deadline: Deadline, timeout: httpx.Timeout) -> httpx.Client:
    """Make a client that follows no redirect, and asks for a file as it is, not compressed.

    Each request has a connection of its own, to an address that the policy has judged; of a request that goes
    through a proxy, what its URL tells is judged.
    """
    context = httpx.create_ssl_context()
    return httpx.Client(
        transport=_Direct(policy, deadline, context),
        mounts={
            pattern: _Proxied(proxy, policy, deadline, context) if proxy else None
            for pattern, proxy in get_environment_proxies().items()
        },
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},
    )


class _Body(httpx.SyncByteStream):
    """A body as it came, whose end closes the connection."""

    def __init__(self, response: httpcore.Response, pool: httpcore.ConnectionPool) -> None:
        self._response = response
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
        self._pool.close()


class _Direct(httpx.BaseTransport):
    """Connects to a server itself."""

    def __init__(self, policy: SourcePolicy, deadline: Deadline, context: ssl.SSLContext) -> None:
        self._policy = policy
        self._deadline = deadline
        self._context = context

    def _connections(self, url: httpx.URL) -> httpcore.ConnectionPool:
        def judged(host: str, port: int) -> list[str]:
            addresses = look_up(host, port)
            self._policy.check_addresses(str(url), addresses)
            return addresses

        return httpcore.ConnectionPool(
            ssl_context=self._context, network_backend=TimedBackend(self._deadline, judged)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        pool = self._connections(request.url)
        try:
            response = pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            pool.close()
            raise
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, pool),
            extensions=response.extensions,
        )


class _Proxied(_Direct):
    """Has a proxy ask, which looks names up itself."""

    def __init__(self, proxy: str, policy: SourcePolicy, deadline: Deadline, context: ssl.SSLContext) -> None:
        super().__init__(policy, deadline, context)
        self._proxy = proxy

    def _connections(self, url: httpx.URL) -> httpcore.ConnectionPool:
        self._policy.check_unseen(str(url))
        scheme = self._proxy.partition("://")[0].lower()
        if scheme not in {"http", "https"}:
            raise WorkerError(
                f"the environment names a proxy of {scheme}://",
                "a source is asked through proxies of http:// or https://",
                "Change HTTP_PROXY, HTTPS_PROXY or ALL_PROXY of the worker, or except the host with NO_PROXY",
            )
        proxy = httpx.Proxy(self._proxy)
        return httpcore.HTTPProxy(
            httpcore.URL(
                scheme=proxy.url.raw_scheme,
                host=proxy.url.raw_host,
                port=proxy.url.port,
                target=proxy.url.raw_path,
            ),
            proxy_auth=proxy.raw_auth,
            ssl_context=self._context,
            # The proxy's own name is the administrator's word: no address is judged.
            network_backend=TimedBackend(self._deadline, lambda host, _: [host]),
        )
