"""The network address of a request, for rate limits. Only proxies trusted in the settings may name another address."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network


def address_of(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """The rate-limit key of this visitor's address: an IPv4 address, or the /64 of an IPv6 address, the size of one household.

    X-Forwarded-For is read from its end, where trusted proxies append. Earlier entries may be forged.
    """
    peer = _parse(connection.client.host) if connection.client else None
    if peer is None:
        return "unknown"
    if _is_trusted(peer, trusted):
        forwarded = ",".join(connection.headers.getlist("x-forwarded-for"))
        for text in reversed(forwarded.split(",")):
            hop = _parse(text.strip())
            if hop is None:
                break
            peer = hop
            if not _is_trusted(hop, trusted):
                break
    return str(peer) if peer.version == 4 else str(ip_network((peer, 64), strict=False))


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
