"""Plots of the results: SVG on a white ground, to be read in a light or dark page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.results import Results

__all__ = ["draw", "lines", "write_svg"]

_TEXT = "#24292f"
_GOLIVE, _OTHERS = "#2da44e", "#8c959f"
_STYLE = {
    "axes.edgecolor": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.family": "sans-serif",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "golive",
    "text.color": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
}


def draw(results: Results, folder: Path) -> None:
    """Draw the plots of a run into a folder."""
    with mpl.rc_context(_STYLE):
        write_svg(_rates(results), folder / "benchmark-rates.svg")
        write_svg(_starts(results), folder / "benchmark-start.svg")


def lines(
    title: str, x: tuple[str, list[float]], panels: dict[str, list[float]], path: Path
) -> None:
    """Draw one panel a quantity, each beginning at zero, over the same x."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(7.5, 2 * len(panels)), layout="constrained")
        axes = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
        for axis, (name, values) in zip(axes, panels.items(), strict=True):
            axis.plot(x[1][: len(values)], values, color=_GOLIVE)
            axis.set_ylabel(name)
            axis.set_ylim(bottom=0)
        axes[-1].set_xlabel(x[0])
        axes[0].set_title(title, loc="left")
        write_svg(figure, path)


def write_svg(figure: Figure, path: Path) -> None:
    """Write a figure, the same bytes for the same numbers."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", facecolor="white", metadata={"Date": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    clean = "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())
    path.write_text(clean + "\n", "utf-8")


def _rates(results: Results) -> Figure:
    """A panel for each model: requests a second at 64 connections."""
    models = results.titles
    figure = Figure(figsize=(9, 1 + 0.22 * len(results.peers) * len(models)), layout="constrained")
    axes = figure.subplots(len(models), squeeze=False)[:, 0]
    for axis, (model, title) in zip(axes, models.items(), strict=True):
        found = [(f, s.rate(64)) for f in results.peers if (s := results.find(f.name, model))]
        bars = {facts.title: value for facts, value in found if value is not None}
        ours = {facts.title for facts, _ in found if facts.name.startswith("golive")}
        _bars(axis, bars, ours, "{:,.0f}")
        axis.set_title(f"{title}: requests a second, 64 connections", loc="left")
    return figure


def _starts(results: Results) -> Figure:
    """Two panels for the first model: start to the first answer, and memory."""
    model = next(iter(results.titles))
    found = [(f, s) for f in results.peers if (s := results.find(f.name, model)) and s.rounds]
    ours = {facts.title for facts, _ in found if facts.name.startswith("golive")}
    figure = Figure(figsize=(9, 1 + 0.24 * len(found)), layout="constrained")
    left, right = figure.subplots(1, 2)
    starts = {f.title: sorted(r.start_seconds for r in s.rounds) for f, s in found}
    sizes = {f.title: sorted(r.pss_bytes / 2**20 for r in s.rounds) for f, s in found}
    _bars(left, {name: v[len(v) // 2] for name, v in starts.items()}, ours, "{:.2f}")
    _bars(right, {name: v[len(v) // 2] for name, v in sizes.items()}, ours, "{:,.0f}")
    left.set_title("Start to the first answer, seconds", loc="left")
    right.set_title("Memory of all processes, MiB", loc="left")
    right.set_yticklabels([])
    return figure


def _bars(axis: Any, values: dict[str, float], ours: set[str], shown: str) -> None:
    colors = [_GOLIVE if name in ours else _OTHERS for name in values]
    drawn = axis.barh(list(values), list(values.values()), color=colors)
    axis.bar_label(drawn, [shown.format(value) for value in values.values()], padding=3)
    axis.invert_yaxis()
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    axis.margins(x=0.15)
