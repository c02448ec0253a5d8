"""The settings of AWS: the table `[aws]` of golive.toml, each with its default and the reason."""

from __future__ import annotations

from golive.setting import Setting

__all__ = ["AWS_SETTINGS", "RETENTIONS", "RUNTIMES", "STAGES"]

STAGES = ("dev", "staging", "prod")
RUNTIMES = ("python3.12", "python3.13", "python3.14")
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192)
"""Days for which CloudWatch can keep a group of logs (2,557 to 3,653 are left out)."""

AWS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="regions",
        type="list",
        default=(),
        sentence="Where it runs; each region gets the same package. Unset: the region of "
        "AWS_REGION or AWS_DEFAULT_REGION. There is no other default: it decides where data goes.",
    ),
    Setting(
        name="stage",
        type="text",
        default="dev",
        sentence="Which of the deployments of a model this is; part of all names. Nothing becomes "
        "production by default.",
        choices=STAGES,
    ),
    Setting(
        name="front_door",
        type="text",
        default="rest",
        sentence="What answers the internet: rest, an API Gateway REST API, since only it has keys "
        "and quotas; http, an API Gateway HTTP API, for less than a third of the price; url, the "
        "function's own URL, which costs nothing and limits nothing.",
        choices=("rest", "http", "url"),
    ),
    Setting(
        name="auth",
        type="text",
        default="key",
        sentence="Who may ask: key, who has an API key (of the REST API's usage plan, else of "
        "golive's own file of keys); iam, who signs with credentials of AWS; jwt, who has a token "
        "of an issuer (http and url); none, everybody, which needs --public, too.",
        choices=("key", "iam", "jwt", "none"),
    ),
    Setting(
        name="runtime",
        type="text",
        default="python3.13",
        sentence="Python of Lambda; 3.13 has the longest support of those that all libraries of "
        "golive run on. Not of an image.",
        choices=RUNTIMES,
    ),
    Setting(
        name="architecture",
        type="text",
        default="x86_64",
        sentence="Processor: that of most machines on which a package is built and tried; arm64 "
        "costs a fifth less.",
        choices=("x86_64", "arm64"),
    ),
    Setting(
        name="package",
        type="text",
        default="zip",
        sentence="What is deployed: zip starts quickest; image holds up to 10 GB.",
        choices=("zip", "image"),
    ),
    Setting(
        name="memory",
        type="integer",
        default=1024,
        sentence="Megabytes, and with them the share of a processor: 1,769 MB are one. 1,024 MB "
        "load most models within a second or two; what is shorter costs no more.",
        minimum=128,
        maximum=10240,
    ),
    Setting(
        name="timeout",
        type="duration",
        default=20.0,
        sentence="How long a request may take, in whole seconds: well below the 29 s (rest) or "
        "30 s (http) after which the gateway gives up, so that the answer is the function's own.",
        minimum=1,
        maximum=900,
    ),
    Setting(
        name="concurrency",
        type="count",
        default="auto",
        sentence="How many requests are answered at a time, which bounds what a flood costs: auto "
        "reserves 10 where the account's limit is known and leaves 100 to other functions, else "
        "the gateway's rate bounds it. A number is reserved in any case.",
        minimum=1,
    ),
    Setting(
        name="provisioned",
        type="integer",
        default=0,
        sentence="How many environments are kept loaded, without cold starts and day and night at "
        "their price; 0: none.",
        minimum=0,
    ),
    Setting(
        name="pings",
        type="duration",
        default=None,
        sentence="How often to ask the function nothing, in whole minutes such as 5m, so that one "
        "environment stays loaded; unset: never, and a quiet hour ends with a cold start.",
        minimum=60,
    ),
    Setting(
        name="rate",
        type="number",
        default=10.0,
        sentence="Requests a second: of a key (rest), or of all callers together. Enough to try "
        "it, too little to hurt.",
        minimum=0.1,
        maximum=10000,
    ),
    Setting(
        name="burst",
        type="integer",
        default=10,
        sentence="Requests that may come at once: those of one second of the default rate.",
        minimum=1,
        maximum=5000,
    ),
    Setting(
        name="quota",
        type="text",
        default="100/day",
        sentence="Requests of a key in a day, week or month, such as 100/day, or none; rest with "
        "keys only. Low, so that a key that leaks costs nothing until somebody raises it.",
    ),
    Setting(
        name="jwt_issuer",
        type="text",
        default=None,
        sentence='Issuer of the tokens for auth = "jwt", such as https://login.example.com.',
    ),
    Setting(
        name="jwt_audience",
        type="list",
        default=(),
        sentence='Audiences that a token may name (aud), for auth = "jwt".',
    ),
    Setting(
        name="keys",
        type="text",
        default=None,
        sentence="File in the package with golive's own keys, which `golive keys` makes, such as "
        'keys.json, for auth = "key" without a REST API.',
    ),
    Setting(
        name="cors_origins",
        type="list",
        default=(),
        sentence="Origins of pages that may ask, such as https://app.example.com, or *; unset: "
        "none.",
    ),
    Setting(
        name="model_from",
        type="text",
        default="package",
        sentence="Where the model is: package, since it then starts without another request; s3, "
        "where it is more than a package holds, or changes without a deployment.",
        choices=("package", "s3"),
    ),
    Setting(
        name="bucket",
        type="text",
        default=None,
        sentence="Bucket of packages and models; unset: golive-ACCOUNT-REGION, one for all "
        "deployments of a region.",
    ),
    Setting(
        name="alarm_email",
        type="text",
        default=None,
        sentence="Who is told of alarms; the address has to confirm it once. Unset: nobody, and "
        "alarms are only seen.",
    ),
    Setting(
        name="retention",
        type="integer",
        default=30,
        sentence="Days for which logs are kept: long enough for a question about last month. AWS "
        "itself would keep them, and bill them, for ever.",
        minimum=1,
        maximum=2192,
    ),
    Setting(
        name="keep_versions",
        type="integer",
        default=5,
        sentence="Versions of the function that are kept, so that there is something to roll back "
        "to; older ones are removed.",
        minimum=2,
        maximum=50,
    ),
    Setting(
        name="domain",
        type="text",
        default=None,
        sentence="Name under which it answers, such as games.example.com; unset: the one that AWS "
        "gives it.",
    ),
    Setting(
        name="certificate",
        type="text",
        default=None,
        sentence="ARN of the domain's certificate in ACM, in the same region.",
    ),
    Setting(
        name="hosted_zone",
        type="text",
        default=None,
        sentence="Id of the domain's zone in Route 53, where its record is made; unset: make it "
        "yourself.",
    ),
)
