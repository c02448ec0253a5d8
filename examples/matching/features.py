"""What a budget and an expense line item have in common, as numbers.

Both `train.py` and `match.py` make their features here, so they cannot differ. Records are read by
attribute name: any object that has the fields will do. A null or a blank says "not known" and
becomes NaN, which the classifier takes; a value that is there but cannot be read is a `FieldError`.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

NAMES = (
    "amount",
    "price_difference",
    "price_ratio",
    "cost_difference",
    "cost_ratio",
    "days_after_start",
    "days_before_end",
    "inside_trip",
    "days_after_budget",
    "travel_vendor_similarity",
    "purchase_vendor_similarity",
    "type_equal",
    "type_similarity",
)
AMOUNT = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?", re.ASCII)
COMPARED_CHARACTERS = 64  # similarity is quadratic in the length of the text
NAN = math.nan


class FieldError(Exception):
    """A field that makes every pair of its record unscorable."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class BudgetFacts:
    """A budget whose fields have been read."""

    price: float
    cost: float
    kind: str
    travel_vendor: str
    purchase_vendor: str
    start: date | None
    end: date | None
    generated: date | None


@dataclass(frozen=True, slots=True)
class LineItemFacts:
    """A line item whose fields have been read."""

    amount: float
    on: date | None
    vendor: str
    kinds: tuple[str, ...]


def read_budget(budget: Any) -> BudgetFacts:
    """Read a budget's fields, or raise the first `FieldError`."""
    _require(budget, "budget_id", "missing_id")
    return BudgetFacts(
        price=_amount(budget, "budget_price_budget"),
        cost=_amount(budget, "actual_cost_budget"),
        kind=_words(budget.budget_type_budget),
        travel_vendor=_words(budget.travel_vendor_receipts),
        purchase_vendor=_words(budget.purchase_vendor_receipts),
        start=_date(budget, "start_datetime_trips"),
        end=_date(budget, "end_datetime_trips"),
        generated=_date(budget, "generated_at_budget"),
    )


def read_line_item(item: Any) -> LineItemFacts:
    """Read a line item's fields, or raise the first `FieldError`."""
    _require(item, "itemization_id", "missing_id")
    _require(item, "expensed_amount_itemization", "missing_amount")
    kinds = (
        item.expense_type_name_itemization,
        item.expense_category_itemization,
        item.expense_type_name_expense,
        item.expense_category_expense,
    )
    return LineItemFacts(
        amount=_amount(item, "expensed_amount_itemization"),
        on=_date(item, "transaction_date_itemization"),
        vendor=_words(item.vendor_name_expense),
        kinds=tuple(words for words in map(_words, kinds) if words),
    )


def pair_features(budget: BudgetFacts, item: LineItemFacts) -> list[float]:
    """The features of one pair, in the order of `NAMES`."""
    after_start, before_end = _days(budget.start, item.on), _days(item.on, budget.end)
    similarities = [_similarity(budget.kind, kind) for kind in item.kinds]
    return [
        item.amount,
        item.amount - budget.price,
        _ratio(item.amount, budget.price),
        item.amount - budget.cost,
        _ratio(item.amount, budget.cost),
        after_start,
        before_end,
        _inside(after_start, before_end),
        _days(budget.generated, item.on),
        _similarity(budget.travel_vendor, item.vendor),
        _similarity(budget.purchase_vendor, item.vendor),
        float(budget.kind in item.kinds) if budget.kind and item.kinds else NAN,
        max(similarities, default=NAN),
    ]


def _text(value: str | None) -> str:
    return (value or "").strip()


def _words(value: str | None) -> str:
    return " ".join(re.findall(r"\w+", _text(value).lower()[:COMPARED_CHARACTERS]))


def _require(record: Any, field: str, code: str) -> None:
    if not _text(getattr(record, field)):
        raise FieldError(code, field, f"{field} is needed to score a pair, and it is null or blank")


def _amount(record: Any, field: str) -> float:
    text = _text(getattr(record, field))
    if not text:
        return NAN
    if not AMOUNT.fullmatch(text):
        raise FieldError("not_an_amount", field, f"{field} is not an amount such as 1234.50")
    return float(text)


def _date(record: Any, field: str) -> date | None:
    text = _text(getattr(record, field))
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        message = f"{field} is not a date such as 2024-03-01 or 2024-03-01T09:30:00Z"
        raise FieldError("unreadable_date", field, message) from None


def _days(first: date | None, second: date | None) -> float:
    return float((second - first).days) if first and second else NAN


def _inside(after_start: float, before_end: float) -> float:
    if math.isnan(after_start) or math.isnan(before_end):
        return NAN
    return float(after_start >= 0 and before_end >= 0)


def _ratio(amount: float, planned: float) -> float:
    return amount / planned if planned else NAN


def _similarity(first: str, second: str) -> float:
    if not first or not second:
        return NAN
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
