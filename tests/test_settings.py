import os
from pathlib import Path

import platformdirs
import pytest

from golive.errors import UsageError
from golive.settings import (
    SERVE_SETTINGS,
    SETTINGS,
    ServeSettings,
    Settings,
    cache_dir,
    keep_keras_on_cpu,
    wished_keras_backend,
)


def test_the_defaults_are_these():
    assert ServeSettings.load({}) == ServeSettings(
        host="127.0.0.1",
        port=8000,
        workers=1,
        body_limit=10_485_760,
        time_limit=30.0,
        max_records=10_000,
        max_answer=None,
        max_text=1_000_000,
        max_decompression=200.0,
        allowed_hosts=(),
        cors_origins=(),
        allow_ips=(),
        trusted_proxies=(),
        threads=4,
        queue=256,
        read_limit=15.0,
        header_limit=10.0,
        idle_limit=75.0,
        write_limit=30.0,
        connections=4096,
        worker_memory=None,
        tls_certificate=None,
        tls_key=None,
        drain=0.0,
        grace=10,
        numeric_threads=1,
        keys=None,
        oidc_issuer=None,
        oidc_audience=None,
        oidc_jwks=None,
        oidc_claim=None,
        metrics_open=False,
        limits_in=None,
        limits_fail="open",
        no_pickle=False,
        lookup=(),
        lookup_timeout=0.05,
        log_inputs=False,
        refresh=None,
        canary=None,
        shadow=None,
        sticky_header=None,
        load_limit=300.0,
        canary_errors="5%",
        canary_latency="2x",
        canary_disagreement=None,
        canary_requests=50,
        keep_previous=60.0,
        isolate=None,
        pythons=(),
    )


def test_the_environment_wins_over_the_default():
    environ = {
        "GOLIVE_PORT": "9000",
        "GOLIVE_TIME_LIMIT": "2.5",
        "GOLIVE_ALLOWED_HOSTS": "a.example, b.example,",
        "GOLIVE_LOG_INPUTS": "Yes",
        "GOLIVE_HOST": "0.0.0.0",
    }

    settings = ServeSettings.load(environ)

    assert settings.port == 9000
    assert settings.time_limit == 2.5
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.log_inputs is True
    assert settings.host == "0.0.0.0"


def test_a_flag_wins_over_the_environment():
    settings = ServeSettings.load(
        {"GOLIVE_PORT": "9000", "GOLIVE_LOG_INPUTS": "1"},
        port=0,
        log_inputs=False,
        allowed_hosts=["a.example"],
    )

    assert settings.port == 0
    assert settings.log_inputs is False
    assert settings.allowed_hosts == ("a.example",)


@pytest.mark.parametrize("flag", ["a, b,c", ["a,b", "c"], ("a", "b", "c")])
def test_a_list_may_be_given_as_one_text(flag):
    assert ServeSettings.load({}, allowed_hosts=flag).allowed_hosts == ("a", "b", "c")


@pytest.mark.parametrize(("text", "workers"), [("auto", "auto"), ("3", 3)])
def test_workers_are_a_number_or_auto(text, workers):
    assert ServeSettings.load({"GOLIVE_WORKERS": text}).workers == workers


@pytest.mark.parametrize(
    ("text", "size"),
    [("4096", 4096), ("800MiB", 838_860_800), ("1.5 gb", 1_500_000_000), ("2KiB", 2048)],
)
def test_a_size_has_a_unit_or_is_in_bytes(text, size):
    assert ServeSettings.load({"GOLIVE_WORKER_MEMORY": text}).worker_memory == size


@pytest.mark.parametrize("text", ["MiB", "1 TBB", "1 m", "-", "nan", "inf", "1e400", "8 0"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UsageError):
        ServeSettings.load({"GOLIVE_WORKER_MEMORY": text})


def test_a_path_may_be_given_as_text():
    assert ServeSettings.load({}, tls_key="a/key.pem").tls_key == Path("a/key.pem")


def test_a_flag_that_was_not_given_and_an_empty_variable_set_nothing():
    assert ServeSettings.load({"GOLIVE_PORT": " "}, port=None).port == 8000


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("GOLIVE_PORT", "http", "GOLIVE_PORT='http' is not an integer."),
        ("GOLIVE_PORT", "65536", "GOLIVE_PORT is 65536; the most is 65535."),
        ("GOLIVE_WORKERS", "0", "GOLIVE_WORKERS is 0; the least is 1."),
        ("GOLIVE_WORKERS", "all", "GOLIVE_WORKERS='all' is not an integer or auto."),
        (
            "GOLIVE_WORKER_MEMORY",
            "much",
            "GOLIVE_WORKER_MEMORY='much' is not a size such as 800MiB, 2GB or 1000000.",
        ),
        ("GOLIVE_WORKER_MEMORY", "0", "GOLIVE_WORKER_MEMORY is 0; the least is 1."),
        ("GOLIVE_TIME_LIMIT", "nan", "GOLIVE_TIME_LIMIT is nan; the least is 0.001."),
        ("GOLIVE_LOG_INPUTS", "maybe", "GOLIVE_LOG_INPUTS='maybe' is not true or false."),
    ],
)
def test_a_value_that_is_none_is_refused_by_the_name_of_its_variable(variable, text, message):
    with pytest.raises(UsageError) as caught:
        ServeSettings.load({variable: text})

    assert caught.value.message == message


