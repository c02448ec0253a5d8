"""Train the classifier that scores a pair of a budget and an expense line item."""

import json
from pathlib import Path
from types import SimpleNamespace

import joblib
import numpy as np
from features import FieldError, pair_features, read_budget, read_line_item
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score

HERE = Path(__file__).parent


def readable(reader, records):
    """Yield the records that can be read, and what was read of them."""
    for record in records:
        try:
            yield record, reader(record)
        except FieldError:
            continue


def pairs(requests):
    """Return the features and the truths of all readable pairs."""
    features, truths = [], []
    for request in requests:
        matches = {tuple(match) for match in request.matches}
        items = list(readable(read_line_item, request.all_user_expense_lineitems))
        for budget, budget_facts in readable(read_budget, request.budgets):
            for item, item_facts in items:
                features.append(pair_features(budget_facts, item_facts))
                truths.append((budget.budget_id, item.itemization_id) in matches)
    return np.array(features), np.array(truths)


def main() -> None:
    lines = (HERE / "train.jsonl").read_text(encoding="utf-8").splitlines()
    requests = [json.loads(line, object_hook=lambda o: SimpleNamespace(**o)) for line in lines]
    split = len(requests) * 4 // 5
    features, truths = pairs(requests[:split])
    model = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.08, max_leaf_nodes=8, random_state=0
    )
    model.fit(features, truths)
    features, truths = pairs(requests[split:])
    scores = model.predict_proba(features)[:, 1]
    print(f"held-out average precision: {average_precision_score(truths, scores):.3f}")
    print(f"held-out ROC AUC: {roc_auc_score(truths, scores):.3f}")
    joblib.dump(model, HERE / "model.joblib")


if __name__ == "__main__":
    main()
