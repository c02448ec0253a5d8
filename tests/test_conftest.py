from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def suite(pytester: pytest.Pytester, project: Path) -> pytest.Pytester:
    pytester.makeconftest((project / "tests" / "conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers =\n  requires(*names): needs these\n")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.requires("hovercraft")
        def test_with_a_browser():
            pass

        def test_with_data(test_data):
            assert test_data.is_dir()
    """)
    return pytester


def test_a_test_whose_service_is_absent_skips_with_its_reason(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLIVE_REQUIRE", "")
    monkeypatch.delenv("GOLIVE_TEST_DATA", raising=False)

    result = suite.runpytest_inprocess("-rs", "-p", "no:cacheprovider")

    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*GOLIVE_TEST_DATA does not point to the larger data sets*"])


def test_a_test_whose_required_service_is_absent_fails(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLIVE_REQUIRE", "hovercraft, data")
    monkeypatch.delenv("GOLIVE_TEST_DATA", raising=False)

    result = suite.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*GOLIVE_REQUIRE names hovercraft, which is absent*"])


def test_test_data_is_the_folder_that_the_environment_names(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOLIVE_REQUIRE", "data")
    monkeypatch.setenv("GOLIVE_TEST_DATA", str(tmp_path))

    result = suite.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, skipped=1)
