from golive.runtimes.partition import brittle_columns, null_groups, predict_apart
from golive.runtimes.protocols import Batch, Outputs
from golive.signature.model import Column, Output, Signature

BATCH = Batch(([1, None, 3, None, 5], [True, True, None, None, False]), 5)


def signature(form, *dtypes):
    columns = tuple(Column(name=d, type="number", dtype=d) for d in dtypes)
    return Signature(form=form, columns=columns, output=Output(kind="regression"))


def test_integers_and_booleans_of_a_frame_cannot_hold_nulls():
    dtypes = ("int64", "float64", "bool", "Int64", "uint8", "object", "category")

    assert brittle_columns(signature("frame", *dtypes)) == (0, 2, 4)
    assert brittle_columns(signature("matrix", *dtypes)) == ()


def test_records_are_grouped_by_their_set_of_nulls():
    assert null_groups(BATCH, (0, 1)) == [[0, 4], [1], [2], [3]]
    assert null_groups(BATCH, (1,)) == [[0, 1, 4], [2, 3]]


def test_a_batch_of_one_kind_is_one_group():
    assert null_groups(BATCH.take([0, 4]), (0, 1)) is None
    assert null_groups(BATCH.take([3]), (0, 1)) is None


def test_answers_come_back_in_order():
    calls = []

    def predict(batch):
        calls.append(batch.size)
        return Outputs(values=[str(pair) for pair in zip(*batch.columns, strict=True)])

    found = predict_apart(BATCH, (0, 1), predict)

    assert calls == [2, 1, 1, 1]
    assert found == Outputs(
        values=["(1, True)", "(None, True)", "(3, None)", "(None, None)", "(5, False)"]
    )
