"""Several servers on one socket."""

import asyncio
import socket
import sys

import pytest
from tests.http.conformance.wire import get

from golive.http.front.balance import Balance
from golive.http.front.limits import FrontLimits
from golive.http.front.server import FrontServer
from golive.http.front.sockets import turn_away
from golive.http.sockets import listen
from golive.testing.gateways import EchoGateway

REQUEST = get("/a")


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    return head, writer


async def connect(port, number):
    return await asyncio.gather(*(ask(port) for _ in range(number)))


def close(connections):
    for _, writer in connections:
        writer.close()


@pytest.fixture
def serve_two(tmp_path):
    """Run a test with two servers of one event loop that listen on one socket."""

    def run(test):
        async def main():
            listener = listen("127.0.0.1", 0)
            port = listener.getsockname()[1]
            servers = [FrontServer(EchoGateway(), FrontLimits()) for _ in range(2)]
            for place, server in enumerate(servers):
                balance = Balance(tmp_path / "n", place=place, processes=2)
                await server.listen(listener.dup(), balance=balance)
            listener.close()
            try:
                await test(servers, port)
            finally:
                for server in servers:
                    await server.end(1.0)

        asyncio.run(main())

    return run


def test_connections_are_shared_evenly(serve_two):
    async def test(servers, port):
        connections = await connect(port, 40)

        counts = [server.connections for server in servers]
        close(connections)

        assert sum(counts) == 40
        assert abs(counts[0] - counts[1]) <= 2
        assert all(head.startswith(b"HTTP/1.1 200 OK\r\n") for head, _ in connections)

    serve_two(test)


def test_one_that_has_ended_leaves_all_to_the_other(serve_two):
    async def test(servers, port):
        before = await connect(port, 10)
        close(before)
        await servers[0].end(1.0)

        after = await connect(port, 10)

        assert servers[1].connections >= 10
        close(after)

    serve_two(test)


def test_many_that_come_at_once_are_taken_in_few_rounds_of_the_loop(tmp_path):
    """One in each round of a loop that is busy would let the last of many wait for a second."""
    number = 90

    async def main():
        listener = listen("127.0.0.1", 0)
        clients = [socket.create_connection(listener.getsockname()) for _ in range(number)]
        loop, rounds = asyncio.get_running_loop(), 0

        def count():
            nonlocal rounds
            rounds += 1
            if server.connections < number:
                loop.call_soon(count)
            else:
                done.set()

        other = Balance(tmp_path / "n", place=1, processes=2)
        other.is_ahead(1000)
        server, done = FrontServer(EchoGateway(), FrontLimits()), asyncio.Event()
        balance = Balance(tmp_path / "n", place=0, processes=2)
        await server.listen(listener.dup(), balance=balance)
        listener.close()
        loop.call_soon(count)
        await asyncio.wait_for(done.wait(), 30)
        for client in clients:
            client.close()
        await server.end(1.0)
        return rounds

    assert asyncio.run(main()) < number / 3


def test_who_has_connected_when_all_end_is_answered(tmp_path):
    """The backlog is taken up before the socket is closed, whoever is ahead; later ones are not."""
    number = 60

    async def main():
        listener = listen("127.0.0.1", 0)
        address = listener.getsockname()
        server = FrontServer(EchoGateway(), FrontLimits())
        balance = Balance(tmp_path / "n", place=0, processes=2)
        await server.listen(listener.dup(), balance=balance)
        listener.close()
        Balance.tell_end(tmp_path / "n", processes=2)
        ending = asyncio.create_task(server.end(5.0))
        await asyncio.sleep(0.08)
        clients = [socket.create_connection(address) for _ in range(number)]
        await asyncio.sleep(0.05)
        for client in clients:
            client.sendall(REQUEST)
        await ending
        answers = [client.recv(100) for client in clients]
        for client in clients:
            client.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
        return answers

    assert all(answer.startswith(b"HTTP/1.1 200 OK\r\n") for answer in asyncio.run(main()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters what comes to a listener")
def test_who_is_turned_away_is_not_connected_and_others_stay():
    listener = listen("127.0.0.1", 0)
    before = socket.create_connection(listener.getsockname())

    turn_away(listener)

    late = socket.socket()
    late.settimeout(0.2)
    with pytest.raises(TimeoutError):
        late.connect(listener.getsockname())
    accepted, _ = listener.accept()
    before.sendall(b"hello")
    assert accepted.recv(5) == b"hello"
    for each in (before, late, accepted, listener):
        each.close()
