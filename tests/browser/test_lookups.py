"""The page of a model whose columns are looked up."""

import pytest
from msgspec.structs import replace
from tests.browser.models import rooms_model

from golive.engine.decode import Decoder
from golive.engine.engine import Engine
from golive.engine.filling import Filler
from golive.signature.model import Lookup
from golive.testing.lookups import MemoryLookups
from golive.testing.services import fake_service

pytestmark = pytest.mark.requires("chromium")


def looking_model():
    """Rooms times 1,000, of which flats have as many as is looked up, or 2."""
    plain = rooms_model()
    signature = plain.engine.signature
    [rooms] = signature.columns
    lookup = Lookup(name="flats", key="flat", columns=("rooms",))
    signature = replace(
        signature,
        columns=(replace(rooms, on_missing="default", default=2.0),),
        lookups=(lookup,),
    )
    decoder = Decoder(signature)
    decoder.fill_with(Filler(signature, {"flats": MemoryLookups({"7": {"rooms": 5.0}})}))
    engine = Engine(signature, plain.engine.model, decoder=decoder)
    return replace(plain, engine=engine)


def test_a_column_without_a_value_is_looked_up_by_the_key(serve, visit, expect):
    page = visit(serve(fake_service(looking_model())).url + "/")
    headline = page.locator(".headline")
    expect(headline).to_have_text("3,000")

    page.get_by_label("flat has no value").uncheck()
    page.get_by_label("flat", exact=True).fill("7")
    with page.expect_request("**/predict") as sent:
        page.get_by_label("rooms", exact=True).fill("")
    expect(headline).to_have_text("5,000")

    assert sent.value.post_data_json == {"flat": "7"}


def test_what_could_not_be_looked_up_is_said(serve, visit, expect):
    page = visit(serve(fake_service(looking_model())).url + "/")

    page.get_by_label("rooms", exact=True).fill("")
    page.get_by_label("flat has no value").uncheck()
    page.get_by_label("flat", exact=True).fill("8")

    expect(page.locator(".headline")).to_have_text("2,000")
    expect(page.locator(".meta")).to_contain_text("by default: rooms (flats: key_not_found)")
