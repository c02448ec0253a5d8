"""Programs of strangers: whatever they hold, they are refused or answer, and run no code."""

from __future__ import annotations

import json
from array import array
from pathlib import Path

import pytest

from golive.scorer.format import ProgramError
from golive.scorer.loading import load_program
from golive.scorer.writing import ProgramWriter

EVIL = "__import__('os')._exit(1)"


def written(directory: Path, *steps: dict, **arrays: array):
    """Write a pipeline; the names of arrays in its steps are those given here."""
    writer = ProgramWriter()
    names = {name: writer.add(a.tobytes(), a.typecode) for name, a in arrays.items()}
    for step in steps:
        if "arrays" in step:
            step["arrays"] = {name: names[name] for name in step["arrays"]}
    root = {"op": "composing.pipeline", "gives": "estimator", "width": 1, "children": list(steps)}
    writer.write(directory, root, classes=None)


def line(directory: Path, *between: dict, width: object = 1):
    """2x + 1, with steps between."""
    written(
        directory,
        {"op": "inputs.numbers", "gives": "dense", "width": width},
        *between,
        {
            "op": "linear.regressor",
            "gives": "estimator",
            "width": 1,
            "arrays": ["weights", "intercepts"],
        },
        weights=array("d", [2.0]),
        intercepts=array("d", [1.0]),
    )


@pytest.mark.parametrize("width", [10**9, -1, 1.5, "1", EVIL, None, True, [1]])
def test_a_row_of_an_absurd_width_is_refused(tmp_path, width):
    line(tmp_path, width=width)

    with pytest.raises(ProgramError, match="of the kind 'dense', which this golive does not"):
        load_program(tmp_path)


@pytest.mark.parametrize(
    "between",
    [
        {"op": "composing.weighted", "args": {"weight": EVIL}},
        {"op": "composing.weighted", "args": {}},
        {"op": "composing.pick", "args": {"positions": [EVIL]}},
        {"op": "composing.pick", "args": {"positions": [10**30]}},
        {"op": "imputing.simple", "args": {"missing": EVIL, "kept": [0], "flagged": []}},
        {"op": "scaling.standard", "arrays": {"mean": "nowhere"}},
        {"op": "encoding.flags", "args": {"columns": EVIL}},
    ],
)
def test_a_step_whose_arguments_are_no_numbers_is_refused(tmp_path, between):
    line(tmp_path)
    data = json.loads((tmp_path / "program.json").read_text())
    data["root"]["children"].insert(1, {"gives": "dense", "width": 1, **between})
    (tmp_path / "program.json").write_text(json.dumps(data))

    with pytest.raises(ProgramError):
        load_program(tmp_path)


def test_steps_within_steps_without_end_are_refused(tmp_path):
    line(tmp_path)
    text = (tmp_path / "program.json").read_text()
    deep = '{"op":"composing.pipeline","gives":"dense","width":1,"children":[' * 50_000
    (tmp_path / "program.json").write_text(text.replace('"children": [', f'"children": [{deep}'))

    with pytest.raises(ProgramError):
        load_program(tmp_path)


def test_categories_are_values_of_generated_functions_and_never_source(tmp_path):
    flags = {"values": [EVIL, "'\"\\\n"], "places": [0, -1], "nan": None, "unseen": None}
    written(
        tmp_path,
        {"op": "inputs.table", "gives": "table", "width": 1, "args": {"kinds": ["nan"]}},
        {
            "op": "encoding.flags",
            "gives": "dense",
            "width": 1,
            "args": {"columns": [{**flags, "is_float": False}]},
        },
        {
            "op": "linear.regressor",
            "gives": "estimator",
            "width": 1,
            "arrays": ["weights", "intercepts"],
        },
        weights=array("d", [2.0]),
        intercepts=array("d", [1.0]),
    )

    assert load_program(tmp_path).values([[EVIL], ["'\"\\\n"]]) == [3.0, 1.0]


