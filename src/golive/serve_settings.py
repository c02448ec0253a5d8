"""The settings of serving: name, type, default and sentence of each."""

from __future__ import annotations

from golive.setting import Setting

__all__ = ["SERVE_SETTINGS"]

SERVE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="host",
        type="text",
        default="127.0.0.1",
        sentence="Address to listen on; 0.0.0.0 is every address of the machine.",
    ),
    Setting(
        name="port",
        type="integer",
        default=8000,
        sentence="Port to listen on; 0 takes any free one.",
        minimum=0,
        maximum=65535,
    ),
    Setting(
        name="workers",
        type="count",
        default=1,
        sentence="Processes that answer, each with its own copy of the model; auto takes one for "
        "each processor that the cgroup and the affinity leave to golive.",
        minimum=1,
    ),
    Setting(
        name="body_limit",
        type="integer",
        default=10 * 1024 * 1024,
        sentence="Largest request body in bytes; a larger one is refused with 413.",
        minimum=1,
    ),
    Setting(
        name="time_limit",
        type="number",
        default=30.0,
        sentence="Seconds until a request that is not answered ends with 504.",
        minimum=0.001,
    ),
    Setting(
        name="max_records",
        type="integer",
        default=10_000,
        sentence="Most records that one request may hold.",
        minimum=1,
    ),
    Setting(
        name="max_answer",
        type="size",
        default=None,
        sentence="Largest answer to records, such as 6MiB, before it is compressed; a larger one "
        "is refused with 413, which says how many of the records fit. Unset: no limit.",
        minimum=1,
    ),
    Setting(
        name="max_text",
        type="integer",
        default=1_000_000,
        sentence="Most characters of a text in a record; one with a longer text fails.",
        minimum=1,
    ),
    Setting(
        name="max_decompression",
        type="number",
        default=200.0,
        sentence="How many times larger than what was sent a compressed body may become; one that "
        "becomes larger, and more than 1 MiB, is refused with 413.",
        minimum=1,
    ),
    Setting(
        name="allowed_hosts",
        type="list",
        default=(),
        sentence="Host names that requests may be addressed to beside loopback ones; "
        "* allows every name.",
    ),
    Setting(
        name="cors_origins",
        type="list",
        default=(),
        sentence="Origins whose pages may read answers in a browser, such as "
        "https://app.example.com; * is every one. Credentials are never allowed: pages send keys "
        "in a header.",
    ),
    Setting(
        name="allow_ips",
        type="list",
        default=(),
        sentence="Addresses and networks (10.0.0.0/8) that are let in, /healthz included; "
        "none: every one.",
    ),
    Setting(
        name="trusted_proxies",
        type="list",
        default=(),
        sentence="Addresses and networks of proxies that are believed whom they ask for "
        "(X-Forwarded-For, Forwarded).",
    ),
    Setting(
        name="threads",
        type="integer",
        default=4,
        sentence="Requests that one worker answers at the same time; "
        "one of several models leaves a thread to the others.",
        minimum=1,
    ),
    Setting(
        name="queue",
        type="integer",
        default=256,
        sentence="Requests that wait in one worker for a thread; more are refused with 503.",
        minimum=0,
    ),
    Setting(
        name="read_limit",
        type="number",
        default=15.0,
        sentence="Seconds until a request whose body has not arrived ends with 408.",
        minimum=0.001,
    ),
    Setting(
        name="header_limit",
        type="number",
        default=10.0,
        sentence="Seconds until a request whose headers have not arrived ends with 408.",
        minimum=0.001,
    ),
    Setting(
        name="idle_limit",
        type="number",
        default=75.0,
        sentence="Seconds until a connection without a request is closed; longer than a load "
        "balancer in front keeps its own idle.",
        minimum=0.001,
    ),
    Setting(
        name="write_limit",
        type="number",
        default=30.0,
        sentence="Seconds in which a client reads nothing of its answer until it is given up.",
        minimum=0.001,
    ),
    Setting(
        name="connections",
        type="integer",
        default=4096,
        sentence="Connections that one worker keeps open; more are refused with 503.",
        minimum=1,
    ),
    Setting(
        name="worker_memory",
        type="size",
        default=None,
        sentence="Memory of one worker, such as 800MiB or 2GB, beyond which a new one takes its "
        "place and it ends when it has answered what it was asked; unset: no limit.",
        minimum=1,
    ),
    Setting(
        name="tls_certificate",
        type="path",
        default=None,
        sentence="File of the certificate and its chain (PEM); with it, HTTPS is spoken.",
    ),
    Setting(
        name="tls_key",
        type="path",
        default=None,
        sentence="File of the certificate's key (PEM), if it is another one.",
    ),
    Setting(
        name="drain",
        type="number",
        default=0.0,
        sentence="Seconds from a SIGTERM in which requests are still answered while /readyz "
        "already fails, so that a load balancer can turn away.",
        minimum=0,
    ),
    Setting(
        name="grace",
        type="integer",
        default=10,
        sentence="Seconds after that in which open requests may end.",
        minimum=0,
    ),
    Setting(
        name="numeric_threads",
        type="integer",
        default=1,
        sentence="Threads that BLAS and OpenMP start in one worker; a variable such as "
        "OMP_NUM_THREADS that is set already stays as it is.",
        minimum=1,
    ),
    Setting(
        name="keys",
        type="path",
        default=None,
        sentence="File of API keys, which `golive keys` makes; with it, requests need a key.",
    ),
    Setting(
        name="oidc_issuer",
        type="text",
        default=None,
        sentence="Issuer whose tokens (JWT) are taken as keys, such as https://login.example.com; "
        "needs the extra oidc. Unset: no tokens are taken.",
    ),
    Setting(
        name="oidc_audience",
        type="text",
        default=None,
        sentence="Audience that a token has to name (aud).",
    ),
    Setting(
        name="oidc_jwks",
        type="text",
        default=None,
        sentence="Where the issuer publishes its keys; unset: where its discovery document says.",
    ),
    Setting(
        name="oidc_claim",
        type="text",
        default=None,
        sentence="Claim that names models, such as scope, with golive:MODEL or golive:*; unset: a "
        "token is good for every model.",
    ),
    Setting(
        name="metrics_open",
        type="boolean",
        default=False,
        sentence="Whether /metrics needs no key where other paths do.",
    ),
    Setting(
        name="limits_in",
        type="url",
        default=None,
        sentence="Redis in which all workers and machines count together what keys use, such as "
        "redis://HOST:6379/0; unset: each process counts, and quotas are put together in a file "
        "beside that of the keys.",
    ),
    Setting(
        name="limits_fail",
        type="text",
        default="open",
        sentence="What becomes of keys with limits while that Redis does not answer: open lets "
        "each process count by itself, closed refuses them with 503.",
        choices=("open", "closed"),
    ),
    Setting(
        name="no_pickle",
        type="boolean",
        default=False,
        sentence="Whether a model whose loading would run code out of a pickle is refused; "
        "compiled programs are none.",
    ),
    Setting(
        name="lookup",
        type="list",
        default=(),
        sentence="Where looked-up columns are, as NAME=LOCATION: a .json, .csv or .parquet file, "
        "or a Redis, such as users=redis://127.0.0.1:6379/0?prefix=user:; repeatable.",
    ),
    Setting(
        name="lookup_timeout",
        type="duration",
        default=0.05,
        sentence="How long a request waits for a Redis until its looked-up columns have their "
        "defaults.",
        minimum=0.001,
    ),
    Setting(
        name="log_inputs",
        type="boolean",
        default=False,
        sentence="Whether log lines hold the records that were sent.",
    ),
    Setting(
        name="refresh",
        type="duration",
        default=None,
        sentence="How often to look whether a reference such as games@prod names another version, "
        "such as 30s or 5m, and switch to it; unset: serve what it named at the start.",
        minimum=0.1,
    ),
    Setting(
        name="canary",
        type="text",
        default=None,
        sentence="A candidate and the percent of the requests that it answers, such as "
        "candidate=10 or prod=90,candidate=10, and beside other models NAME@candidate=10; unset: "
        "there is none.",
    ),
    Setting(
        name="shadow",
        type="text",
        default=None,
        sentence="Alias of a candidate that answers copies of the requests, which nobody gets and "
        "which are compared with what was answered, in a process of its own; beside other models "
        "NAME@ALIAS; unset: there is none.",
    ),
    Setting(
        name="sticky_header",
        type="text",
        default=None,
        sentence="Header whose value decides between the two, such as x-user-id; unset, or where a "
        "request has none: the body decides.",
    ),
    Setting(
        name="load_limit",
        type="duration",
        default=300.0,
        sentence="How long a new version may take to load in a process of its own, where it is "
        "tried before the one that serves loads it (a candidate before the start, too), such as "
        "5m; 0: it is not tried.",
        minimum=0,
    ),
    Setting(
        name="canary_errors",
        type="text",
        default="5%",
        sentence="How many more of a candidate's requests than of the usual version's may fail "
        "until it is asked no more, such as 5% or off.",
    ),
    Setting(
        name="canary_latency",
        type="text",
        default="2x",
        sentence="How many times as long as the usual version a candidate may take (95th "
        "percentile) until it is asked no more, such as 2x or off.",
    ),
    Setting(
        name="canary_disagreement",
        type="text",
        default=None,
        sentence="Share of the compared records that a candidate may answer otherwise until it is "
        "asked no more, such as 10%; unset, or off: all, and with --canary nothing is compared.",
    ),
    Setting(
        name="canary_requests",
        type="integer",
        default=50,
        sentence="Requests of each of the two versions that a worker has seen before it decides "
        "that; it goes by the last ten times as many.",
        minimum=10,
    ),
    Setting(
        name="keep_previous",
        type="duration",
        default=60.0,
        sentence="How long after a switch to another version the one before is kept for requests "
        "that ask for it.",
        minimum=0,
    ),
    Setting(
        name="isolate",
        type="text",
        default=None,
        sentence="Which models that are not compiled have processes of their own, so that a crash "
        "is theirs alone: environment, where those with the same requirements share one, or model, "
        "where each has one; unset: none.",
    ),
    Setting(
        name="pythons",
        type="list",
        default=(),
        sentence="With isolate: the Python of a model, such as games=/srv/games/bin/python; unset: "
        "requirements that this environment does not have are installed, once.",
    ),
)
