"""Orders for tests: some by name, and any that can be."""

from typing import Any

from hypothesis import strategies as st

from golive.deploying.aws.order import Account, Order, PackageFile
from golive.deploying.aws.settings import read_settings

CERTIFICATE = (
    "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666"
)
PACKAGE = PackageFile(sha256="ab" * 32, size=1_400_000)
JWT = {"auth": "jwt", "jwt_issuer": "https://login.example.com", "jwt_audience": ["games"]}
DOMAIN = {"domain": "games.example.com", "certificate": CERTIFICATE, "hosted_zone": "Z0123456789"}

#: Name to the table [aws] of a configuration.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "rest, everything": {
        **DOMAIN,
        "stage": "prod",
        "memory": 3008,
        "timeout": 29,
        "concurrency": 25,
        "provisioned": 2,
        "quota": "5000/month",
        "rate": 50,
        "burst": 100,
        "cors_origins": ["https://app.example.com"],
        "model_from": "s3",
        "bucket": "models-of-games",
        "alarm_email": "team@example.com",
        "tags": {"team": "games", "cost-centre": "12"},
    },
    "rest, no quota, two origins": {
        "quota": "none",
        "cors_origins": ["https://a.example.com", "https://b.example.com"],
    },
    "rest, iam": {"auth": "iam", "cors_origins": ["*"], "pings": "5m"},
    "rest, public": {"auth": "none", "cors_origins": ["*"]},
    "rest, arm, 3.14": {"architecture": "arm64", "runtime": "python3.14", "pings": "1m"},
    "rest, image": {"package": "image", "memory": 10240},
    "rest, domain": {**DOMAIN, "hosted_zone": None, "concurrency": 5},
    "http, jwt": {"front_door": "http", **JWT, "cors_origins": ["https://app.example.com"]},
    "http, iam": {"front_door": "http", "auth": "iam", **DOMAIN},
    "http, own keys": {"front_door": "http", "auth": "key", "keys": "keys.json", "pings": "10m"},
    "http, public, image": {"front_door": "http", "auth": "none", "package": "image"},
    "url, iam": {"front_door": "url", "auth": "iam", "timeout": "15m", "cors_origins": ["*"]},
    "url, own keys": {"front_door": "url", "auth": "key", "keys": "keys.json", "concurrency": 3},
    "url, jwt": {"front_door": "url", **JWT, "alarm_email": "team@example.com"},
    "url, public": {"front_door": "url", "auth": "none", "runtime": "python3.12"},
}


def order(
    table: dict[str, Any] | None = None,
    *,
    model: str = "games",
    package: PackageFile | None = PACKAGE,
    account: Account | None = None,
) -> Order:
    """An order with the settings of a table; everybody may ask where it says so."""
    given = {"regions": ["eu-central-1"], **(table or {})}
    settings = read_settings({name: value for name, value in given.items() if value is not None})
    return Order(
        model=model,
        reference=f"{model}@prod",
        settings=settings,
        package=package,
        account=account,
        public=True,
    )


_DOORS = st.sampled_from(
    [
        {"front_door": "rest", "auth": "key"},
        {"front_door": "rest", "auth": "key", "quota": "7/week"},
        {"front_door": "rest", "auth": "key", "quota": "none", "rate": 0.5, "burst": 1},
        {"front_door": "rest", "auth": "iam"},
        {"front_door": "rest", "auth": "none"},
        {"front_door": "http", "auth": "key", "keys": "keys.json"},
        {"front_door": "http", "auth": "iam", "rate": 99.5},
        {"front_door": "http", **JWT},
        {"front_door": "http", "auth": "none"},
        {"front_door": "url", "auth": "key", "keys": "keys.json"},
        {"front_door": "url", "auth": "iam"},
        {"front_door": "url", **JWT},
        {"front_door": "url", "auth": "none"},
    ]
)
_WARMTH = st.sampled_from(
    [
        {},
        {"provisioned": 3},
        {"pings": "5m"},
        {"concurrency": 7},
        {"provisioned": 2, "concurrency": 2},
    ]
)
_DOMAINS = st.sampled_from([{}, DOMAIN, {**DOMAIN, "hosted_zone": None}])
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
_OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(["dev", "staging", "prod"]),
        "memory": st.integers(128, 10240),
        "timeout": st.integers(1, 29),
        "runtime": st.sampled_from(["python3.12", "python3.13", "python3.14"]),
        "architecture": st.sampled_from(["x86_64", "arm64"]),
        "package": st.sampled_from(["zip", "image"]),
        "model_from": st.sampled_from(["package", "s3"]),
        "bucket": st.sampled_from(["models-of-games", "a-bucket"]),
        "alarm_email": st.just("team@example.com"),
        "retention": st.sampled_from([1, 30, 365]),
        "cors_origins": st.sampled_from(
            [["*"], ["https://a.example.com"], ["https://a.example.com", "http://b:8080"]]
        ),
        "tags": st.dictionaries(st.sampled_from(["team", "a/b", "${x}", "%{y}"]), _TEXTS),
    },
)


@st.composite
def orders(draw: Any) -> Order:
    """Any order that can be."""
    door = draw(_DOORS)
    domain = draw(_DOMAINS) if door["front_door"] != "url" else {}
    table = {**draw(_OTHERS), **draw(_WARMTH), **domain, **door}
    account = draw(st.sampled_from([None, Account(concurrency=1000), Account(concurrency=10)]))
    model = draw(st.sampled_from(["games", "20.news_Groups", "a" * 100, "0"]))
    package = draw(st.sampled_from([None, PACKAGE]))
    return order(table, model=model, package=package, account=account)
