"""A Redis of these tests."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.conftest import need
from tests.redis_server import RedisServer


@dataclass
class OwnRedis:
    """A running Redis, and somebody who fills it."""

    server: RedisServer
    client: Any

    @property
    def url(self):
        return self.server.url


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory):
    need("redis")
    redis = pytest.importorskip("redis")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield OwnRedis(server, client)
    server.go_on()
    server.kill()


@pytest.fixture
def own_redis(running_redis):
    """It answers, and nothing is in it."""
    running_redis.client.flushall()
    yield running_redis
    running_redis.server.go_on()
