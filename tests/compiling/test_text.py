from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from tests.compiling.agreement import assert_agree, assert_batches_agree, compiled
from tests.compiling.hostile_texts import HOSTILE_TEXTS, SENTENCES, TRUTHS

from golive.compiling.exporting import NotExportableError

TEXTS = [*SENTENCES, *HOSTILE_TEXTS]
COUNTS = {
    "plain": {},
    "pairs": {"ngram_range": (1, 2)},
    "only pairs and triples": {"ngram_range": (2, 3)},
    "binary": {"binary": True, "ngram_range": (1, 2)},
    "upper case": {"lowercase": False},
    "without marks": {"strip_accents": "unicode", "ngram_range": (1, 2)},
    "ascii": {"strip_accents": "ascii"},
    "ascii, upper case": {"strip_accents": "ascii", "lowercase": False},
    "english stop words": {"stop_words": "english", "ngram_range": (1, 2)},
    "own stop words": {"stop_words": ["the", "card", "I"], "ngram_range": (1, 3)},
    "short words": {"token_pattern": r"(?u)\b\w+\b", "ngram_range": (1, 2)},
    "runs": {"token_pattern": r"\w\w+"},
    "ascii words": {"token_pattern": r"(?a)\b\w\w+\b"},
    "a group": {"token_pattern": r"(\w+)[^\w]"},
    "empty tokens": {"token_pattern": r"card|$", "ngram_range": (1, 2)},
    "split at spaces": {"token_pattern": r"\S+"},
    "characters": {"analyzer": "char", "ngram_range": (1, 3)},
    "longer characters": {"analyzer": "char", "ngram_range": (2, 5), "strip_accents": "unicode"},
    "characters of words": {"analyzer": "char_wb", "ngram_range": (1, 4)},
    "longer characters of words": {"analyzer": "char_wb", "ngram_range": (4, 7)},
    "few features": {"max_features": 10, "ngram_range": (1, 2)},
    "frequent": {"min_df": 2, "max_df": 0.9},
    "own vocabulary": {"vocabulary": ["card", "the card", "", "\ud800", "naïve", "卡片"],
                       "ngram_range": (1, 2)},
    "own positions": {"vocabulary": {"card": 2, "arrived": 0, "top": 1}},
}  # fmt: skip


@pytest.mark.parametrize("options", COUNTS.values(), ids=COUNTS)
def test_counted_terms_are_those_of_the_original(options):
    model = make_pipeline(CountVectorizer(**options), LogisticRegression(C=0.1))
    model.fit(SENTENCES, TRUTHS)

    assert_agree(model, compiled(model, SENTENCES), TEXTS)


@pytest.mark.parametrize("options", COUNTS.values(), ids=COUNTS)
def test_weighted_terms_are_those_of_the_original(options):
    model = make_pipeline(TfidfVectorizer(**options), LogisticRegression())
    model.fit(SENTENCES, [truth > 0 for truth in TRUTHS])

    assert_agree(model, compiled(model, SENTENCES), TEXTS)


@pytest.mark.parametrize("norm", ["l1", "l2", None])
@pytest.mark.parametrize("use_idf", [True, False])
@pytest.mark.parametrize("sublinear_tf", [True, False])
@pytest.mark.parametrize("smooth_idf", [True, False])
def test_weights_and_norms_are_those_of_the_original(norm, use_idf, sublinear_tf, smooth_idf):
    options = {"norm": norm, "use_idf": use_idf, "sublinear_tf": sublinear_tf,
               "smooth_idf": smooth_idf}  # fmt: skip
    one = make_pipeline(TfidfVectorizer(**options), LogisticRegression()).fit(SENTENCES, TRUTHS)
    two = make_pipeline(CountVectorizer(), TfidfTransformer(**options), LogisticRegression())
    two.fit(SENTENCES, TRUTHS)

    assert_agree(one, compiled(one, SENTENCES), TEXTS)
    assert_agree(two, compiled(two, SENTENCES), TEXTS)


HASHES = {
    "plain": {},
    "few places": {"n_features": 7, "ngram_range": (1, 2)},
    "one place": {"n_features": 1},
    "no sign": {"n_features": 64, "alternate_sign": False},
    "binary": {"n_features": 5, "binary": True, "norm": None},
    "l1": {"n_features": 32, "norm": "l1"},
    "no norm": {"n_features": 32, "norm": None, "analyzer": "char", "ngram_range": (1, 5)},
}


@pytest.mark.parametrize("options", HASHES.values(), ids=HASHES)
def test_hashed_terms_are_those_of_the_original(options):
    model = make_pipeline(HashingVectorizer(**options), LogisticRegression())
    model.fit(SENTENCES, TRUTHS)

    assert_agree(model, compiled(model, SENTENCES), TEXTS)


def test_hashes_can_be_weighted():
    hashing = HashingVectorizer(n_features=16, alternate_sign=False, norm=None)
    model = make_pipeline(hashing, TfidfTransformer(sublinear_tf=True), LogisticRegression())
    model.fit(SENTENCES, TRUTHS)

    assert_agree(model, compiled(model, SENTENCES), TEXTS)