def forest(directory: Path, features: array, lefts: array, rights: array, **options):
    args = {"depth": 2, "largest_kind": 0, "link": "identity", **options.pop("args", {})}
    arrays = {
        "features": features,
        "thresholds": array("d", [0.5] * len(features)),
        "lefts": lefts,
        "rights": rights,
        "roots": array("i", [0]),
        "start": array("d", [0.0]),
        **options,
    }
    written(
        directory,
        {"op": "inputs.numbers", "gives": "dense", "width": 1},
        {
            "op": "boosting.regressor",
            "gives": "estimator",
            "width": 1,
            "args": args,
            "arrays": list(arrays),
        },
        **arrays,
    )


@pytest.mark.parametrize(
    ("lefts", "rights"),
    [
        ([0, 0, 0], [2, 0, 0]),
        ([1, 0, 0], [1, 0, 0]),
        ([1, 0, 0], [9, 0, 0]),
        ([-2, 0, 0], [1, 0, 0]),
    ],
)
def test_trees_whose_nodes_go_in_circles_are_refused(tmp_path, lefts, rights):
    forest(tmp_path, array("i", [0, -1, -1]), array("i", lefts), array("i", rights))

    with pytest.raises(ProgramError, match="do not follow one another"):
        load_program(tmp_path)


def test_circles_in_a_forest_that_stays_mapped_end_at_its_depth(tmp_path):
    count = 30_000
    forest(tmp_path, array("i", [0] * count), array("i", [0] * count), array("i", [0] * count))
    program = load_program(tmp_path)

    with pytest.raises(ProgramError, match="deeper than 2"):
        program.values([[0.0]])
    with pytest.raises(ProgramError, match="do not follow one another"):
        list(program.warm())


def test_trees_of_an_absurd_depth_are_refused(tmp_path):
    ends = array("i", [1, 0, 0]), array("i", [2, 0, 0])
    forest(tmp_path, array("i", [0, -1, -1]), *ends, args={"depth": 10**9})

    with pytest.raises(ProgramError, match="a depth of 1000000000"):
        load_program(tmp_path)


@pytest.mark.parametrize("kind", ["1", None, [1]])
def test_trees_of_a_kind_that_is_no_number_are_refused(tmp_path, kind):
    ends = array("i", [1, 0, 0]), array("i", [2, 0, 0])
    forest(tmp_path, array("i", [0, -1, -1]), *ends, args={"largest_kind": kind})

    with pytest.raises(ProgramError, match="trees of a kind"):
        load_program(tmp_path)


def comb(levels: int, *, nodes: int = 0):
    """A tree of so many levels, each of which asks once; with nodes that nothing leads to."""
    count = max(nodes, 2 * levels + 1)
    features = array("i", [0, -1] * levels + [-1] * (count - 2 * levels))
    lefts = array("i", [1, 0] * levels + [0] * (count - 2 * levels))
    rights = array("i", [0] * count)
    for level in range(levels):
        lefts[2 * level], rights[2 * level] = 2 * level + 1, 2 * level + 2
    return features, lefts, rights


@pytest.mark.parametrize("depth", [0, 2, 119])
def test_trees_that_are_deeper_than_they_say_are_refused(tmp_path, depth):
    forest(tmp_path, *comb(120), args={"depth": depth})

    with pytest.raises(ProgramError, match=f"deeper than {depth}, as it says"):
        load_program(tmp_path)


def test_trees_of_the_depth_that_they_say_answer(tmp_path):
    forest(tmp_path, *comb(120), args={"depth": 120})

    assert load_program(tmp_path).values([[0.0], [1.0]]) == [0.5, 0.5]


def test_mapped_trees_that_are_deeper_than_they_say_are_refused_before_they_are_compiled(tmp_path):
    forest(tmp_path, *comb(120, nodes=25_000), args={"depth": 2})
    program = load_program(tmp_path)

    with pytest.raises(ProgramError, match="deeper than 2, as it says"):
        list(program.warm())
    with pytest.raises(ProgramError, match="deeper than 2, as it says"):
        program.values([[1.0]])


