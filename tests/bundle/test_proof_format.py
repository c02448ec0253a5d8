import msgspec
import pytest

from golive.bundle.proof import Deviation, Proof, Timing, Tried
from golive.bundle.proof_format import decode_proof, encode_proof
from golive.errors import BundleError, BundleFormatError

PROOF = Proof(
    is_chosen=False,
    reason="The program is equal, but slower.",
    steps=3,
    size=1000,
    tried=(Tried(kind="sample", rows=5, refused=1), Tried(kind="near", rows=2, refused=0)),
    worst=Deviation(kind="near", row={"a": "inf"}, original=1, compiled=2, relative=None),
    timings=(Timing(rows=1, original=1.5, compiled=2.5),),
)


def test_a_proof_reads_back_as_it_was_written():
    assert decode_proof(encode_proof(PROOF)) == PROOF


def test_its_sums_are_over_all_kinds_of_rows():
    assert (PROOF.rows, PROOF.refused) == (7, 1)


def test_a_newer_format_says_how_to_read_it():
    data = msgspec.json.encode({**msgspec.to_builtins(PROOF), "format_version": 2})

    with pytest.raises(BundleFormatError, match="has format 2; this golive reads format 1"):
        decode_proof(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format_version": 1}', b"\xff"])
def test_what_is_no_proof_is_refused(data):
    with pytest.raises(BundleError, match=r"proof\.json cannot be read"):
        decode_proof(data)