@pytest.mark.parametrize(
    "vectorizer", [TfidfVectorizer(ngram_range=(1, 2)), HashingVectorizer(n_features=50)]
)
def test_many_classes_of_texts_are_those_of_the_original(vectorizer):
    words = " ".join(SENTENCES).split()
    texts = [" ".join(words[at : at + 9]) for at in range(80)]
    model = make_pipeline(vectorizer, LogisticRegression(C=0.1))
    model.fit(texts, [at // 2 for at in range(80)])
    program = compiled(model, texts)

    assert_agree(model, program, [*texts, *TEXTS])
    assert_batches_agree(program, texts)


def test_a_text_among_other_columns_is_vectorized_as_by_the_original():
    frame = pd.DataFrame(
        {
            "text": pd.Series(TEXTS, dtype=object),
            "title": pd.Series(TEXTS[::-1], dtype=object),
            "pages": np.arange(len(TEXTS)) * 1.5,
        }
    )
    columns = make_column_transformer(
        (TfidfVectorizer(), "text"),
        (CountVectorizer(analyzer="char"), "title"),
        (StandardScaler(), ["pages"]),
    )
    model = make_pipeline(columns, LogisticRegression(C=0.01))
    model.fit(frame.iloc[: len(TRUTHS)], TRUTHS)

    assert_agree(model, compiled(model, frame), frame)


def test_words_and_characters_are_united_as_by_the_original():
    union = make_union(TfidfVectorizer(), CountVectorizer(analyzer="char_wb", ngram_range=(2, 3)))
    model = make_pipeline(union, LogisticRegression(C=0.1)).fit(SENTENCES, TRUTHS)
    program = compiled(model, SENTENCES)

    assert_agree(model, program, TEXTS)
    assert_batches_agree(program, TEXTS)


def test_what_is_no_text_is_refused():
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(SENTENCES, TRUTHS)
    program = compiled(model, SENTENCES)

    for value in (None, 3, 1.5, float("nan"), True):
        with pytest.raises(TypeError, match="a text is needed"):
            program.labelled([[value]])


def _split(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    "vectorizer",
    [
        CountVectorizer(tokenizer=_split, token_pattern=None),
        CountVectorizer(preprocessor=str.lower),
        CountVectorizer(analyzer=_split),
        CountVectorizer(strip_accents=str.upper),
        CountVectorizer(dtype=np.uint8),
        TfidfVectorizer(dtype=np.float32),
        HashingVectorizer(dtype=np.float32),
    ],
)
def test_functions_and_narrow_numbers_are_not_exported(vectorizer):
    model = make_pipeline(vectorizer, LogisticRegression()).fit(SENTENCES, TRUTHS)

    with pytest.raises(NotExportableError):
        compiled(model, SENTENCES)


def test_a_vectorizer_that_was_not_fitted_is_not_exported():
    line = LogisticRegression().fit([[0.0, 1.0], [1.0, 0.0]], [0, 1])
    model = make_pipeline(CountVectorizer(vocabulary=["card", "pin"]), line)

    with pytest.raises(NotExportableError, match="CountVectorizer that was not fitted"):
        compiled(model, SENTENCES)


WORDS = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
MARKS = make_pipeline(
    CountVectorizer(analyzer="char_wb", ngram_range=(1, 3), strip_accents="unicode"),
    LogisticRegression(),
)
PLACES = make_pipeline(HashingVectorizer(n_features=64, ngram_range=(1, 2)), LogisticRegression())
PROGRAMS = [
    (model, compiled(model, SENTENCES))
    for model in (pipeline.fit(SENTENCES, TRUTHS) for pipeline in (WORDS, MARKS, PLACES))
]
PIECES = st.sampled_from([*" ".join(SENTENCES).split(), " ", "\n", "é", "\u0301", "İ", "_", "\x00"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40) | st.lists(PIECES).map("".join), max_size=4))
def test_any_text_answers_as_the_original(texts):
    for model, program in PROGRAMS:
        assert_agree(model, program, texts)


def test_terms_are_found_again_once_more_were_met_than_are_remembered():
    terms = [f"term{at}" for at in range(50_000)]
    texts = [" ".join(terms[at : at + 5000]) for at in range(0, 50_000, 5000)]
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    model.fit(texts, [at % 2 for at in range(len(texts))])

    assert_agree(model, compiled(model, texts), [*texts, *texts, "term7 term7 unknown term49999"])


def test_values_of_an_array_of_texts_are_hashed_as_by_the_original():
    texts = [one for one in HOSTILE_TEXTS if "\ud800" not in one]
    rows = np.array([texts, texts[::-1]], dtype=object).T
    model = make_pipeline(FeatureHasher(8, input_type="string"), LogisticRegression())
    model.fit(rows, [at % 2 for at in range(len(rows))])
    rows[3, 1], rows[4, 0] = None, 7

    program = compiled(model, rows)

    assert_agree(model, program, rows)
    assert_batches_agree(program, rows)


@pytest.mark.parametrize("kind", ["dict", "pair"])
def test_a_hasher_of_what_no_table_holds_is_not_exported(kind):
    rows = np.array([["a", "b"]] * 4, dtype=object)
    model = make_pipeline(FeatureHasher(8, input_type="string"), LogisticRegression())
    model.fit(rows, [0, 1, 0, 1])
    model.steps[0][1].input_type = kind

    with pytest.raises(NotExportableError, match=f"FeatureHasher of the input_type '{kind}'"):
        compiled(model, rows)


def test_a_hasher_of_a_frame_is_not_exported():
    frame = pd.DataFrame([["a", "b"]] * 4, columns=["x", "y"])
    model = make_pipeline(FeatureHasher(8, input_type="string"), LogisticRegression())
    model.fit(frame.to_numpy(), [0, 1, 0, 1])

    with pytest.raises(NotExportableError, match="than those of an array of texts"):
        compiled(model, frame)
