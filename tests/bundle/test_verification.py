import pytest

from golive.bundle.verification import file_states, verify_listing
from golive.errors import BundleCorruptError


def test_every_file_has_its_state_by_its_path(bundle):
    states = file_states(bundle.path)

    assert states.keys() == bundle.manifest.files.keys() | {"manifest.json"}
    assert states["card.md"].size == 9


def test_a_whole_listing_passes(bundle):
    verify_listing(bundle.manifest, file_states(bundle.path))


def test_a_file_of_another_size_is_refused_without_reading_it(bundle):
    (bundle.path / "card.md").write_bytes(b"# income\n\n")

    with pytest.raises(BundleCorruptError) as caught:
        verify_listing(bundle.manifest, file_states(bundle.path))

    assert caught.value.message == (
        "card.md is not the file that was packed: it has 10 bytes instead of 9."
    )
