import pytest

from golive.building.platforms import Platform, parse_python


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("3.13", (3, 13)),
        ("3.11.7", (3, 11)),
        ("python3.14", (3, 14)),
        ("3", None),
        ("three.one", None),
        ("", None),
    ],
)
def test_a_text_names_a_python(text, python):
    assert parse_python(text) == python


def test_wheels_for_an_older_glibc_load_and_none_for_a_newer_one():
    platform = Platform(python=(3, 13), architecture="arm64", glibc=18)

    assert platform.wheel_tags == (
        "manylinux_2_18_aarch64",
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
    )


def test_the_oldest_tags_of_x86_64_are_known():
    tags = Platform(python=(3, 13), architecture="x86_64", glibc=34).wheel_tags

    assert tags[0] == "manylinux_2_34_x86_64"
    assert tags[-2:] == ("manylinux_2_5_x86_64", "manylinux1_x86_64")
    assert "manylinux2010_x86_64" in tags
