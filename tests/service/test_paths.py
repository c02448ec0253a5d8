"""What keys may be made for is what a service answers."""

from golive.access.paths import PATTERNS, may_match
from golive.service.context import RefreshHook, ServiceContext
from golive.service.route_building import build_routes
from golive.testing.services import counted_ids, fake_model


def paths_of(*names):
    hook = RefreshHook(secret="s" * 16, ask=lambda: None, clock=lambda: 0.0)
    context = ServiceContext(
        new_id=counted_ids(),
        exposition=lambda allows=None: ("text/plain", b""),
        refresh_hook=hook,
    )
    table = build_routes({name: fake_model(name) for name in names}, context)
    return set(table._routes)


def test_each_path_of_a_service_is_known_and_each_known_one_is_of_a_service():
    paths = paths_of("sum") | paths_of("sum", "other")

    unknown = {path for path in paths if not any(may_match(path, known) for known in PATTERNS)}
    unused = {known for known in PATTERNS if not any(may_match(path, known) for path in paths)}

    assert (unknown, unused) == (set(), set())
