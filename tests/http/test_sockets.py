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


def test_a_port_in_use_is_an_error_that_says_what_to_type():
    with listen("127.0.0.1", 0) as taken, pytest.raises(UsageError, match="in use") as caught:
        listen("127.0.0.1", taken.getsockname()[1])

    assert "--port 0" in caught.value.hint


def test_the_url_of_a_wildcard_address_is_one_that_answers():
    with listen("0.0.0.0", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
