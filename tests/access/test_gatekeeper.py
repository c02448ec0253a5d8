"""The gatekeeper notices changes, and never opens again."""

from datetime import UTC, datetime, timedelta

import pytest

from golive.access.decision import Asked, Denied, Granted
from golive.access.errors import KeysError
from golive.access.gatekeeper import Gatekeeper
from golive.access.key_desk import KeyDesk, KeyWish
from golive.access.keys import Key
from golive.access.tokens import Verdict
from golive.errors import UsageError
from golive.testing.keys import MemoryKeys

START = datetime(2026, 1, 1, tzinfo=UTC)


class Setup:
    def __init__(self):
        self.now = START
        self.store = MemoryKeys()
        self.desk = KeyDesk(self.store, clock=lambda: self.now)
        self.gatekeeper = Gatekeeper(self.store, clock=self.seconds)

    def seconds(self):
        return self.now.timestamp()

    def create(self, **wish):
        return self.desk.create(KeyWish(name="a", **wish))[1]

    def asks(self, text):
        decision = self.gatekeeper.decide(Asked(text=text, path="/predict"))
        if decision is None:
            return "open"
        return "granted" if isinstance(decision, Granted) else decision.code


@pytest.fixture
def setup():
    return Setup()


def test_without_keys_it_is_open_and_with_the_first_it_is_not(setup):
    assert setup.asks(None) == "open"
    assert not setup.gatekeeper.look()

    text = setup.create()

    assert setup.gatekeeper.look()
    assert not setup.gatekeeper.look()
    assert (setup.asks(None), setup.asks(text)) == ("key_required", "granted")


def test_a_revoked_key_is_noticed(setup):
    text = setup.create()
    setup.gatekeeper.look()
    setup.desk.revoke("a")

    assert setup.gatekeeper.look()
    assert setup.asks(text) == "bad_key"


def test_it_stays_locked_when_the_keys_are_gone(setup):
    setup.create()
    setup.gatekeeper.look()
    setup.store.change(lambda _: ())

    assert setup.gatekeeper.look()
    assert setup.asks(None) == "key_required"


def test_it_lets_nobody_in_while_the_keys_cannot_be_read_and_says_so(setup, caplog):
    text = setup.create()
    setup.gatekeeper.look()
    setup.store.failure = KeysError("There is no file of keys at x.")

    assert setup.gatekeeper.look()
    assert not setup.gatekeeper.look()
    assert setup.asks(text) == "keys_unavailable"
    assert caplog.messages == [
        "every request that needs a key is refused: There is no file of keys at x."
    ]

    setup.store.failure = None
    assert setup.gatekeeper.look()
    assert setup.asks(text) == "granted"


def test_it_is_locked_from_the_beginning_where_the_keys_cannot_be_read(setup):
    setup.store.failure = KeysError("no")
    setup.gatekeeper = Gatekeeper(setup.store, clock=setup.seconds)

    assert setup.asks(None) == "keys_unavailable"


def test_the_end_of_a_key_is_noticed_when_it_comes(setup):
    text = setup.create(expires="10s")
    setup.gatekeeper.look()
    assert setup.gatekeeper.seconds_to_end() == 10.0

    setup.now += timedelta(seconds=10)

    assert setup.gatekeeper.look()
    assert not setup.gatekeeper.look()
    assert setup.asks(text) == "bad_key"


def test_a_clock_that_jumps_ahead_ends_a_key_until_it_is_put_back_and_then_when_it_ends(setup):
    text = setup.create(expires="10s")
    setup.gatekeeper.look()

    setup.now = START + timedelta(days=400)
    ahead = setup.gatekeeper.look(), setup.asks(text)
    setup.now = START + timedelta(seconds=1)
    back = setup.gatekeeper.look(), setup.asks(text), setup.gatekeeper.seconds_to_end()
    setup.now = START + timedelta(seconds=10)
    at_its_end = setup.gatekeeper.look(), setup.asks(text)

    assert ahead == (True, "bad_key")
    assert back == (True, "granted", 9.0)
    assert at_its_end == (True, "bad_key")


def test_rotation_overlaps(setup):
    old = setup.create()
    _, new = setup.desk.rotate("a", overlap="1m")
    setup.gatekeeper.look()
    assert (setup.asks(old), setup.asks(new)) == ("granted", "granted")

    setup.now += timedelta(minutes=1)

    assert setup.gatekeeper.look()
    assert (setup.asks(old), setup.asks(new)) == ("bad_key", "granted")


def test_a_rotated_key_that_is_revoked_is_no_good_at_all(setup):
    old = setup.create()
    _, new = setup.desk.rotate("a", overlap="1m")
    setup.desk.revoke("a")
    setup.gatekeeper.look()

    assert (setup.asks(old), setup.asks(new)) == ("bad_key", "bad_key")
    with pytest.raises(UsageError, match="no key 'a'"):
        setup.desk.rotate("a")


