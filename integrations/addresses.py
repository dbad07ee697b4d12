"""Decides which network addresses a request made for a customer may reach.

Called by integrations.http for every connection, after the name was resolved and before a packet leaves.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

PORTS = frozenset({80, 443, 8080, 8443})
GLOBAL_IPV6 = ip_network("2000::/3")
# Passed by `is_global`, yet they lead inside: translations of IPv4, relays, special registries.
REFUSED_NETWORKS = tuple(
    ip_network(network)
    for network in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)


class OutboundRefused(Exception):
    """An address that policy forbids; `str()` is a code for logs. No OSError: nothing may retry past it."""


def judge(address: str, port: int, *, is_listed: bool = False) -> None:
    """Raise OutboundRefused unless the resolved address is public, or the operator listed it."""
    if is_listed or is_allowed(address, port):
        return
    if port not in PORTS:
        raise OutboundRefused("port_not_allowed")
    if not is_public(address):
        raise OutboundRefused("address_not_public")


def is_allowed(host: str, port: int) -> bool:
    """Whether the operator's list of own services names this host and port."""
    wanted = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return wanted.lower() in {entry.strip().lower() for entry in settings.OUTBOUND_ALLOWED_HOSTS}


def is_public(address: str) -> bool:
    try:
        judged = _unmapped(ip_address(address))
    except ValueError:
        return False
    if isinstance(judged, IPv6Address) and (judged not in GLOBAL_IPV6 or judged.scope_id):
        return False
    is_refused = any(judged in network for network in REFUSED_NETWORKS if network.version == judged.version)
    return judged.is_global and not judged.is_multicast and not is_refused


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return getattr(address, "ipv4_mapped", None) or address
