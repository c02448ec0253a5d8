"""An event's bytes are read only as they were written."""

import msgspec
import pytest

from golive.registry.errors import HistoryCorruptError
from golive.registry.event_format import decode_event, encode_event
from golive.registry.events import Collected, Content, Event, Moved, Pushed, What

WHATS: list[What] = [
    Pushed(version=1, content=Content(id="a" * 64, sha256="b" * 64, size=9, key="bundles/b.zip")),
    Moved(alias="prod", version=1, evidence={"verdict": "better", "difference": [0.1, 0.2]}),
    Moved(alias="prod", version=None, is_rollback=True),
    Collected(versions=(1, 2), keys=("bundles/x.zip",)),
]


def event(what: What = WHATS[1]) -> Event:
    return Event(
        number=7, what=what, at="2026-11-01", by="ada", why="ä \u2028", after="c" * 64, nonce="d"
    )


@pytest.mark.parametrize("what", WHATS)
def test_what_is_written_is_read(what: What) -> None:
    data = encode_event(event(what))
    assert decode_event(data, name="e") == event(what)
    assert encode_event(decode_event(data, name="e")) == data


def test_every_changed_byte_is_noticed() -> None:
    data = encode_event(event())
    for place in range(len(data)):
        for byte in {data[place] ^ 1, data[place] ^ 0x20, 0, 0x20} - {data[place]}:
            changed = data[:place] + bytes([byte]) + data[place + 1 :]
            with pytest.raises(HistoryCorruptError, match=r"games/1\.json"):
                decode_event(changed, name="games/1.json")


def test_every_missing_and_added_byte_is_noticed() -> None:
    data = encode_event(event())
    for place in range(len(data)):
        before, rest = data[:place], data[place:]
        for changed in (before, before + rest[1:], before + b" " + rest):
            with pytest.raises(HistoryCorruptError):
                decode_event(changed, name="e")


def test_a_later_format_is_named_so() -> None:
    later = msgspec.structs.replace(event(), format_version=2)
    with pytest.raises(HistoryCorruptError, match="has format 2") as raised:
        decode_event(encode_event(later), name="e")
    assert raised.value.hint == "pip install --upgrade golive"
