import pytest

from golive.building.installed import Distribution, distributions_in, size_of

METADATA = """Metadata-Version: 2.1
Name: Scikit_Learn
Version: 1.9.1
Requires-Dist: numpy>=1.24.1
Requires-Dist: SciPy>=1.10 ; python_version >= "3.11"
Requires-Dist: matplotlib>=3.6 ; extra == "plots"

Requires-Dist: prose
"""


@pytest.fixture
def site(tmp_path):
    info = tmp_path / "scikit_learn-1.9.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "RECORD").write_text(
        "../../bin/script,,\nsklearn/__init__.py,,\nscikit_learn.libs/libgomp.so.1,,\n"
        "scikit_learn-1.9.1.dist-info/METADATA,,\n"
    )
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("12345")
    return tmp_path


def test_a_distribution_tells_what_it_needs_and_what_belongs_to_it(site):
    assert distributions_in(site) == (
        Distribution(
            name="scikit-learn",
            version="1.9.1",
            requires=frozenset({"numpy", "scipy"}),
            entries=frozenset({"sklearn", "scikit_learn.libs", "scikit_learn-1.9.1.dist-info"}),
        ),
    )


def test_sizes_are_of_files_folders_and_what_is_not_there(site):
    assert size_of(site / "sklearn" / "__init__.py") == 5
    assert size_of(site / "sklearn") == 5
    assert size_of(site / "nowhere") == 0
