"""Forests: trees as flat arrays, walked from the root to a leaf.

A step with trees has these arrays, one item a node unless said otherwise:

- `features` (`i`): the position of the value that is asked about; -1 for a leaf;
- `thresholds` (`d`): the threshold, for a question about categories the number of its set, for a
  leaf its value or, if there are `vectors`, its place among them;
- `lefts`, `rights` (`i`): the nodes that follow, where they are in the whole forest;
- `kinds` (`B`, may be absent: all 0): when the left node follows. 0: `x <= threshold`;
  1: `not x > threshold`, so that NaN goes left; 2: x is in the set; 3: x is not in the set;
  4 and 5: `x <= threshold`, but NaN and values within `NEARLY_ZERO` of 0 go right or left;
  6: x is neither in the set nor NaN;
- `roots` (`i`): the first node of each tree;
- `outputs` (`i`, one a tree, may be absent: all 0): the sum that the tree's leaves are added to;
- `members` (`d`) and `ends` (`i`): the sets one after another, and where each of them ends;
- `vectors` (`d`): what leaves of several values add, `outputs` at a time;
- `start` (`d`): what the sums begin with, one an output.

Args: `depth` (of the deepest tree), `largest_kind`, and `is_float32` (sums are rounded to 32 bits
at each step).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import compress
from operator import add
from typing import Any

from golive.scorer.format import ProgramError
from golive.scorer.node import Node
from golive.scorer.rows.estimator import Estimator

__all__ = ["NEARLY_ZERO", "Forest", "Totals", "answering", "forest_of", "totals_of"]

NEARLY_ZERO = 1.0000000180025095e-35
"""1e-35 as a 32-bit float: LightGBM's bound of zero."""
_MAPPED_FROM = 20_000
"""Forests of more nodes stay mapped; indexing is a little slower than that of lists."""

_DEEPEST = 10_000
_LARGEST_KIND = 6
_OF_SETS = (2, 3, 6)

Totals = Callable[[list[float]], Any]
"""From a row to the sum of its leaves: a float for one output, else a list."""
Leaves = Callable[[list[float]], list[int]]
Payloads = Callable[[list[float]], Iterable[Any]]
"""From a row to what the leaf of each tree adds: a float, or several."""


class Forest:
    """The arrays of a step with trees.

    Attributes:
        features: See the module; likewise the others.
        sets: The sets of categories.
        start: What the sums begin with.
        depth: That of the deepest tree.
        largest_kind: The largest of the kinds.
        is_float32: Whether sums are rounded to 32 bits.
    """

    def __init__(self, node: Node) -> None:
        self.is_mapped = len(node.view("features")) > _MAPPED_FROM
        read: Callable[[str], Any] = node.view if self.is_mapped else node.list
        self.features: Sequence[int] = read("features")
        self.thresholds: Sequence[float] = read("thresholds")
        self.lefts: Sequence[int] = read("lefts")
        self.rights: Sequence[int] = read("rights")
        self.kinds: Sequence[int] | None = read("kinds") if node.has("kinds") else None
        self.vectors: Sequence[float] | None = read("vectors") if node.has("vectors") else None
        self.roots: list[int] = node.list("roots")
        self.start: list[float] = node.list("start")
        self.outputs: list[int] = (
            node.list("outputs") if node.has("outputs") else [0] * len(self.roots)
        )
        self.sets = _sets_of(node)
        self.depth: int = node.args["depth"]
        self.largest_kind: int = node.args["largest_kind"]
        self.is_float32 = bool(node.args.get("is_float32"))
        if type(self.depth) is not int or not 0 <= self.depth <= _DEEPEST:
            raise ProgramError(f"The program has trees of a depth of {self.depth!r}.")
        if type(self.largest_kind) is not int:
            raise ProgramError(f"The program has trees of a kind {self.largest_kind!r}.")
        _refuse_gaps(self)
        if not self.is_mapped:
            _refuse_circles(self)
            _refuse_lost_leaves(self)
            _refuse_unknown_questions(self)


def _refuse_gaps(forest: Forest) -> None:
    """See to it that each node has all that belongs to it, and each tree a sum.

    Raises:
        ProgramError: One has not.
    """
    arrays = (forest.thresholds, forest.lefts, forest.rights, forest.kinds)
    sizes = {len(forest.features), *(len(items) for items in arrays if items is not None)}
    if len(sizes) > 1:
        raise ProgramError("The program has trees whose arrays are not equally long.")
    is_whole = len(forest.outputs) == len(forest.roots)
    if not is_whole or not all(0 <= output < len(forest.start) for output in forest.outputs):
        raise ProgramError("The program has trees that are added to no sum.")


