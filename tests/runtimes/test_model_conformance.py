"""What every implementation of the seam `Model` does, fakes included."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Output

PLAIN = (bool, int, float, str, type(None))


def members(outputs: Outputs) -> list[list]:
    lists = (outputs.probabilities, outputs.labels, outputs.values)
    return [one for one in lists if one is not None]


def joined(parts: list[Outputs]) -> list[list]:
    columns = zip(*[members(part) for part in parts], strict=True)
    return [[row for rows in column for row in rows] for column in columns]


def in_batches_of(case, model, size: int) -> list[list]:
    starts = range(0, case.batch.size, size)
    groups = [list(range(s, min(s + size, case.batch.size))) for s in starts]
    return joined([model.predict(case.batch.take(group)) for group in groups])


def leaves(value) -> list:
    if type(value) is list:
        return [leaf for item in value for leaf in leaves(item)]
    if type(value) is dict:
        return [leaf for pair in value.items() for item in pair for leaf in leaves(item)]
    return [value]


def assert_same(found, expected) -> None:
    for one, other in zip(leaves(found), leaves(expected), strict=True):
        assert one == (pytest.approx(other, rel=1e-12) if isinstance(other, float) else other)


def test_there_is_one_output_for_every_record(case):
    found = members(case.load().predict(case.batch))

    assert found
    assert {len(one) for one in found} == {case.batch.size}


def test_the_outputs_are_those_of_the_signature(case):
    found = case.load().predict(case.batch)

    output: Output = case.signature.output
    classifies = output.kind in ("binary", "multiclass")
    assert (found.values is None) == classifies
    assert (found.probabilities is not None) == (classifies and output.has_probabilities)
    assert {len(row) for row in found.probabilities or ()} <= {len(output.classes)}
    assert {*(found.labels or ())} <= {*output.classes}


def test_answers_vary_with_the_record(case):
    found = members(case.load().predict(case.batch))

    assert len({repr(row) for row in found[0]}) > 1


@pytest.mark.parametrize("size", [1, 7])
def test_answers_do_not_depend_on_the_batch(case, size):
    model = case.load()

    assert_same(in_batches_of(case, model, size), members(model.predict(case.batch)))


def test_answers_follow_the_order_of_the_records(case):
    model = case.load()
    backwards = case.batch.take(list(reversed(range(case.batch.size))))

    found = [one[::-1] for one in members(model.predict(backwards))]

    assert_same(found, members(model.predict(case.batch)))


def test_no_records_have_no_outputs(case):
    model = case.load()
    empty = Batch(tuple([] for _ in case.batch.columns), 0)

    found = model.predict(empty)

    full = model.predict(case.batch)
    assert members(found) == [[] for _ in members(full)]
    assert (found.values is None) == (full.values is None)


def test_outputs_are_plain_python_values(case):
    found = members(case.load().predict(case.batch))

    assert {type(leaf) for leaf in leaves(found)} <= {*PLAIN}


def test_several_threads_get_the_same_answers(case):
    model = case.load()
    expected = members(model.predict(case.batch))
    together = threading.Barrier(4)

    def ask(_):
        together.wait(timeout=10)
        return [in_batches_of(case, model, 50) for _ in range(2)]

    with ThreadPoolExecutor(4) as pool:
        rounds = [found for thread in pool.map(ask, range(4)) for found in thread]

    for found in rounds:
        assert_same(found, expected)


def test_a_record_without_nulls_is_answered_alike_beside_one_with_nulls(case):
    if case.signature.form != "frame" or not any(None in c for c in case.batch.columns):
        pytest.skip("this model takes no nulls")
    model = case.load()
    whole = [i for i in range(case.batch.size) if all(c[i] is not None for c in case.batch.columns)]
    nulls = [i for i in range(case.batch.size) if i not in whole]

    alone = members(model.predict(case.batch.take(whole[:1])))
    beside = members(model.predict(case.batch.take([*nulls[:3], whole[0], *nulls[3:6]])))

    assert_same([one[3:4] for one in beside], alone)


def test_the_batch_is_left_as_it_was(case):
    before = Batch(tuple(list(c) for c in case.batch.columns), case.batch.size)

    case.load().predict(case.batch)

    assert case.batch == before
