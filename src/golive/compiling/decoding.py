"""Decoding of labels: classes of one's own that hand records to an estimator and decode its labels.

No code of such a class is run to find out: its methods are compared with those that are known to do
no more, instruction by instruction. The labels themselves are in the signature, in the order of the
probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from sklearn.pipeline import Pipeline

__all__ = ["decoded_estimator"]

_ALLOWED_OF_A_PIPELINE = frozenset({"predict", "classes_"})


def decoded_estimator(estimator: Any) -> Any | None:
    """The estimator whose probabilities an estimator of one's own gives; None if it is not clear.

    Known are subclasses of scikit-learn's Pipeline that define `predict` alone, and classes whose
    `predict_proba` returns that of an attribute and whose `predict` returns that attribute's
    labels, decoded by a method or as places in an array.
    """
    own = [kind for kind in type(estimator).__mro__ if not _is_known(kind)]
    names = {name for kind in own for name in vars(kind) if not _is_of_scikit_learn(name)}
    if not own or _looks_up_attributes(own) or _calls_a_parent_of_its_own(own):
        return None
    if isinstance(estimator, Pipeline):
        is_plain = names <= _ALLOWED_OF_A_PIPELINE and _decodes(estimator, _SUPER_LABELS) == ""
        return Pipeline(list(estimator.steps)) if is_plain else None
    attribute = _decodes(estimator, _LABELS)
    probabilities = _function(estimator, "predict_proba")
    if not attribute or attribute in names or attribute not in vars(estimator):
        return None
    if probabilities is None:
        return None
    if not _is_same(probabilities.__code__, _probabilities.__code__, attribute):
        return None
    return vars(estimator)[attribute]


def _is_known(kind: type) -> bool:
    return kind is object or kind.__module__.partition(".")[0] == "sklearn"


def _is_of_scikit_learn(name: str) -> bool:
    """Whether it is what Python and scikit-learn themselves put into every class."""
    is_request = name.startswith("set_") and name.endswith("_request")
    return is_request or name.startswith(("__", "_sklearn_", "_abc_"))


def _looks_up_attributes(own: list[type]) -> bool:
    return any({"__getattr__", "__getattribute__"} & vars(kind).keys() for kind in own)


def _calls_a_parent_of_its_own(own: list[type]) -> bool:
    """Whether `super().predict` may be a method that nobody has looked at."""
    return sum("predict" in vars(kind) for kind in own) > 1


def _is_plain_super(kind: type, predict: FunctionType) -> bool:
    """Whether `super()` in the method is the one of Python, and begins at the method's class."""
    cells = [cell.cell_contents for cell in predict.__closure__ or ()]
    is_of_python = predict.__globals__.get("super", super) is super
    is_at_home = all(
        cell in kind.__mro__ and vars(cell).get("predict") is predict for cell in cells
    )
    return is_of_python and is_at_home


def _function(estimator: Any, name: str) -> FunctionType | None:
    """A method as the class defines it: neither decorated nor an attribute of the instance."""
    found = getattr(type(estimator), name, None)
    return found if isinstance(found, FunctionType) and name not in vars(estimator) else None


def _decodes(estimator: Any, templates: tuple[Callable[..., Any], ...]) -> str | None:
    """The attribute whose labels `predict` decodes; empty for those of the parent class."""
    predict = _function(estimator, "predict")
    if predict is None or not _is_plain_super(type(estimator), predict):
        return None
    for template in templates:
        for attribute in _attributes(predict.__code__, template.__code__):
            return attribute
    return None


def _attributes(code: CodeType, template: CodeType) -> Iterator[str]:
    """What stands in the code where the template has `inner`, if they are the same otherwise."""
    if not _is_same_but_for_names(code, template):
        return
    found = dict(zip(template.co_names, code.co_names, strict=True))
    if all(found[name] == name for name in ("predict", "super") if name in found):
        yield found.get("inner", "")


def _is_same(code: CodeType, template: CodeType, attribute: str) -> bool:
    names = tuple(attribute if name == "inner" else name for name in template.co_names)
    return _is_same_but_for_names(code, template) and code.co_names == names


def _is_same_but_for_names(code: CodeType, template: CodeType) -> bool:
    constants = [value for value in code.co_consts if value is not None]
    known = [value for value in template.co_consts if value is not None]
    return (
        code.co_code == template.co_code
        and code.co_argcount == template.co_argcount
        and len(code.co_names) == len(template.co_names)
        and [c for c in constants if not isinstance(c, str)] == known
    )


def _probabilities(self: Any, X: Any) -> Any:  # noqa: N803
    return self.inner.predict_proba(X)


def _by_method(self: Any, X: Any) -> Any:  # noqa: N803
    return self.decoder.decode(self.inner.predict(X))


def _by_place(self: Any, X: Any) -> Any:  # noqa: N803
    return self.labels[self.inner.predict(X)]


def _as_they_are(self: Any, X: Any) -> Any:  # noqa: N803
    return self.inner.predict(X)


class _Decoding(Pipeline):  # type: ignore[misc]
    def predict(self, X: Any) -> Any:  # noqa: N803
        return self.decoder.decode(super().predict(X))


class _Placing(Pipeline):  # type: ignore[misc]
    def predict(self, X: Any) -> Any:  # noqa: N803
        return self.labels[super().predict(X)]


_LABELS = (_by_method, _by_place, _as_they_are)
_SUPER_LABELS = (_Decoding.predict, _Placing.predict)
