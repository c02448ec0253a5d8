"""Make up the budgets and expenses of people who do not exist, the same ones every time.

Writes `train.jsonl` (requests with their true matches) and `requests.jsonl` (requests only).
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
VENDORS = {
    "flight": ("Northwind Air", "Bluebird Airways", "Meridian Airlines", "Skylark Air"),
    "lodging": ("Harbour Hotel", "The Old Mill Inn", "Parkside Suites", "Hotel Aurora"),
    "car": ("Greenlane Rentals", "Swift Car Hire", "Roadster Rent a Car"),
    "rail": ("Coastline Railways", "Intercity North", "Valley Rail"),
    "meal": ("Cafe Lindgren", "Noodle Corner", "The Copper Pot", "Bistro Marais"),
}
AGENTS = ("Wayfare Travel", "Tripdesk", "Globe Booking")
TYPE_NAMES = {
    "flight": ("Airfare", "Flight"),
    "lodging": ("Hotel", "Lodging"),
    "car": ("Car Rental", "Car"),
    "rail": ("Train", "Rail"),
    "meal": ("Meals", "Meal"),
}
PRICES = {
    "flight": (120, 900),
    "lodging": (90, 700),
    "car": (40, 300),
    "rail": (20, 160),
    "meal": (10, 90),
}


def spelled(random: Random, vendor: str) -> str:
    """Spell a vendor the way a card statement might."""
    forms = (vendor, vendor.upper(), f"{vendor} Ltd", f"{vendor} #{random.randint(100, 999)}")
    return random.choice((*forms, vendor.replace("The ", "").replace("Hotel", "Htl")))


def make_budget(
    random: Random, number: str, kinds: list[str], start: datetime, end: datetime
) -> dict:
    kind = random.choice(kinds)
    price = random.uniform(*PRICES[kind])
    vendor = random.choice(VENDORS[kind])
    generated = start - timedelta(days=random.randint(2, 30), minutes=random.randint(0, 600))
    return {
        "budget_id": f"b-{number}",
        "budget_price_budget": f"{price:.2f}",
        "actual_cost_budget": f"{price * random.uniform(0.8, 1.15):.2f}",
        "budget_type_budget": kind,
        "travel_vendor_receipts": vendor,
        "purchase_vendor_receipts": random.choice((*AGENTS, vendor)),
        "start_datetime_trips": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_datetime_trips": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "generated_at_budget": generated.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def make_planned_item(random: Random, number: str, budget: dict) -> dict:
    """Make the line item that spends a budget: half of them for the exact amount."""
    factor = 1 if random.random() < 0.5 else random.uniform(0.6, 1.3)
    receipt = random.choice(("travel_vendor_receipts", "purchase_vendor_receipts"))
    start = datetime.fromisoformat(budget["start_datetime_trips"])
    end = datetime.fromisoformat(budget["end_datetime_trips"])
    day = start + timedelta(days=random.randint(-2, (end - start).days + 2))
    amount = float(budget["actual_cost_budget"]) * factor
    return make_item(random, number, budget["budget_type_budget"], (amount, budget[receipt], day))


def make_other_item(random: Random, number: str, kinds: list[str], start: datetime) -> dict:
    """Make a line item of the same weeks that spends none of the budgets."""
    kind = random.choice(kinds)
    day = start + timedelta(days=random.randint(-10, 15))
    amount = random.uniform(*PRICES[kind])
    return make_item(random, number, kind, (amount, random.choice(VENDORS[kind]), day))


def make_item(
    random: Random, number: str, kind: str, spending: tuple[float, str, datetime]
) -> dict:
    amount, vendor, day = spending
    return {
        "itemization_id": f"i-{number}",
        "expensed_amount_itemization": f"{amount:.2f}",
        "expense_type_name_itemization": random.choice(TYPE_NAMES[kind]),
        "expense_category_itemization": kind if random.random() < 0.8 else "other",
        "transaction_date_itemization": day.strftime("%Y-%m-%d"),
        "vendor_name_expense": spelled(random, vendor),
        "expense_type_name_expense": random.choice(TYPE_NAMES[kind]),
        "expense_category_expense": "Travel" if kind != "meal" else "Meals",
    }


def forget(random: Random, record: dict) -> None:
    """Make some fields null, as in life; the amount of a line item seldom, its id never."""
    for field in record:
        chance = 0.01 if field == "expensed_amount_itemization" else 0.06
        if not field.endswith("_id") and random.random() < chance:
            record[field] = None


def make_request(random: Random, number: int) -> dict:
    start = datetime(2024, 1, 8, 9, tzinfo=UTC) + timedelta(days=random.randint(0, 340))
    end = start + timedelta(days=random.randint(1, 6), hours=random.randint(0, 9))
    kinds = random.sample(list(VENDORS), 2)
    budgets = [
        make_budget(random, f"{number}-{n}", kinds, start, end) for n in range(random.randint(2, 3))
    ]
    spent = [budget for budget in budgets if random.random() < 0.85]
    items = [make_planned_item(random, f"{number}-{n}", budget) for n, budget in enumerate(spent)]
    matches = [
        (budget["budget_id"], item["itemization_id"])
        for budget, item in zip(spent, items, strict=True)
    ]
    items += [
        make_other_item(random, f"{number}-{n}", kinds, start)
        for n in range(len(spent), len(spent) + random.randint(1, 2))
    ]
    random.shuffle(items)
    for record in (*budgets, *items):
        forget(random, record)
    return {"budgets": budgets, "all_user_expense_lineitems": items, "matches": matches}


def write(path: Path, requests: list[dict]) -> None:
    lines = [json.dumps(request, separators=(",", ":")) + "\n" for request in requests]
    path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    random = Random(20240108)
    requests = [make_request(random, number) for number in range(145)]
    write(HERE / "train.jsonl", requests[:85])
    for request in requests[85:]:
        del request["matches"]
    write(HERE / "requests.jsonl", requests[85:])


if __name__ == "__main__":
    main()
