"""Composition: pipelines, unions and transformers of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from golive.scorer.node import Node
from golive.scorer.rows.building import Transform, build_estimator, build_transform
from golive.scorer.rows.estimator import Estimator

__all__ = ["OPS", "chain_of", "filled_with", "picker", "same"]


def chain_of(steps: Sequence[Transform]) -> Transform:
    """One function that runs the steps one after another, without those that change nothing."""
    working = [step for step in steps if step is not same]
    match working:
        case []:
            return same
        case [only]:
            return only
        case [first, second]:
            return lambda row: second(first(row))
        case [first, second, third]:
            return lambda row: third(second(first(row)))
        case _:
            half = len(working) // 2
            return chain_of([chain_of(working[:half]), chain_of(working[half:])])


def same(row: Any) -> Any:
    """The row itself: what a step that changes nothing is."""
    return row


def _pipeline(node: Node) -> Transform | Estimator:
    if node.gives != "estimator":
        return chain_of([build_transform(child) for child in node.children])
    *steps, last = node.children
    return build_estimator(last).after(chain_of([build_transform(step) for step in steps]))


def _same_row(_: Node) -> Transform:
    return same


def _pick(node: Node) -> Transform:
    """Some columns of a table or a dense row, in the order of `positions`."""
    positions: list[int] = node.args["positions"]
    if node.gives == "text":
        return itemgetter(positions[0])
    return picker(positions)


def picker(positions: Sequence[int]) -> Transform:
    """A function that picks values of a list by their positions, in that order."""
    if not positions:
        return lambda _: []
    if list(positions) == list(range(positions[0], positions[0] + len(positions))):
        return itemgetter(slice(positions[0], positions[-1] + 1))
    picked = itemgetter(*positions)
    return lambda row: list(picked(row))


def _union(node: Node) -> Transform:
    """What every child makes of the same row, side by side."""
    parts = [build_transform(child) for child in node.children]
    if node.gives == "sparse":
        return _sparse_union(node, parts)
    if len(parts) == 1:
        return parts[0]
    return lambda row: list(chain.from_iterable([part(row) for part in parts]))


def _sparse_union(node: Node, parts: list[Transform]) -> Transform:
    pieces: list[tuple[Transform, int]] = []
    offset = 0
    for child, part in zip(node.children, parts, strict=True):
        pieces.append((part if child.gives == "sparse" else _sparse_of(part), offset))
        offset += child.width

    def unite(row: Any) -> tuple[list[int], list[float]]:
        positions: list[int] = []
        values: list[float] = []
        for part, offset in pieces:
            found, given = part(row)
            positions += [offset + at for at in found] if offset else found
            values += given
        return positions, values

    return unite


def _sparse_of(part: Transform) -> Transform:
    return lambda row: _without_zeros(part(row))


def _without_zeros(row: list[float]) -> tuple[list[int], list[float]]:
    positions = [at for at, value in enumerate(row) if value != 0.0]
    return positions, [row[at] for at in positions]


def _dense(node: Node) -> Transform:
    """A sparse row with its zeros."""
    return filled_with(0.0, node.width)


def filled_with(empty: float, width: int) -> Transform:
    """A function that makes sparse rows dense: `empty` stands where nothing is stored."""

    def fill(row: tuple[list[int], list[float]]) -> list[float]:
        filled = [empty] * width
        for at, value in zip(*row, strict=True):
            filled[at] = value
        return filled

    return fill


def _weighted(node: Node) -> Transform:
    """A row times a number, as the weights of unions do."""
    weight: float = node.args["weight"]
    if node.gives == "sparse":
        return lambda row: (row[0], [value * weight for value in row[1]])
    return lambda row: [value * weight for value in row]


OPS: dict[str, Callable[[Node], Transform | Estimator]] = {
    "pipeline": _pipeline,
    "same": _same_row,
    "pick": _pick,
    "union": _union,
    "dense": _dense,
    "weighted": _weighted,
}
