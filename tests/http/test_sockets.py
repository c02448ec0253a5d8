from __future__ import annotations

import asyncio
import socket

import pytest

from golive.errors import UsageError
from golive.http.sockets import listen, url_of


def test_connections_send_small_writes_at_once():
    async def option_of_a_connection():
        seen = asyncio.get_running_loop().create_future()

        def accepted(_, writer):
            accepted_socket = writer.get_extra_info("socket")
            seen.set_result(accepted_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(accepted, sock=listen("127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        option = await asyncio.wait_for(seen, 10)
        writer.close()
        server.close()
        return option

    assert asyncio.run(option_of_a_connection()) != 0


def test_a_port_in_use_says_what_to_type():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(UsageError) as caught:
            listen("127.0.0.1", port)

    assert caught.value.message == f"Port {port} of 127.0.0.1 is already in use."
    assert caught.value.hint == "Take any free one with: --port 0"


def test_a_host_that_is_not_ours_says_what_to_type():
    with pytest.raises(UsageError) as caught:
        listen("192.0.2.1", 0)

    assert caught.value.hint == "Listen on this machine alone with: --host 127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_url_is_one_that_this_machine_reaches(host):
    with listen(host, 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
