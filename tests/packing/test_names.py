import pytest

from golive.errors import UsageError
from golive.packing.names import checked_name, name_from


@pytest.mark.parametrize("name", ["income", "Income_v2.1", "20-newsgroups", "a"])
def test_what_can_stand_in_a_url_is_a_name(name):
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a/b", "games@prod", "modèle", "-a", "..", "a\n"])
def test_a_name_that_breaks_the_printed_curl_or_a_reference_is_refused(name):
    with pytest.raises(UsageError, match="cannot be a model's name"):
        checked_name(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("My Model (v2)", "My-Model-v2"), ("income", "income"), ("../x", "x"), ("模型", "model")],
)
def test_a_name_is_made_from_a_files_name(text, name):
    assert checked_name(name_from(text)) == name
