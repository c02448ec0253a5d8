from __future__ import annotations

from importlib.metadata import packages_distributions
from importlib.util import find_spec

from golive.packing.distributions import distributions_of


def test_each_module_has_the_distributions_that_python_finds():
    expected = packages_distributions()

    found = distributions_of(expected)

    specs = {name: find_spec(name) for name in expected if name.isidentifier()}
    modules = {name for name, spec in specs.items() if spec is not None and spec.origin}
    assert len(modules) > 50
    assert {name: sorted(set(found[name])) for name in modules} == {
        name: sorted(set(expected[name])) for name in modules
    }


def test_only_what_is_asked_for_is_told():
    assert distributions_of(["numpy", "no_such_module"]) == {"numpy": ["numpy"]}
