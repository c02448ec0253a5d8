"""Balance between processes, whose numbers one file holds."""

from golive.http.front.balance import Balance


def make(path, processes=2):
    return [Balance(path / "n", place=place, processes=processes) for place in range(processes)]


def test_who_has_two_more_than_another_is_ahead(tmp_path):
    one, two = make(tmp_path)

    assert [one.is_ahead(1), one.is_ahead(2), two.is_ahead(3), two.is_ahead(4)] == [
        False,
        True,
        False,
        True,
    ]


def test_the_least_of_all_counts(tmp_path):
    one, two, three = make(tmp_path, 3)

    one.is_ahead(9)
    two.is_ahead(3)

    assert three.is_ahead(9)
    assert one.is_ahead(9)


def test_who_has_ended_has_none(tmp_path):
    one, two = make(tmp_path)

    one.is_ahead(5)
    assert not two.is_ahead(5)
    one.close()

    assert two.is_ahead(5)


def test_one_alone_is_never_ahead(tmp_path):
    [one] = make(tmp_path, 1)

    assert not one.is_ahead(1000)