@pytest.mark.parametrize("name", ["thresholds", "lefts", "rights", "kinds"])
def test_trees_whose_nodes_are_not_whole_are_refused(tmp_path, name):
    features, lefts, rights = comb(2)
    arrays = {"features": features, "lefts": lefts, "rights": rights, name: array("i", [0])}
    forest(tmp_path, **arrays)

    with pytest.raises(ProgramError, match="not equally long"):
        load_program(tmp_path)


@pytest.mark.parametrize("place", [-1.0, 2.0, 1e300, float("inf"), float("nan")])
def test_leaves_whose_values_are_not_there_are_refused(tmp_path, place):
    trees = comb(2)
    thresholds = array("d", [0.5, 0.0, 0.5, 1.0, place])
    values = {"start": array("d", [0.0, 0.0]), "vectors": array("d", [1.0, 2.0, 3.0, 4.0])}
    forest(tmp_path, *trees, thresholds=thresholds, **values)

    with pytest.raises(ProgramError, match="leaves have no values"):
        load_program(tmp_path)


@pytest.mark.parametrize(("kind", "largest"), [(2, 1), (7, 7), (255, 300), (1, 0), (0, -1)])
@pytest.mark.parametrize("nodes", [5, 25_000])
def test_trees_that_ask_in_another_way_than_they_say_are_refused(tmp_path, kind, largest, nodes):
    """`make fuzz` found one of a kind that asks about sets, which was an IndexError."""
    trees = comb(2, nodes=nodes)
    kinds = array("B", [kind, 0, 0, 0, 0] + [0] * (nodes - 5))
    forest(tmp_path, *trees, kinds=kinds, args={"largest_kind": largest})

    with pytest.raises(ProgramError, match="ask in another way than it says"):
        list(load_program(tmp_path).warm())


