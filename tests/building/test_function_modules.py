"""golive's own modules in packages for AWS Lambda: these and no others."""

import sys

from tests.building.function_modules import COMPILED, CUT, ORIGINAL_TOO

from golive.building.lambda_files import ENTRY
from golive.building.own_modules import LEFT_OUT, LEFT_OUT_WHERE_COMPILED, own_modules


def test_a_compiled_bundle_needs_these_modules_and_no_others():
    found = own_modules(ENTRY, left_out=(*LEFT_OUT, *LEFT_OUT_WHERE_COMPILED))

    assert list(found.modules) == COMPILED
    assert sorted(found.cut) == CUT


def test_nothing_beside_msgspec_is_imported_before_somebody_needs_it():
    found = own_modules(ENTRY, left_out=(*LEFT_OUT, *LEFT_OUT_WHERE_COMPILED))

    needed = {name for name, modules in found.others.items() if modules}
    assert needed - sys.stdlib_module_names == {"msgspec"}
    assert set(found.others) - sys.stdlib_module_names == {
        "msgspec",
        "numpy",
        "platformdirs",
        "pyarrow",
        "zstandard",
    }


def test_an_original_model_needs_its_runtimes_too():
    found = own_modules(ENTRY)

    assert sorted(set(found.modules) - set(COMPILED)) == ORIGINAL_TOO
