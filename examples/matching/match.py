"""Which expense line item belongs to which trip budget: a model with its own typed request.

Every pair of a budget and a line item gets one entry in the answer, budget by budget: a score, or
what kept the pair from being scored.
"""

from dataclasses import dataclass
from pathlib import Path

import joblib
from features import (
    BudgetFacts,
    FieldError,
    LineItemFacts,
    pair_features,
    read_budget,
    read_line_item,
)

from golive import RecordError

MODEL = joblib.load(Path(__file__).with_name("model.joblib"))
MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One planned cost of a trip, and the receipts known for it."""

    budget_id: str | None
    budget_price_budget: str | None
    actual_cost_budget: str | None
    budget_type_budget: str | None
    travel_vendor_receipts: str | None
    purchase_vendor_receipts: str | None
    start_datetime_trips: str | None
    end_datetime_trips: str | None
    generated_at_budget: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One line of an expense report."""

    itemization_id: str | None
    expensed_amount_itemization: str | None
    expense_type_name_itemization: str | None
    expense_category_itemization: str | None
    transaction_date_itemization: str | None
    vendor_name_expense: str | None
    expense_type_name_expense: str | None
    expense_category_expense: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequest:
    """The budgets and the line items of one user."""

    budgets: list[Budget]
    all_user_expense_lineitems: list[LineItem]


@dataclass(frozen=True, slots=True)
class Match:
    """How likely a line item is the spending of a budget."""

    score: float
    budget_id: str
    itemization_id: str


def match(request: MatchRequest) -> list[Match | RecordError]:
    """Score every pair of a budget and a line item."""
    _check_size(request)
    budgets = [
        _read(read_budget, budget, f"budgets[{position}]")
        for position, budget in enumerate(request.budgets)
    ]
    items = [
        _read(read_line_item, item, f"all_user_expense_lineitems[{position}]")
        for position, item in enumerate(request.all_user_expense_lineitems)
    ]
    pairs = [(budget, item) for budget in budgets for item in items]
    ids = [
        (budget.budget_id, item.itemization_id)
        for budget in request.budgets
        for item in request.all_user_expense_lineitems
    ]
    scores = iter(_scores([pair for pair in pairs if _fault(*pair) is None]))
    return [
        _fault(*pair) or Match(next(scores), *names) for pair, names in zip(pairs, ids, strict=True)
    ]


def _check_size(request: MatchRequest) -> None:
    pairs = len(request.budgets) * len(request.all_user_expense_lineitems)
    if pairs > MOST_PAIRS:
        message = f"{pairs} pairs in one record; send at most {MOST_PAIRS}"
        raise RecordError("too_many_pairs", message)


def _read(reader, record, path):
    try:
        return reader(record)
    except FieldError as fault:
        return RecordError(fault.code, str(fault), f"{path}.{fault.field}")


def _fault(budget, item) -> RecordError | None:
    return next((part for part in (budget, item) if isinstance(part, RecordError)), None)


def _scores(pairs: list[tuple[BudgetFacts, LineItemFacts]]) -> list[float]:
    if not pairs:
        return []
    features = [pair_features(budget, item) for budget, item in pairs]
    return MODEL.predict_proba(features)[:, 1].tolist()
