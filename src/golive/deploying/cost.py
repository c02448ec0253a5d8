"""What a deployment costs in a month: lines of quantities and prices."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cost", "CostLine", "Price", "Traffic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price of a list.

    Attributes:
        usd: Of one unit, in US dollars.
        unit: Such as `million requests`.
        source: Where the list is.
    """

    usd: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What is asked in a month.

    Attributes:
        requests: How many.
        milliseconds: That the function takes for one, loaded.
        answer_bytes: Of an answer.
        cold_share: Share of the requests that meet an environment that has to load first.
        cold_milliseconds: That loading takes, which is billed, too.
    """

    requests: int
    milliseconds: float
    answer_bytes: int = 500
    cold_share: float = 0.01
    cold_milliseconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One item.

    Attributes:
        quantity: In units of the price.
    """

    item: str
    quantity: float
    price: Price

    @property
    def usd(self) -> float:
        """Of a month."""
        return self.quantity * self.price.usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """All of a month.

    Attributes:
        region: Whose prices these are.
        as_of: When the list was read, as year and month.
        regions: In how many regions it runs; the lines are those of one.
        notes: What is not in it.
    """

    lines: tuple[CostLine, ...]
    region: str
    as_of: str
    regions: int
    notes: tuple[str, ...]

    @property
    def usd(self) -> float:
        """Of all regions together."""
        return self.regions * sum(line.usd for line in self.lines)
