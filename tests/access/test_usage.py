"""What each key has used, as a person is told."""

from datetime import UTC, datetime

from tests.access.metering import START, key

from golive.access.keys import Scopes
from golive.access.limits import Quota, Rate, Used
from golive.access.usage import KeyUsage, ModelUsage, QuotaUsage, standings_of, usage_of

MIDNIGHT = datetime(2026, 1, 29, tzinfo=UTC)


def test_each_quota_of_each_model_is_told_with_what_is_left():
    limited = key(quotas=(Quota(5, "day"),), scopes=Scopes(models=("other",)), unit="record")
    counts = {("0123456789ab", "m", "day"): Used(7, START - 86_390, START + 10)}

    assert usage_of([limited], standings_of(counts), START) == [
        KeyUsage(
            id="0123456789ab",
            name="a",
            per="record",
            models=(
                ModelUsage(
                    model="m",
                    quotas=(QuotaUsage(period="day", limit=5, used=7, left=0, resets=MIDNIGHT),),
                ),
                ModelUsage(
                    model="other",
                    quotas=(QuotaUsage(period="day", limit=5, used=0, left=5, resets=MIDNIGHT),),
                ),
            ),
        )
    ]


def test_what_was_used_in_a_period_that_has_ended_counts_no_more():
    counts = {("0123456789ab", "m", "day"): Used(7, START - 86_390, START + 10)}

    [usage] = usage_of([key(quotas=(Quota(5, "day"),))], standings_of(counts), START + 10)

    assert usage.models[0].quotas[0].used == 0


def test_a_key_without_quotas_is_left_out_and_one_that_asked_nothing_is_there():
    keys = [key(rate=Rate(1)), key(id="ba9876543210", quotas=(Quota(5, "day"),))]

    assert usage_of(keys, {}, START) == [
        KeyUsage(id="ba9876543210", name="a", per="request", models=())
    ]
