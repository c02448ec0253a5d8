"""Request ids: RFC 9562 and order."""

import random
import uuid
from concurrent.futures import ThreadPoolExecutor

from golive.service.request_ids import RequestIds


def test_an_id_is_the_one_of_the_rfc():
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22 UTC-05:00
    rand_a, rand_b = 0xCC3, 0x18C4DC0C0C07398F
    ids = RequestIds(
        clock=lambda: 0x017F22E279B0 * 1_000_000, random_bits=lambda bits: rand_a << 62 | rand_b
    )

    assert ids() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_grow_though_the_clock_stands_and_falls_back():
    clock = iter([5, 5, 5, 4, 3, 6, 2])
    ids = RequestIds(
        clock=lambda: next(clock) * 1_000_000, random_bits=random.Random(1).getrandbits
    )

    made = [ids() for _ in range(7)]

    assert made == sorted(set(made))
    assert all(uuid.UUID(made_id).version == 7 for made_id in made)
    assert all(uuid.UUID(made_id).variant == uuid.RFC_4122 for made_id in made)


def test_ids_grow_though_the_random_part_overflows():
    ids = RequestIds(clock=lambda: 9_000_000, random_bits=lambda bits: (1 << bits) - 1)

    made = [ids() for _ in range(5)]

    assert made == sorted(set(made))


def test_ids_of_many_threads_are_distinct():
    ids = RequestIds(clock=lambda: 7_000_000, random_bits=random.Random(2).getrandbits)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids(), range(4000)))

    assert len(set(made)) == 4000