def _refuse_circles(forest: Forest) -> None:
    """See to it that each way down a tree has an end, in time; it takes about 0.3 µs a node.

    Raises:
        ProgramError: A node follows two others, or itself, or is not there; or a way is longer
            than the deepest is said to be.
    """
    inner = [feature >= 0 for feature in forest.features]
    reached = [*compress(forest.lefts, inner), *compress(forest.rights, inner), *forest.roots]
    count = len(inner)
    if len(set(reached)) < len(reached) or not all(0 <= at < count for at in reached):
        raise ProgramError("The program has trees whose nodes do not follow one another.")
    level = forest.roots
    for _ in range(forest.depth + 1):
        asking = [at for at in level if inner[at]]
        level = [*map(forest.lefts.__getitem__, asking), *map(forest.rights.__getitem__, asking)]
    if level:
        raise _too_deep(forest)


def _refuse_lost_leaves(forest: Forest) -> None:
    """See to it that each leaf of several values has them.

    Raises:
        ProgramError: One has not.
    """
    if forest.vectors is None:
        return
    count = len(forest.vectors) // max(1, len(forest.start))
    is_leaf = [feature < 0 for feature in forest.features]
    if not all(0 <= place < count for place in compress(forest.thresholds, is_leaf)):
        raise ProgramError("The program has trees whose leaves have no values.")


def _refuse_unknown_questions(forest: Forest) -> None:
    """See to it that nothing is asked but what the program says, and of sets that it has.

    Raises:
        ProgramError: Something else is.
    """
    if forest.kinds is None:
        return
    inner = [feature >= 0 for feature in forest.features]
    kinds = list(compress(forest.kinds, inner))
    if not all(0 <= kind <= min(forest.largest_kind, _LARGEST_KIND) for kind in kinds):
        raise ProgramError("The program has trees that ask in another way than it says.")
    asked = zip(kinds, compress(forest.thresholds, inner), strict=True)
    if not all(0 <= number < len(forest.sets) for kind, number in asked if kind in _OF_SETS):
        raise ProgramError("The program has trees that ask about sets that are not there.")


