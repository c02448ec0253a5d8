"""Where requests come from, whatever they say of it."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.access.addresses import AddressPolicy, read_address, read_networks
from golive.errors import UsageError

PROXIES = read_networks(["10.0.0.0/8", "fd00::/8"], source="--trusted-proxies")
POLICY = AddressPolicy(trusted=PROXIES)


def client(peer, policy=POLICY, **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    found = policy.client(peer, given)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_is_read_with_and_without_a_port(text, address):
    assert read_address(text) == ip_address(address)


@pytest.mark.parametrize(
    "text", ["", "unknown", "_hidden", "192.0.2", "192.0.2.7:", "192.0.2.07", "[::1", "a.example"]
)
def test_what_is_no_address_is_none(text):
    assert read_address(text) is None


def test_without_a_trusted_proxy_headers_say_nothing():
    assert client("192.0.2.7", x_forwarded_for="198.51.100.1") == "192.0.2.7"
    assert client("10.0.0.1", AddressPolicy(), x_forwarded_for="198.51.100.1") == "10.0.0.1"


def test_a_proxy_that_says_nothing_is_the_client():
    assert client("10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("1.2.3.4, 198.51.100.1, 10.0.0.2,10.0.0.3", "198.51.100.1"),
        ("10.0.0.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("198.51.100.1:5000", "198.51.100.1"),
        ("2001:db8::7, fd00::1", "2001:db8::7"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("198.51.100.1, unknown", None),
        ("198.51.100.1,", None),
        ("", None),
    ],
)
def test_the_last_address_that_is_not_a_proxy_counts(value, address):
    assert client("10.0.0.1", x_forwarded_for=value) == address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("for=198.51.100.1", "198.51.100.1"),
        ("For=198.51.100.1;proto=https;by=10.0.0.1", "198.51.100.1"),
        ("for=1.2.3.4, for=198.51.100.1;host=a", "198.51.100.1"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        ('for=1.2.3.4;host="a,b", for=198.51.100.1', "198.51.100.1"),
        ('for=", for=198.51.100.1', None),
        ("for=unknown", None),
        ("proto=https", None),
        ("for=198.51.100.1;for=1.2.3.4", None),
        ("198.51.100.1", None),
    ],
)
def test_forwarded_says_the_same(value, address):
    assert client("10.0.0.1", forwarded=value) == address


def test_two_headers_that_differ_are_no_address():
    both = {"x_forwarded_for": "198.51.100.1"}

    assert client("10.0.0.1", forwarded="for=198.51.100.1", **both) == "198.51.100.1"
    assert client("10.0.0.1", forwarded="for=1.2.3.4", **both) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_client_puts_before_does_not_count(before, forwarded):
    forged = client("10.0.0.1", x_forwarded_for=f"{before}, 198.51.100.1")

    assert forged == "198.51.100.1"
    assert client("10.0.0.1", forwarded=f"{forwarded}, for=198.51.100.1") in (
        "198.51.100.1",
        None,
    )


def test_only_what_is_allowed_is_let_in_and_never_what_is_not_known():
    policy = AddressPolicy(
        allowed=read_networks(["192.0.2.0/24", "2001:db8::7"], source="--allow-ips")
    )
    addresses = ["192.0.2.9", "2001:db8::7", "192.0.3.1", "2001:db8::8"]

    assert [policy.admits(ip_address(each)) for each in addresses] == [True, True, False, False]
    assert not policy.admits(None)
    assert AddressPolicy().admits(None)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("10.0.0.5/8", "is an address within a network", "write 10.0.0.0/8, or 10.0.0.5"),
        ("10.0.0.0/33", "is no address and no network", "write it as"),
        ("localhost", "is no address and no network", "write it as"),
        ("*", "is no address and no network", "write it as"),
        ("::ffff:10.0.0.0/104", "is a network of IPv4 in IPv6", "write 10.0.0.0/8"),
    ],
)
def test_what_is_no_network_is_misuse(text, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        read_networks([text], source="--allow-ips")

    assert caught.value.message.startswith(f"--allow-ips {text!r}")
    assert caught.value.hint.startswith(hint)
