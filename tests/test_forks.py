"""What is begun anew after a fork; each fork happens in a process of its own."""

import json
import subprocess
import sys

BEGINNING = """
import json, os, sys, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of forks where there are threads

def in_children(*tasks):
    read, write = os.pipe()
    for task in tasks:
        process = os.fork()
        if not process:
            os.write(write, (json.dumps(task()) + "\\n").encode())
            os._exit(0)
        os.waitpid(process, 0)
    os.close(write)
    with os.fdopen(read) as told:
        return [json.loads(line) for line in told]
"""


def told_by(script):
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_method_is_called_in_children_as_long_as_its_object_lives():
    told = told_by("""
from golive.forks import call_in_children

class Holder:
    calls = 0
    def begin(self):
        Holder.calls += 1

kept, gone = Holder(), Holder()
call_in_children(kept.begin)
call_in_children(gone.begin)
del gone
print(json.dumps([in_children(lambda: Holder.calls), Holder.calls]))
""")

    assert told == [[1], 0]


def test_nothing_is_left_of_objects_that_are_gone():
    """Else each version that was served, and is no more, would be asked after at each fork."""
    told = told_by("""
import gc, weakref
from golive.forks import call_in_children

class Holder:
    def begin(self):
        pass

def known():
    gc.collect()
    return sum(isinstance(each, weakref.WeakMethod) for each in gc.get_objects())

before = known()
for _ in range(100):
    call_in_children(Holder().begin)
print(json.dumps(known() - before))
""")

    assert told == 0


def test_what_fails_in_a_child_keeps_nothing_else_from_being_begun_anew():
    told = told_by("""
from golive.forks import call_in_children

class Holder:
    calls = 0
    def fail(self):
        raise RuntimeError("can't start new thread")
    def begin(self):
        Holder.calls += 1

holder = Holder()
call_in_children(holder.fail)
call_in_children(holder.begin)
print(json.dumps(in_children(lambda: Holder.calls)))
""")

    assert told == [1]


def test_processes_make_different_random_bits_and_ids():
    told = told_by("""
from golive.service.random_bits import RandomBits
from golive.service.request_ids import RequestIds

bits = RandomBits()
bits(32)
ids = RequestIds(clock=lambda: 5, random_bits=RandomBits())
ids()
def some():
    return [bits(64), ids()]
print(json.dumps([*in_children(some, some), some()]))
""")

    assert len({bits for bits, _ in told}) == 3
    assert len({made[:23] for _, made in told}) == 3


def test_each_process_writes_its_own_lines():
    told = told_by("""
from threading import Event
from golive.http.log_writer import LogWriter

written, may_go = [], Event()

def sink(lines):
    may_go.wait(30)
    written.append(lines)

writer = LogWriter(sink)
writer.write("parent\\n")
writer.write("waits\\n")

def child():
    may_go.set()
    writer.write("child\\n")
    writer.close()
    return written

found = in_children(child)
may_go.set()
writer.close()
print(json.dumps([found, written]))
""")

    assert [["".join(lines) for lines in told[0]], "".join(told[1])] == [
        ["child\n"],
        "parent\nwaits\n",
    ]


def test_a_pool_and_its_room_serve_a_child_though_the_threads_of_the_parent_hang():
    told = told_by("""
from queue import SimpleQueue
from threading import Event
from golive.http.pool import Room, ThreadPool

may_go, done = Event(), SimpleQueue()
pool, room = ThreadPool(threads=1, name="test"), Room(1)
place = room.take()
pool.run(lambda: may_go.wait(30))
pool.run(lambda: done.put("of the parent"))

def child():
    pool.run(lambda: done.put("of the child"))
    return [done.get(timeout=10), room.take() is not None]

found = in_children(child)
may_go.set()
print(json.dumps([found, done.get(timeout=10), room.take() is None]))
""")

    assert told == [[["of the child", True]], "of the parent", True]


def test_a_batcher_answers_in_a_child_what_it_is_asked_there():
    told = told_by("""
from queue import SimpleQueue
from threading import Thread
from golive.engine.batcher import ThreadBatcher
from golive.testing.engines import FakeDecoded, FakeEngine

done = SimpleQueue()
threads = []
batcher = ThreadBatcher(FakeEngine(), threads.append)  # whose threads run when they are told
batcher.ask(FakeDecoded(records=({"x": 1.0},)), done.put, lambda: True)

def child():
    threads.clear()
    batcher.ask(FakeDecoded(records=({"x": 2.0},)), done.put, lambda: True)
    threads.pop()()
    return [answer.score for answer in done.get(timeout=10)]

print(json.dumps(in_children(child)))
""")

    assert told == [[2.0]]


def test_a_breaker_that_is_open_is_closed_in_a_child():
    told = told_by("""
from golive.breaker import Breaker

breaker = Breaker(failures=1, first_pause=60.0, longest_pause=60.0)
breaker.fail(breaker.ask())
print(json.dumps([in_children(breaker.ask), breaker.ask()]))
""")

    assert told == [[0], None]
