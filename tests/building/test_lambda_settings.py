import pytest

from golive.building.lambda_settings import ExtraData, LambdaSettings, read_lambda_settings
from golive.errors import UsageError


def write(folder, text):
    file = folder / "golive.toml"
    file.write_text(text)
    return file


def test_the_table_says_what_is_added(tmp_path):
    file = write(
        tmp_path,
        '[lambda]\nlibraries = ["lib/libb.so"]\nrequirements = ["tzdata==2026.1"]\n'
        'keep = ["pyarrow"]\n'
        'data = [{ from = "nltk_data", parts = ["corpora/stopwords"], variable = "NLTK_DATA" }]\n'
        "[other]\nx = 1\n",
    )

    assert read_lambda_settings(file) == LambdaSettings(
        folder=tmp_path,
        data=(ExtraData(source="nltk_data", parts=("corpora/stopwords",), variable="NLTK_DATA"),),
        libraries=("lib/libb.so",),
        requirements=("tzdata==2026.1",),
        keep=("pyarrow",),
    )


def test_without_a_file_nothing_is_added(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert read_lambda_settings() == LambdaSettings(folder=tmp_path)


def test_the_file_here_is_read_without_being_named(tmp_path, monkeypatch):
    write(tmp_path, '[lambda]\nkeep = ["pyarrow"]\n')
    monkeypatch.chdir(tmp_path)

    assert read_lambda_settings().keep == ("pyarrow",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lambda", "is no TOML"),
        ("[lambda]\nlibrary = []\n", "library"),
        ('[lambda]\ndata = [{ parts = ["a"] }]\n', "from"),
        ('[lambda]\nkeep = "pyarrow"\n', "keep"),
    ],
)
def test_what_it_cannot_be_is_refused_by_name(tmp_path, text, said):
    file = write(tmp_path, text)

    with pytest.raises(UsageError, match=said):
        read_lambda_settings(file)


def test_a_file_that_was_named_has_to_be_there(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        read_lambda_settings(tmp_path / "nowhere.toml")
