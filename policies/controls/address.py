"""Ranges of IP addresses: which of them are the whole internet, private, or wider than a customer's."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

_PRIVATE: Final = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # shared by carriers, never routed on the internet; VPCs use it
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
_CUSTOMER_IPV4: Final = 24
_CUSTOMER_IPV6: Final = 64


def is_world(cidr: Any) -> bool:
    """Say whether a range is every address: whatever stands before it, a mask of no bits lets everything in."""
    if not isinstance(cidr, str):
        return False
    _, slash, bits = cidr.strip().partition("/")
    return bool(slash) and bits.isdecimal() and int(bits) == 0


def is_private(cidr: Any) -> bool:
    """Say whether a range is within private networks; what is no range is not."""
    network = _network(cidr) if isinstance(cidr, str) else None
    return network is not None and any(_within(network, private) for private in _PRIVATE)


def is_wide(cidr: Any) -> bool:
    """Say whether a range has more public addresses than one customer, IPv4 over /24 and IPv6 over /64, or is none."""
    network = _network(cidr) if isinstance(cidr, str) else None
    if network is None or is_world(cidr):
        return True
    widest = _CUSTOMER_IPV4 if isinstance(network, IPv4Network) else _CUSTOMER_IPV6
    return network.prefixlen < widest and not is_private(cidr)


@lru_cache(maxsize=1024)  # a stack has few ranges, and names each of them in many rules
def _network(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr.strip(), strict=False)
    except ValueError:
        return None


def _within(network: IPv4Network | IPv6Network, wider: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(wider, IPv4Network) and network.subnet_of(wider)
    return isinstance(wider, IPv6Network) and network.subnet_of(wider)
