"""Vectorizers of texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golive.compiling.exporters.vocabulary_table import vocabulary_arrays
from golive.compiling.exporting import Exporter, Exports, NotExportableError
from golive.compiling.given import Given, Made
from golive.scorer.rows.analyzing import MOST_TOKENS

__all__ = ["EXPORTERS"]

_COUNTS = ("float64", "int64", "int32")


def _count(vectorizer: Any, given: Given, exports: Exports) -> Made:
    if not hasattr(vectorizer, "vocabulary_"):
        raise NotExportableError(f"{type(vectorizer).__name__} that was not fitted")
    if np.dtype(vectorizer.dtype).name not in _COUNTS:
        raise NotExportableError(f"a vectorizer with dtype {np.dtype(vectorizer.dtype).name}")
    arrays = vocabulary_arrays(vectorizer.vocabulary_)
    args = {**_analysis(vectorizer, given), "is_binary": bool(vectorizer.binary)}
    width = len(vectorizer.vocabulary_)
    node = exports.step("text.counts", "sparse", width, args=args, arrays=arrays)
    return Made(node=node, given=Given(gives="sparse", width=width, is_finite=True))


def _tfidf(vectorizer: Any, given: Given, exports: Exports) -> Made:
    counted = _count(vectorizer, given, exports)
    assert counted.given is not None
    # Public options may have been changed since; the transformer inside has those of fitting.
    inner = vars(vectorizer)["_tfidf"]
    weighted = _tfidf_transformer(inner, counted.given, exports)
    node = exports.pipeline([counted.node, weighted.node])
    return Made(node=node, given=weighted.given)


def _tfidf_transformer(transformer: Any, given: Given, exports: Exports) -> Made:
    if given.gives != "sparse" or given.is_float32:
        raise NotExportableError("TfidfTransformer on rows that are not sparse")
    idf = getattr(transformer, "idf_", None)
    if (idf is not None) is not bool(transformer.use_idf):
        raise NotExportableError("TfidfTransformer whose use_idf was changed after fitting")
    arrays = {}
    if idf is not None:
        if np.asarray(idf).dtype != np.float64 or np.shape(idf) != (given.width,):
            raise NotExportableError("TfidfTransformer with an idf_ of another dtype or shape")
        arrays["idf"] = idf
    args = {"norm": transformer.norm, "is_sublinear": bool(transformer.sublinear_tf)}
    nodes = [exports.step("text.weighted", "sparse", given.width, args=args, arrays=arrays)]
    if not given.is_finite:
        nodes.insert(0, exports.step("checking.finite", "sparse", given.width))
    return Made(node=exports.pipeline(nodes), given=replace(given, names=None, is_finite=False))


def _hashing(vectorizer: Any, given: Given, exports: Exports) -> Made:
    if np.dtype(vectorizer.dtype) != np.float64:
        raise NotExportableError(f"a vectorizer with dtype {np.dtype(vectorizer.dtype).name}")
    width = int(vectorizer.n_features)
    args = {
        **_analysis(vectorizer, given),
        "is_signed": bool(vectorizer.alternate_sign),
        "is_binary": bool(vectorizer.binary),
    }
    nodes = [exports.step("text.hashes", "sparse", width, args=args)]
    if vectorizer.norm is not None:
        args = {"norm": vectorizer.norm}
        nodes.append(exports.step("text.normalized", "sparse", width, args=args))
    given = Given(gives="sparse", width=width, is_finite=True)
    return Made(node=exports.pipeline(nodes), given=given)


def _hasher(hasher: Any, given: Given, exports: Exports) -> Made:
    """Of an array of texts: a row's values are its terms."""
    if hasher.input_type != "string":
        raise NotExportableError(f"FeatureHasher of the input_type {hasher.input_type!r}")
    is_text = all(column.type in ("string", "category", "text") for column in given.columns)
    if given.gives != "table" or given.names is not None or not is_text:
        raise NotExportableError("FeatureHasher of other rows than those of an array of texts")
    if np.dtype(hasher.dtype) != np.float64:
        raise NotExportableError(f"FeatureHasher with dtype {np.dtype(hasher.dtype).name}")
    width = int(hasher.n_features)
    args = {"is_signed": bool(hasher.alternate_sign)}
    node = exports.step("text.hashed_values", "sparse", width, args=args)
    return Made(node=node, given=Given(gives="sparse", width=width, is_finite=True))


def _analysis(vectorizer: Any, given: Given) -> dict[str, Any]:
    """The arguments of the scorer's analyzer."""
    if given.gives != "text":
        raise NotExportableError("a vectorizer of texts on rows that are no texts")
    if vectorizer.input != "content":
        raise NotExportableError(f"a vectorizer with input={vectorizer.input!r}")
    for option in ("analyzer", "preprocessor", "tokenizer", "strip_accents"):
        if callable(getattr(vectorizer, option)):
            raise NotExportableError(f"a vectorizer with a function as its {option}")
    least, most = vectorizer.ngram_range
    if least < 1 or least > most or most > MOST_TOKENS:
        raise NotExportableError(f"a vectorizer with ngram_range={(least, most)}")
    args = {
        "analyzer": vectorizer.analyzer,
        "ngrams": [int(least), int(most)],
        "lowercase": bool(vectorizer.lowercase),
        "strip_accents": vectorizer.strip_accents or None,
    }
    if vectorizer.analyzer == "word":
        args["pattern"] = vectorizer.token_pattern
        args["stop_words"] = _stop_words(vectorizer)
    return args


def _stop_words(vectorizer: Any) -> list[str]:
    words = vectorizer.get_stop_words() or ()
    if not all(isinstance(word, str) for word in words):
        raise NotExportableError("a vectorizer with stop words that are no texts")
    return sorted(map(str, words))


EXPORTERS: dict[str, Exporter] = {
    "sklearn.CountVectorizer": _count,
    "sklearn.FeatureHasher": _hasher,
    "sklearn.TfidfVectorizer": _tfidf,
    "sklearn.TfidfTransformer": _tfidf_transformer,
    "sklearn.HashingVectorizer": _hashing,
}
