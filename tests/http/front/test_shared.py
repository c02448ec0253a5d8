"""What connections share, and what those of other addresses do not."""

import gc

from golive.http.front.limits import FrontLimits
from golive.http.front.shared import Shared
from golive.testing.gateways import EchoGateway

RAW = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


class Transport:
    def __init__(self, peer):
        self._peer = peer

    def get_extra_info(self, name):
        return self._peer if name == "peername" else None


def shared(**options):
    return Shared(EchoGateway(), FrontLimits(), **options)


def heads(shared_, number):
    return shared_.heads_of(Transport((f"192.0.2.{number}", 5000)))


def test_where_addresses_do_not_count_all_share_their_heads():
    one = shared()

    assert heads(one, 1) is heads(one, 2) is one.heads


def test_where_they_count_each_address_has_its_own():
    one = shared(tells_clients_apart=True)
    first, again, second = heads(one, 1), heads(one, 1), heads(one, 2)

    assert first is again
    assert first is not second
    assert first.admit(RAW).admission.head.client == "192.0.2.1"
    assert second.admit(RAW).admission.head.client == "192.0.2.2"


def test_heads_are_not_kept_of_an_address_that_is_not_known():
    one = shared(tells_clients_apart=True)
    unknown = one.heads_of(Transport(None))

    assert unknown.admit(RAW).admission.head.client is None
    assert unknown.known == {}
    assert one.heads_of(Transport("")) is not unknown


def test_heads_go_with_the_last_connection_and_are_bounded():
    one = shared(tells_clients_apart=True)
    kept = [one.heads_of(Transport((f"2001:db8::{n:x}", 1, 0, 0))) for n in range(300)]
    for cache in kept:
        for number in range(40):
            cache.admit(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)

    assert sum(len(cache.known) for cache in kept) <= 256 * 32
    assert kept[299].known == {}

    del kept, cache
    gc.collect()
    fresh = heads(one, 1)
    fresh.admit(RAW)
    assert RAW in fresh.known


def test_every_address_forgets_another_epoch():
    one = shared(tells_clients_apart=True)
    cache = heads(one, 1)
    cache.admit(RAW)
    one.gateway.renew()

    one.forget_heads()

    assert cache.known == {}
