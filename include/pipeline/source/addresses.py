"""Which addresses and names are no public server's: the worker's own network, and what leads into it.

Written out, as `ipaddress.is_global` takes some of them for public, and others in each version of Python.
https://www.iana.org/assignments/iana-ipv4-special-registry and .../iana-ipv6-special-registry;
https://www.iana.org/assignments/special-use-domain-names.
"""

import ipaddress
import re
from typing import TypeAlias

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where clouds serve metadata and credentials, beside the link-local addresses.
_CREDENTIALS = [
    *map(ipaddress.ip_network, ("169.254.0.0/16", "fe80::/10")),
    ipaddress.ip_network("fd00:ec2::/32"),  # AWS: metadata, EKS, name servers
    ipaddress.ip_network("fd20:ce::254/128"),  # Google Cloud
    ipaddress.ip_network("100.100.100.200/32"),  # Alibaba Cloud
    ipaddress.ip_network("168.63.129.16/32"),  # Azure
    ipaddress.ip_network("192.0.0.192/32"),  # Oracle Cloud
]
_INNER_IPV4 = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
]
# All public addresses are in here. IPv4 in IPv6 (mapped, compatible, translated, NAT64), unique local,
# site-local and multicast ones are not.
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
_INNER_IPV6 = [
    ipaddress.ip_network("2001::/23"),  # Teredo, ORCHID
    ipaddress.ip_network("2001:db8::/32"),
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("3fff::/20"),
]
# The middle of an interface's identifier that holds an IPv4 address: https://www.rfc-editor.org/rfc/rfc5214
_ISATAP = {0x00005EFE, 0x02005EFE}

_INNER_NAMES = ("localhost", "local", "internal", "home.arpa")
# As inet_aton and browsers read it: https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def is_inner(address: str) -> bool:
    """Tell whether an IP address is anything but a public server's own.

    Args:
        address: As `socket.getaddrinfo` gives it, with or without an interface after a percent sign.
    """
    found = _parsed(address)
    if isinstance(found, ipaddress.IPv4Address):
        return _is_among(found, _INNER_IPV4) or gives_credentials(address)
    is_isatap = (int(found) >> 32) & 0xFFFFFFFF in _ISATAP
    return found not in _PUBLIC_IPV6 or is_isatap or _is_among(found, _INNER_IPV6)


def gives_credentials(address: str) -> bool:
    """Tell whether an IP address is one of those where clouds serve credentials to their machines."""
    return _is_among(_parsed(address), _CREDENTIALS)


def is_inner_name(host: str) -> bool:
    """Tell whether a host's name means something within a network only: it has one label, or such an end."""
    name = host.rstrip(".").lower()
    return "." not in name or any(name.endswith(f".{end}") for end in _INNER_NAMES)


def literal_of(host: str) -> str | None:
    """Return the address that a host is written as; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def is_odd_number(host: str) -> bool:
    """Tell whether a host is an IPv4 address in another spelling than a.b.c.d, such as 0x7f.1."""
    last = host.removesuffix(".").rpartition(".")[2]
    return _NUMBER.fullmatch(last) is not None and literal_of(host) is None


def _parsed(address: str) -> _Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _is_among(address: _Address, networks: list[_Network]) -> bool:
    return any(address in network for network in networks)