@pytest.mark.parametrize("place", [-1.0, 1.0, 1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("kind", [2, 3, 6])
def test_trees_that_ask_about_sets_that_are_not_there_are_refused(tmp_path, kind, place):
    sets = {"members": array("d", [1.0, 2.0]), "ends": array("i", [2])}
    thresholds = array("d", [place, 0.5, 0.5, 0.5, 0.5])
    kinds = array("B", [kind, 0, 0, 0, 0])
    forest(tmp_path, *comb(2), thresholds=thresholds, kinds=kinds, args={"largest_kind": 6}, **sets)

    with pytest.raises(ProgramError, match="about sets that are not there"):
        load_program(tmp_path)


def test_trees_that_have_sets_and_none_of_them_answer(tmp_path):
    sets = {"members": array("d", []), "ends": array("i", [])}
    forest(tmp_path, *comb(2), **sets)

    assert load_program(tmp_path).values([[0.0]]) == [0.5]


def test_trees_that_ask_about_sets_that_are_there_answer(tmp_path):
    sets = {"members": array("d", [1.0, 2.0]), "ends": array("i", [2])}
    thresholds = array("d", [0.0, 10.0, 0.5, 20.0, 30.0])
    kinds = array("B", [2, 0, 0, 0, 0])
    forest(tmp_path, *comb(2), thresholds=thresholds, kinds=kinds, args={"largest_kind": 2}, **sets)

    assert load_program(tmp_path).values([[2.0], [0.0]]) == [10.0, 20.0]


@pytest.mark.parametrize("outputs", [[], [1], [-1], [0, 0]])
def test_trees_that_are_added_to_no_sum_are_refused(tmp_path, outputs):
    forest(tmp_path, *comb(2), outputs=array("i", outputs))

    with pytest.raises(ProgramError, match="added to no sum"):
        load_program(tmp_path)


def texts(directory: Path, ngrams: list[int], table: array, pattern: object = r"(?u)\b\w\w+\b"):
    written(
        directory,
        {"op": "inputs.text", "gives": "text", "width": 1},
        {
            "op": "text.counts",
            "gives": "sparse",
            "width": 1,
            "args": {
                "analyzer": "word",
                "ngrams": ngrams,
                "lowercase": True,
                "strip_accents": None,
                "pattern": pattern,
                "stop_words": [],
                "is_binary": False,
            },
            "arrays": ["table", "bytes", "offsets"],
        },
        {
            "op": "linear.regressor",
            "gives": "estimator",
            "width": 1,
            "args": {"takes": "sparse"},
            "arrays": ["weights", "intercepts"],
        },
        table=table,
        bytes=array("B", b"word"),
        offsets=array("I", [0, 4]),
        weights=array("d", [2.0]),
        intercepts=array("d", [1.0]),
    )


@pytest.mark.parametrize("ngrams", [[1, 10**9], [0, 1], [2, 1], [-5, 5]])
def test_terms_of_an_absurd_length_are_refused(tmp_path, ngrams):
    texts(tmp_path, ngrams, array("I", [1, 0]))

    with pytest.raises(ProgramError, match="tokens, which is too much"):
        load_program(tmp_path)


@pytest.mark.parametrize("slots", [0, 3])
def test_a_vocabulary_whose_slots_are_no_power_of_two_is_refused(tmp_path, slots):
    texts(tmp_path, [1, 1], array("I", [1] * slots))

    with pytest.raises(ProgramError, match="no power of two"):
        load_program(tmp_path)


def test_a_vocabulary_without_a_free_slot_is_searched_for_a_while_only(tmp_path):
    texts(tmp_path, [1, 1], array("I", [1] * 4))
    program = load_program(tmp_path)

    assert program.values([["word"]]) == [3.0]
    with pytest.raises(ProgramError, match="it has no end"):
        program.values([["another"]])


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a{99999999999}", "(?P<a", "(" * 10_000, None, 5, ["a"]]
)
def test_a_pattern_that_is_none_is_refused(tmp_path, pattern):
    texts(tmp_path, [1, 1], array("I", [1, 0]), pattern)

    with pytest.raises(ProgramError, match=r"finds words by .*, which is no pattern"):
        load_program(tmp_path)


def test_a_pattern_of_several_groups_is_refused(tmp_path):
    texts(tmp_path, [1, 1], array("I", [1, 0]), "(a)(b)")

    with pytest.raises(ProgramError, match="a pattern of 2 groups"):
        load_program(tmp_path)


def test_a_pattern_of_one_group_gives_what_is_in_it(tmp_path):
    texts(tmp_path, [1, 1], array("I", [1] * 4), "<([a-z]+)>")

    assert load_program(tmp_path).values([["<word> word"]]) == [3.0]


def neighbors(directory: Path, **changed: array):
    """The nearest of four points on a line, in a tree of three nodes."""
    arrays = {
        "points": array("d", [0.0, 1.0, 10.0, 11.0]),
        "lower": array("d", [0.0, 0.0, 10.0]),
        "upper": array("d", [11.0, 1.0, 11.0]),
        "begins": array("i", [0, 0, 2]),
        "ends": array("i", [4, 2, 4]),
        "leaves": array("B", [0, 1, 1]),
        "values": array("d", [0.0, 1.0, 10.0, 11.0]),
        **changed,
    }
    written(
        directory,
        {"op": "inputs.numbers", "gives": "dense", "width": 1},
        {
            "op": "neighbors.regressor",
            "gives": "estimator",
            "width": 1,
            "args": {"count": 1, "first": 0, "inputs": 1, "is_by_distance": False, "power": 2},
            "arrays": list(arrays),
        },
        **arrays,
    )


def test_the_nearest_point_answers(tmp_path):
    neighbors(tmp_path)

    assert load_program(tmp_path).values([[0.6], [9.0]]) == [1.0, 10.0]


@pytest.mark.parametrize(
    "changed",
    [
        {"ends": array("i", [4, 2, 2**31 - 1])},
        {"begins": array("i", [0, -(2**31), 2])},
        {"begins": array("i", [0, 0, 0])},
        {"leaves": array("B", [0, 0, 1])},
        {"leaves": array("B", [])},
        {"begins": array("i", []), "ends": array("i", []), "leaves": array("B", [])},
        {"lower": array("d", [0.0])},
    ],
)
def test_a_tree_of_points_that_does_not_share_them_out_is_refused(tmp_path, changed):
    neighbors(tmp_path, **changed)

    with pytest.raises(ProgramError, match="do not share the points out"):
        load_program(tmp_path)
