import json

import pytest

from golive.errors import MissingExtraError
from golive.optional import require


def test_an_installed_package_is_given():
    assert require("json", extra="json") is json


def test_an_absent_package_names_the_command_that_installs_its_extra():
    with pytest.raises(MissingExtraError) as caught:
        require("no_such_package.part", extra="aws")

    assert caught.value.message == (
        "This needs the package 'no_such_package', which is not installed."
    )
    assert caught.value.hint == "pip install 'golive[aws]'"
