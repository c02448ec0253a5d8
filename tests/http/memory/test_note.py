"""What the supervisor lets its workers tell."""

from golive.http.memory.note import MemoryNote


def test_what_was_written_last_is_read(tmp_path):
    writer, reader = MemoryNote(tmp_path), MemoryNote(tmp_path)

    before = reader.read()
    writer.write({"state": "within"})
    writer.write({"state": "waiting"})

    assert before is None
    assert reader.read() == {"state": "waiting"}


def test_a_server_that_has_ended_has_nothing_to_tell(tmp_path):
    assert MemoryNote(tmp_path / "gone").read() is None