def _sets_of(node: Node) -> list[frozenset[float]]:
    if not node.has("members"):
        return []
    members, ends = node.list("members"), node.list("ends")
    begins = [0, *ends][: len(ends)]
    return [frozenset(members[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def forest_of(node: Node) -> Forest:
    """The forest of a step, read once."""
    if "forest" not in node.memory:
        node.memory["forest"] = Forest(node)
    forest: Forest = node.memory["forest"]
    return forest


def totals_of(node: Node) -> Totals:
    """What adds up the leaves of a row, in the order of the trees.

    It walks the arrays until, later, `golive.scorer.rows.generated` has made functions of the trees
    or, if there are too many for that, `golive.scorer.rows.linked` has linked their nodes.
    """
    if "totals" not in node.memory:
        forest = forest_of(node)
        current = [_walking(forest)]
        node.later(partial(_hastened, forest, current))
        node.memory["totals"] = lambda row: current[0](row)  # noqa: PLW0108  # it is replaced
    totals: Totals = node.memory["totals"]
    return totals


def answering(answers: dict[str, Callable[[Node], Estimator]]) -> dict[str, Any]:
    """Builders of estimators of rows, from those of estimators of sums."""

    def built(answer: Callable[[Node], Estimator]) -> Callable[[Node], Estimator]:
        return lambda node: answer(node).after(totals_of(node))

    return {name: built(answer) for name, answer in answers.items()}


def _hastened(forest: Forest, current: list[Totals]) -> Iterator[None]:
    from golive.scorer.rows import generated, linked

    is_linked = linked.is_worthwhile(forest)
    if forest.is_mapped and (is_linked or generated.is_worthwhile(forest)):
        _refuse_circles(forest)
        _refuse_lost_leaves(forest)
        _refuse_unknown_questions(forest)
        yield
    if generated.is_worthwhile(forest):
        parts: list[Any] = []
        for part in generated.functions_of(forest):
            parts.append(part)
            yield
        current[0] = generated.totals_from(parts, forest)
    elif is_linked:
        roots: list[linked.Linked] = []
        for root in linked.links_of(forest):
            roots.append(root)
            yield
        current[0] = _linked(forest, linked.payloads_from(roots), current[0])


def _linked(forest: Forest, payloads: Payloads, careful: Totals) -> Totals:
    """Totals by linked trees; rows with NaN are walked where NaN may go left."""
    quick = _added_up(forest, payloads)
    if forest.kinds is None:
        return quick

    def totals(row: list[float]) -> Any:
        total = sum(row)
        return quick(row) if total == total else careful(row)

    return totals


def _walking(forest: Forest) -> Totals:
    leaves, value_at = _leaves_of(forest), forest.thresholds.__getitem__
    vectors, width = forest.vectors, len(forest.start)
    if vectors is None:
        return _added_up(forest, lambda row: map(value_at, leaves(row)))

    def payloads(row: list[float]) -> Iterator[Sequence[float]]:
        for leaf in leaves(row):
            at = int(value_at(leaf)) * width
            yield vectors[at : at + width]

    return _added_up(forest, payloads)


def _added_up(forest: Forest, payloads: Payloads) -> Totals:
    """What adds up, in order, what the leaves of a row hold."""
    start = forest.start
    if forest.vectors is not None:
        return _vectors_added_up(start, payloads)
    if len(start) == 1 and not forest.is_float32:
        first = start[0]
        return lambda row: reduce(add, payloads(row), first)
    outputs = forest.outputs

    def totals(row: list[float]) -> Any:
        sums: Any = array("f", start) if forest.is_float32 else start.copy()
        for output, value in zip(outputs, payloads(row), strict=True):
            sums[output] += value
        return sums[0] if len(start) == 1 else list(sums)

    return totals


def _vectors_added_up(start: list[float], payloads: Payloads) -> Totals:
    if len(start) == 2:
        one, other = start

        def two(row: list[float]) -> list[float]:
            first, second = one, other
            for a, b in payloads(row):
                first += a
                second += b
            return [first, second]

        return two

    def totals(row: list[float]) -> list[float]:
        sums = start
        for vector in payloads(row):
            sums = list(map(add, sums, vector))
        return sums

    return totals


def _leaves_of(forest: Forest) -> Leaves:
    """What finds the leaf of each tree."""
    plain = _bounded_walk(forest) if forest.is_mapped else _plain_walk(forest)
    if forest.kinds is None:
        return plain
    careful = _careful_walk(forest)
    if forest.largest_kind > 1:
        return careful

    def leaves(row: list[float]) -> list[int]:
        total = sum(row)
        return plain(row) if total == total else careful(row)

    return leaves


def _plain_walk(forest: Forest) -> Leaves:
    """For forests, and rows, in which NaN never goes left."""
    features, thresholds = forest.features, forest.thresholds
    lefts, rights, roots = forest.lefts, forest.rights, forest.roots

    def leaves(row: list[float]) -> list[int]:
        found = []
        for root in roots:
            at = root
            feature = features[at]
            while feature >= 0:
                at = lefts[at] if row[feature] <= thresholds[at] else rights[at]
                feature = features[at]
            found.append(at)
        return found

    return leaves


def _bounded_walk(forest: Forest) -> Leaves:
    """The same of mapped nodes, which nobody has read: no way is longer than the deepest."""
    features, thresholds = forest.features, forest.thresholds
    lefts, rights, roots = forest.lefts, forest.rights, forest.roots
    levels = range(forest.depth + 1)

    def leaves(row: list[float]) -> list[int]:
        found = []
        for root in roots:
            at = root
            for _ in levels:
                feature = features[at]
                if feature < 0:
                    break
                at = lefts[at] if row[feature] <= thresholds[at] else rights[at]
            else:
                raise _too_deep(forest)
            found.append(at)
        return found

    return leaves


def _careful_walk(forest: Forest) -> Leaves:
    features, lefts, rights = forest.features, forest.lefts, forest.rights
    goes_left = _question(forest)
    levels = range(forest.depth + 1)

    def leaves(row: list[float]) -> list[int]:
        found = []
        for root in forest.roots:
            at = root
            for _ in levels:
                feature = features[at]
                if feature < 0:
                    break
                at = lefts[at] if goes_left(at, row[feature]) else rights[at]
            else:
                raise _too_deep(forest)
            found.append(at)
        return found

    return leaves


def _too_deep(forest: Forest) -> ProgramError:
    return ProgramError(f"The program has trees that are deeper than {forest.depth}, as it says.")


def _question(forest: Forest) -> Callable[[int, float], bool]:
    kinds, thresholds, sets = forest.kinds, forest.thresholds, forest.sets
    assert kinds is not None

    def goes_left(at: int, value: float) -> bool:
        kind, threshold = kinds[at], thresholds[at]
        if kind == 0:
            return value <= threshold
        if kind == 1:
            return not value > threshold
        if kind in (4, 5):
            is_away = value < -NEARLY_ZERO or value > NEARLY_ZERO
            return value <= threshold if is_away else kind == 5
        is_known = value in sets[int(threshold)]
        return is_known if kind == 2 else not is_known and (kind == 3 or value == value)

    return goes_left
