"""The table [aws]: what it takes, and what is said of what it does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deploying.aws.orders import CERTIFICATE, JWT

from golive.deploying.aws.setting_table import AWS_SETTINGS
from golive.deploying.aws.settings import load_settings, read_settings
from golive.errors import UsageError


def _refusal(table: dict, **flags) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_settings(table, **flags)
    return caught.value


def test_an_empty_table_has_the_defaults():
    found = read_settings({})

    assert (found.front_door, found.auth, found.stage) == ("rest", "key", "dev")
    assert (found.rate, found.burst, found.quota) == (10.0, 10, "100/day")
    assert (found.memory, found.timeout, found.runtime) == (1024, 20, "python3.13")
    assert found.regions == ()
    assert found.has_usage_plan


def test_the_table_of_the_stage_counts_before_the_shared_one_and_flags_before_both():
    table = {
        "memory": 512,
        "timeout": "5s",
        "tags": {"team": "a", "x": "1"},
        "prod": {"memory": 2048, "tags": {"team": "b"}},
    }

    dev = read_settings(table)
    prod = read_settings(table, stage="prod", regions=("us-east-1",))

    assert (dev.memory, dev.timeout, dev.tags) == (512, 5, (("team", "a"), ("x", "1")))
    assert (prod.memory, prod.timeout, prod.tags) == (2048, 5, (("team", "b"), ("x", "1")))
    assert prod.regions == ("us-east-1",)


def test_a_file_is_read(tmp_path):
    file = tmp_path / "golive.toml"
    file.write_text('[aws]\nregions = "eu-central-1"\npings = "5m"\n\n[other]\nx = 1\n')

    found = load_settings(file)

    assert (found.regions, found.pings) == (("eu-central-1",), 300)
    assert load_settings(None) == read_settings({})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[aws", "cannot be read"),
        ("aws = 3", "is no table"),
        ("[aws]\nprod = 1\nstage='prod'", "no table"),
    ],
)
def test_a_file_that_is_none_is_refused(text, words, tmp_path):
    file = tmp_path / "golive.toml"
    file.write_text(text)

    with pytest.raises(UsageError, match=words):
        load_settings(file)


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"memroy": 1}, "There is no setting 'memroy' of [aws].", "Did you mean memory?"),
        ({"dev": {"memory": "1"}}, "memory of [aws] is '1', not a whole number.", "Megabytes"),
        ({"dev": {"stage": "prod"}}, "[aws.dev] sets stage", ""),
        ({"memory": 64}, "memory of [aws] is 64; the least is 128.", "Megabytes"),
        ({"memory": 10241}, "memory of [aws] is 10241; the most is 10240.", ""),
        ({"memory": True}, "memory of [aws] is True, not a whole number.", ""),
        (
            {"timeout": 30},
            "timeout of [aws] is 30 s, but front_door 'rest' gives up after 29 s.",
            'front_door = "url"',
        ),
        ({"timeout": 31, "front_door": "http", "auth": "iam"}, "'http' gives up after 30 s", "30s"),
        ({"timeout": "1.5s"}, "timeout of [aws] is 1.5 s; Lambda takes whole seconds.", ""),
        ({"timeout": "soon"}, "timeout of [aws] is 'soon', not a duration", ""),
        ({"regions": ["eu-centrl-1"]}, "'eu-centrl-1' is no region", "Did you mean eu-central-1?"),
        ({"regions": ["us-east-1", "us-east-1"]}, "names one twice", ""),
        ({"regions": [1]}, "regions of [aws] is [1], not a list of texts.", ""),
        ({"runtime": "python3.11"}, "'python3.11': Lambda makes no more functions", "python3.13"),
        ({"runtime": "nodejs22.x"}, "runtime of [aws] is 'nodejs22.x', not python3.12", ""),
        ({**JWT}, "A REST API reads no tokens", 'front_door = "http"'),
        (
            {**JWT, "front_door": "http", "jwt_audience": []},
            "needs jwt_issuer and jwt_audience",
            "",
        ),
        ({**JWT, "front_door": "http", "jwt_issuer": "login"}, "no https:// URL", ""),
        ({**JWT, "front_door": "url", "jwt_audience": ["a", "b"]}, "takes one jwt_audience", ""),
        ({"front_door": "http"}, "needs keys, a file of golive's own", "golive keys create"),
        ({"quota": "many"}, "quota of [aws] is 'many', not such as 100/day", ""),
        (
            {"quota": "5/day", "auth": "iam"},
            "only the keys of a REST API have quotas",
            'auth = "key"',
        ),
        (
            {"rate": 5, "front_door": "url", "auth": "iam"},
            "a function URL limits no rate",
            "concurrency",
        ),
        ({"rate": 0}, "rate of [aws] is 0.0; the least is 0.1.", ""),
        ({"concurrency": 2, "provisioned": 3}, "concurrency lets only 2 run", ""),
        ({"concurrency": "many"}, "concurrency of [aws] is 'many', not a whole number or", ""),
        (
            {"provisioned": 1, "pings": 60},
            "provisioned and pings of [aws] are both set",
            "leave one out",
        ),
        ({"pings": "90s"}, "pings of [aws] is 90 s; a schedule takes whole minutes.", ""),
        (
            {"domain": "games.example.com"},
            "domain of [aws] needs certificate",
            "request-certificate",
        ),
        ({"domain": "games", "certificate": CERTIFICATE}, "no name such as", ""),
        ({"domain": "a.example.com", "certificate": "x"}, "which is no ARN of ACM", ""),
        (
            {"domain": "a.example.com", "certificate": CERTIFICATE, "regions": ["us-east-1"]},
            "certificate of [aws] is in eu-central-1",
            "",
        ),
        (
            {"domain": "a.example.com", "certificate": CERTIFICATE, "hosted_zone": "z"},
            "no id of a zone",
            "",
        ),
        (
            {"domain": "a.example.com", "front_door": "url", "auth": "iam"},
            "A function URL has no domain",
            "",
        ),
        ({"certificate": CERTIFICATE}, "certificate of [aws] is set without a domain.", ""),
        ({"cors_origins": ["app"]}, "cors_origins of [aws] 'app' is no origin.", "https://"),
        ({"retention": 31}, "31 days, which CloudWatch does not have.", "30"),
        ({"alarm_email": "me"}, "alarm_email of [aws] is 'me', which is no address.", ""),
        ({"bucket": "My_Bucket"}, "which cannot be a bucket's name", "lower-case"),
        ({"tags": {"aws:x": "1"}}, "'aws:x' cannot be a tag.", ""),
        ({"tags": {"x": 1}}, "The tag 'x' of [aws] is no text", ""),
        ({"tags": {str(n): "" for n in range(41)}}, "[aws.tags] has 41 tags", ""),
        ({"tags": []}, "tags of [aws] is no table.", ""),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(table, message, hint):
    refusal = _refusal(table)

    assert message in refusal.message
    assert hint in (refusal.hint or "")


def test_a_stage_that_is_none_is_refused():
    assert (
        "stage of [aws] is 'live', not dev or staging or prod."
        in _refusal({}, stage="live").message
    )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
_NAMES = st.sampled_from([*(setting.name for setting in AWS_SETTINGS), "tags", "dev", "prod"])


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(_NAMES, _VALUES, max_size=5))
def test_whatever_a_table_holds_it_is_settings_or_refused(table):
    try:
        found = read_settings(table)
    except UsageError:
        return
    assert 128 <= found.memory <= 10240


@pytest.mark.parametrize("setting", AWS_SETTINGS, ids=lambda setting: setting.name)
def test_every_default_is_inside_its_own_bounds(setting):
    assert setting.check(setting.default, setting.name) == setting.default
    assert setting.sentence.endswith(".")