def test_a_flag_out_of_bounds_is_refused_by_its_name():
    with pytest.raises(UsageError, match=r"--max-records is 0; the least is 1\."):
        ServeSettings.load({}, max_records=0)


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no setting 'prot'"):
        ServeSettings.load({}, prot=1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://:secret@localhost:6379/0", "redis://***@localhost:6379/0"),
        ("rediss://user:secret@localhost?ssl_ca_certs=a", "rediss://***@localhost"),
        ("redis://localhost/0?password=secret", "redis://localhost/0"),
        ("redis://:sec/ret@localhost", "redis://***@localhost"),
        ("redis://:sec?ret@localhost", "redis://***"),
        ("redis://localhost?password=se@cret", "redis://***"),
        ("redis://:se@cret@localhost", "redis://***@localhost"),
    ],
)
def test_a_url_is_never_shown_with_its_password(text, shown):
    settings = ServeSettings.load({"GOLIVE_LIMITS_IN": text})

    assert settings.limits_in.text == text
    assert str(settings.limits_in) == shown
    assert f"limits_in=SecretUrl({shown!r})" in repr(settings)


def test_a_text_that_is_none_of_the_choices_is_refused():
    with pytest.raises(UsageError, match=r"^GOLIVE_LIMITS_FAIL is 'ajar', not open or closed\.$"):
        ServeSettings.load({"GOLIVE_LIMITS_FAIL": "ajar"})
    with pytest.raises(UsageError, match=r"^--limits-fail is 'ajar', not open or closed\.$"):
        ServeSettings.load({}, limits_fail="ajar")


def test_the_cache_is_where_the_environment_says(tmp_path):
    assert cache_dir({"GOLIVE_CACHE_DIR": str(tmp_path)}) == tmp_path


def test_the_cache_is_the_users_own_by_default():
    assert cache_dir({}) == platformdirs.user_cache_path("golive")


def test_the_cache_may_be_in_the_home_directory():
    assert cache_dir({"GOLIVE_CACHE_DIR": "~/x"}) == Path.home() / "x"


def test_the_process_environment_is_read_when_asked(monkeypatch, tmp_path):
    monkeypatch.setenv("GOLIVE_CACHE_DIR", str(tmp_path / "now"))

    assert Settings.load().cache_dir == tmp_path / "now"


@pytest.mark.parametrize(
    ("settings", "table"), [(ServeSettings, SERVE_SETTINGS), (Settings, SETTINGS)]
)
def test_every_setting_is_in_its_table(settings, table):
    assert list(settings.__struct_fields__) == [setting.name for setting in table]


@pytest.mark.parametrize("setting", [*SERVE_SETTINGS, *SETTINGS], ids=lambda each: each.name)
def test_every_setting_has_a_sentence_and_a_variable(setting):
    assert setting.sentence.endswith(".")
    assert setting.variable == "GOLIVE_" + setting.name.upper()


def test_the_backend_of_keras_is_that_of_its_variable(tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    environ = {"KERAS_BACKEND": "torch", "KERAS_HOME": str(tmp_path)}

    assert wished_keras_backend(environ) == "torch"


def test_without_the_variable_it_is_that_of_its_file(tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')

    assert wished_keras_backend({"KERAS_HOME": str(tmp_path)}) == "jax"


@pytest.mark.parametrize("text", [None, "no json", "[]", "{}"])
def test_without_either_nobody_wishes_a_backend(tmp_path, text):
    if text is not None:
        (tmp_path / "keras.json").write_text(text)

    assert wished_keras_backend({"KERAS_HOME": str(tmp_path)}) is None


def test_keras_computes_on_the_cpu_with_the_backend_that_was_asked_for(monkeypatch):
    for name in ("KERAS_BACKEND", "KERAS_TORCH_DEVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")

    keep_keras_on_cpu("torch")

    assert os.environ["KERAS_BACKEND"] == "torch"
    assert os.environ["KERAS_TORCH_DEVICE"] == "cpu"
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
