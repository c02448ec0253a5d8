"""Addresses: where a request comes from, and which ones are let in.

A proxy says whom it asks for in X-Forwarded-For or Forwarded (RFC 7239), to which each appends the
address that it saw. So the list is read from its end, for as long as what appended is trusted; what
stands before that can be made up. Where anything is in doubt there is no address, and no address is
never let in where addresses count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from golive.errors import UsageError

__all__ = ["Address", "AddressPolicy", "Network", "is_within", "read_address", "read_networks"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}", re.ASCII)
_PAIR = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)=("[^"\\]*"|[^\s";,=]*)\s*', re.ASCII)
_MOST_HOPS = 64


class AddressPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Whose word counts about addresses, and which are let in.

    Attributes:
        allowed: The networks that are let in; none means every address.
        trusted: The networks of proxies that are believed.
    """

    allowed: tuple[Network, ...] = ()
    trusted: tuple[Network, ...] = ()

    def client(self, peer: str | None, headers: Mapping[str, str]) -> Address | None:
        """The address of who asks, or None where it cannot be known.

        Args:
            peer: The other end of the connection, or None.
            headers: Lower-case names to values; repeated ones joined by `, `.
        """
        address = None if peer is None else read_address(peer)
        if address is None or not is_within(address, self.trusted):
            return address
        found = [
            self._behind(address, hops)
            for hops in (_x_forwarded_for(headers), _forwarded(headers))
            if hops is not None
        ]
        if not found:
            return address
        return found[0] if len(set(found)) == 1 else None  # one of them was not the proxy's

    def admits(self, address: Address | None) -> bool:
        """Whether requests from the address are let in."""
        return not self.allowed or (address is not None and is_within(address, self.allowed))

    def _behind(self, nearest: Address, hops: list[str]) -> Address | None:
        """The first address from the end that is no trusted proxy's; the farthest if all are."""
        address: Address | None = nearest
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = read_address(hop)
            if address is None or not is_within(address, self.trusted):
                return address
        return address


def read_address(text: str) -> Address | None:
    """The address that a text is, with or without a port, or None.

    An IPv4 address inside an IPv6 one, as sockets for both give it, is the IPv4 address.
    """
    found = _WITH_PORT.fullmatch(text.strip())
    bare = text.strip() if found is None else (found[1] or found[2])
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether one of the networks holds the address."""
    return any(address in network for network in networks)


def read_networks(texts: Iterable[str], *, source: str) -> tuple[Network, ...]:
    """The networks that texts name: `10.0.0.0/8`, `2001:db8::/32`, or one address.

    Args:
        texts: One each.
        source: What names them, for messages.

    Raises:
        UsageError: One is no network.
    """
    return tuple(_read_network(text, source) for text in texts)


def _read_network(text: str, source: str) -> Network:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        hint = "write it as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7"
        raise UsageError(f"{source} {text!r} is no address and no network.", hint=hint) from error
    given = text.strip().partition("/")[0]
    if network.network_address != ip_address(given):
        hint = f"write {network}, or {given} for this address alone"
        raise UsageError(f"{source} {text!r} is an address within a network.", hint=hint)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None:
        hint = f"write {mapped}/{max(0, network.prefixlen - 96)}"
        raise UsageError(f"{source} {text!r} is a network of IPv4 in IPv6.", hint=hint)
    return network


def _x_forwarded_for(headers: Mapping[str, str]) -> list[str] | None:
    """The addresses that the header names, the nearest last; None where there is no header."""
    value = headers.get("x-forwarded-for")
    return None if value is None else value.split(",")


def _forwarded(headers: Mapping[str, str]) -> list[str] | None:
    """The same of Forwarded; an element that names nobody, or is not to be read, is empty."""
    value = headers.get("forwarded")
    if value is None:
        return None
    return [_for(element) for element in _elements(value)]


def _elements(value: str) -> list[str]:
    """The elements of a list, in which commas may be quoted; all are one if a quote is open."""
    if value.count('"') % 2:
        return [""]
    parts = value.split('"')
    parts[::2] = [part.replace(",", "\n") for part in parts[::2]]
    return '"'.join(parts).split("\n")


def _for(element: str) -> str:
    pairs = [_PAIR.fullmatch(part) for part in element.split(";")]
    named = [pair[2].strip('"') for pair in pairs if pair is not None and pair[1].lower() == "for"]
    return named[0] if len(named) == 1 and None not in pairs else ""