class TokenSetup(Setup):
    """Takes tokens, of which `a.b.c` passes from second 10 to second 20."""

    def __init__(self, *, store=True):
        super().__init__()
        self.gatekeeper = Gatekeeper(self.store if store else None, clock=self.seconds, tokens=self)

    def verify(self, text, now):
        begin, end = START.timestamp() + 10, START.timestamp() + 20
        if text != "a.b.c" or now >= end:
            return Verdict(found=Denied(code="bad_key", detail="no"))
        if now < begin:
            return Verdict(found=Denied(code="bad_key", detail="not yet"), until=begin)
        key = Key(id="0" * 12, name="somebody", sha256="0" * 64, created=START)
        return Verdict(found=key, until=end)

    def pass_(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("store", [True, False])
def test_where_tokens_are_taken_nobody_is_let_in_without_one(store):
    setup = TokenSetup(store=store)

    assert [setup.asks(text) for text in (None, "", "x.y.z")] == [
        "key_required",
        "bad_key",
        "bad_key",
    ]


@pytest.mark.parametrize("store", [True, False])
def test_the_beginning_and_the_end_of_a_token_are_noticed_when_they_come(store):
    setup = TokenSetup(store=store)

    assert setup.asks("a.b.c") == "bad_key"
    assert setup.gatekeeper.seconds_to_end() == 10.0
    assert not setup.gatekeeper.look()
    setup.pass_(10)
    assert setup.gatekeeper.look()
    assert setup.asks("a.b.c") == "granted"
    assert setup.gatekeeper.seconds_to_end() == 10.0
    setup.pass_(10)
    assert setup.gatekeeper.look()
    assert setup.asks("a.b.c") == "bad_key"
    assert setup.gatekeeper.seconds_to_end() is None


def test_a_token_ends_though_the_keys_cannot_be_read():
    setup = TokenSetup()
    setup.pass_(10)
    assert setup.asks("a.b.c") == "granted"
    setup.store.failure = KeysError("no")
    assert setup.gatekeeper.look()

    setup.pass_(10)

    assert setup.gatekeeper.look()
    assert setup.asks("a.b.c") == "bad_key"


def test_keys_go_on_beside_tokens_and_tokens_are_no_keys_of_administration():
    setup = TokenSetup()
    text = setup.create()
    setup.pass_(10)
    setup.gatekeeper.look()
    asked = Asked(text="a.b.c", path="/admin/refresh", needs_admin=True)

    assert (setup.asks(text), setup.asks("a.b.c")) == ("granted", "granted")
    assert setup.gatekeeper.decide(asked).code == "not_allowed"


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"burst": 3}, "needs a rate"),
        ({"quotas": ["1/day", "2/day"]}, "two quotas of the same period"),
        ({"expires": "soon"}, "--expires: 'soon' is not a duration such as 30s"),
        ({"expires": "999999999d"}, "too long"),
        ({"expires": "2e9d"}, "too long"),
        ({"expires": "2025-12-31"}, "is over at 2026-01-01 00:00 UTC: the key would open nothing"),
        ({"expires": "2026-01-01T01:00:00+01:00"}, "is over"),
        ({"expires": "0s"}, "is over"),
        ({"expires": "-1d"}, "is not a duration"),
        ({"routes": ["predict"]}, "'predict' is no path of a server"),
        ({"routes": ["/admin/*"]}, "keys of administration alone"),
        ({"models": ["games@prod"]}, "no model can be called 'games@prod'"),
        ({"models": [""]}, "no model can be called"),
    ],
)
def test_what_makes_no_key_is_refused(setup, wish, message):
    with pytest.raises(UsageError, match=message):
        setup.create(**wish)


def test_a_name_is_taken_until_its_key_is_revoked(setup):
    setup.create()
    with pytest.raises(UsageError, match="There is a key of the name 'a'"):
        setup.create()

    setup.desk.revoke("a")
    setup.create()

    assert len(setup.desk.keys()) == 2


@pytest.mark.parametrize(
    ("text", "expires"),
    [
        ("90d", START + timedelta(days=90)),
        ("1.5h", START + timedelta(hours=1.5)),
        ("90", START + timedelta(seconds=90)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("20260131", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00+01:00", datetime(2026, 1, 31, 11, tzinfo=UTC)),
    ],
)
def test_a_key_ends_at_a_time_or_after_a_while(setup, text, expires):
    setup.create(expires=text)

    assert setup.desk.keys()[0].expires == expires


@pytest.mark.parametrize("overlap", ["soon", "-1h", "999999999d", "1e9d"])
def test_an_overlap_that_is_none_is_refused_and_nothing_is_changed(setup, overlap):
    text = setup.create()
    with pytest.raises(UsageError, match="--overlap"):
        setup.desk.rotate("a", overlap=overlap)
    setup.gatekeeper.look()

    assert setup.asks(text) == "granted"


def test_an_overlap_may_be_written_as_any_duration(setup):
    old = setup.create()
    setup.desk.rotate("a", overlap="1.5h")
    setup.now += timedelta(hours=1.4)
    setup.gatekeeper.look()
    before = setup.asks(old)
    setup.now += timedelta(hours=0.2)
    setup.gatekeeper.look()

    assert (before, setup.asks(old)) == ("granted", "bad_key")
