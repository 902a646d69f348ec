"""Consumer groups: one process plays all members of a group and measures the broker beside it, on pinned cores.

    ./dev bench groups [--protocol classic|consumer] [--members 100] [--partitions 1000]

Settle time: from the event (a member more, a member that leaves, a connection that is cut) until every member that is
left is stable in one generation (KIP-848: at one member epoch, what it is to own acknowledged), every partition has one
owner, and nobody has less than its share. Members hear of a rebalance in their next heartbeat, so its interval is part of
the figure, and so are the session timeout after a crash and, with KIP-848, the second that brokers leave between two
assignments by default.

Cost of a heartbeat: the broker's CPU time over the number of heartbeats, in closed loops over one connection per member,
to one group alone, to the same group beside other groups, and spread over all of those. Rounds take turns, figures are
medians with their range. Memory of a member: what the broker's resident memory grew by, connections not counted.
"""

import argparse
import heapq
import itertools
import json
import os
import pathlib
import selectors
import shutil
import socket
import statistics
import struct
import sys
import time

import runner

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "broker/e2e"))
import group_wire  # noqa: E402
import wire  # noqa: E402

TOPIC = "t"
OTHER_TOPIC, OTHER_PARTITIONS = "other", 10  # of the groups beside the one that is measured
REBALANCE_IN_PROGRESS = 27
HALF_AN_HOUR_MS = 30 * 60 * 1000  # the longest session that brokers allow by default


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench groups", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--protocol", choices=sorted(PROTOCOLS), default="classic")
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--partitions", type=int, default=1000)
    parser.add_argument("--heartbeat-ms", type=int, default=1000)
    parser.add_argument("--session-ms", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--heartbeats", type=int, default=50_000, help="in each round")
    parser.add_argument("--other-groups", type=int, default=10_000)
    parser.add_argument("--only", choices=["settle", "heartbeat", "memory"])
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench-groups")
    parser.add_argument("--broker-core", default="1")
    parser.add_argument("--load-core", type=int, default=0)
    return parser.parse_args()


# ---- members ---------------------------------------------------------------------------------------------------------


def subscription(topics):
    """ConsumerProtocolSubscription, version 0."""
    return wire.i16(0) + wire.array([wire.string(topic) for topic in topics]) + wire.i32(-1)


def assignment(partitions):
    """ConsumerProtocolAssignment, version 0, of the one topic."""
    return wire.i16(0) + wire.array([wire.string(TOPIC) + wire.array([wire.i32(p) for p in partitions])]) + wire.i32(-1)


def read_assignment(blob):
    reader = wire.Reader(blob)
    if not blob:
        return []
    reader.i16()
    found = reader.array(lambda: (reader.string(), reader.array(reader.i32)))
    return [partition for _, partitions in found for partition in partitions]


class Member:
    """One connection, and one request under way on it at a time."""

    HEADER = 8  # bytes of a reply before its message: length and correlation id

    def __init__(self, world, group):
        self.world, self.group = world, group
        self.id, self.generation = "", -1
        self.partitions = None  # None: it is not stable
        self.asked = None
        self.input = bytearray()
        self.socket = socket.create_connection(("127.0.0.1", world.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        world.selector.register(self.socket, selectors.EVENT_READ, self)
        self.join()

    def ask(self, on_reply, request):
        self.asked = on_reply
        self.socket.sendall(request)

    def beat(self):
        if self.socket is not None:
            self.ask(self.beaten, self.heartbeat())

    def cut(self):
        self.world.selector.unregister(self.socket)
        self.socket.close()
        self.socket = None

    def readable(self):
        part = self.socket.recv(1 << 20)
        assert part, "the broker closed"
        self.input += part
        while len(self.input) >= 4 and len(self.input) >= 4 + struct.unpack_from(">i", self.input)[0]:
            size = 4 + struct.unpack_from(">i", self.input)[0]
            reply, self.input = bytes(self.input[self.HEADER:size]), self.input[size:]
            asked, self.asked = self.asked, None
            asked(reply)

    def is_settled_with(self, others):
        return self.partitions is not None and self.generation == others.generation


class ClassicMember(Member):
    """Of a classic group, with the range assignor."""

    def join(self):
        self.partitions = None
        self.ask(self.joined, group_wire.join(self.group, self.id, [("range", subscription([TOPIC]))],
                                              self.world.options.session_ms))

    def joined(self, reply):
        error, self.generation, member, members = group_wire.read_join(reply)
        if error == group_wire.MEMBER_ID_REQUIRED:
            self.id = member
            return self.join()
        if error == group_wire.UNKNOWN_MEMBER_ID:
            self.id = ""
            return self.join()
        assert error == group_wire.NONE, error
        self.id = member
        self.ask(self.synced, group_wire.sync(self.group, self.generation, self.id, self.shares(members)))

    def shares(self, members):
        """As leader: a range for everybody. Others are told no members."""
        count, share = self.world.options.partitions, {}
        for i, member in enumerate(sorted(members)):
            share[member] = range(i * count // len(members), (i + 1) * count // len(members))
        return [(member, assignment(partitions)) for member, partitions in share.items()]

    def synced(self, reply):
        reader = wire.Reader(reply)
        error, given = reader.i16(), reader.blob()
        if error == REBALANCE_IN_PROGRESS:
            return self.join()
        assert error == group_wire.NONE, error
        self.partitions = read_assignment(given)
        self.world.at(self.world.options.heartbeat_ms / 1000, self.beat)

    def heartbeat(self):
        return group_wire.heartbeat(self.group, self.generation, self.id)

    def beaten(self, reply):
        error = group_wire.read_error(reply)
        if error in (REBALANCE_IN_PROGRESS, group_wire.ILLEGAL_GENERATION, group_wire.UNKNOWN_MEMBER_ID):
            if error == group_wire.UNKNOWN_MEMBER_ID:
                self.id = ""
            return self.join()
        assert error == group_wire.NONE, error
        self.world.at(self.world.options.heartbeat_ms / 1000, self.beat)

    def leave(self):
        """Asks on a connection of its own, since a heartbeat may be under way."""
        with wire.Connection(self.world.port, patience=60) as connection:
            assert group_wire.read_error(connection.ask(group_wire.leave(self.group, self.id))) == group_wire.NONE
        self.cut()


class ConsumerMember(Member):
    """Of a consumer group (KIP-848): the broker assigns, the member gives back what it loses at once and says so."""

    HEADER = 9  # and no tagged fields
    numbers = itertools.count()

    def join(self):
        self.id, self.generation, self.assigned, self.partitions = f"m{next(self.numbers):09}", 0, [], None
        self.ask(self.beaten, group_wire.consumer_heartbeat(self.group, self.id, 0, topics=[TOPIC], owned=[],
                                                            rebalance_timeout_ms=60_000))

    def heartbeat(self):
        return group_wire.consumer_heartbeat(self.group, self.id, self.generation)

    def beaten(self, reply):
        error, epoch, assigned = group_wire.read_consumer_heartbeat(reply)
        if error in (group_wire.UNKNOWN_MEMBER_ID, group_wire.FENCED_MEMBER_EPOCH):
            return self.join()
        assert error == group_wire.NONE, error
        self.generation = epoch
        if assigned is None or assigned == self.assigned:
            self.partitions = [partition for _, partitions in self.assigned for partition in partitions]
            self.world.at(self.world.options.heartbeat_ms / 1000, self.beat)
        else:
            self.assigned, self.partitions = assigned, None
            self.ask(self.beaten, group_wire.consumer_heartbeat(self.group, self.id, epoch, owned=assigned))

    def leave(self):
        with wire.Connection(self.world.port, patience=60) as connection:
            left = connection.ask(group_wire.consumer_heartbeat(self.group, self.id, -1), flexible=True)
            assert group_wire.read_consumer_heartbeat(left)[0] == group_wire.NONE
        self.cut()


PROTOCOLS = {"classic": ClassicMember, "consumer": ConsumerMember}


class World:
    """Members, their timers and their sockets, in one thread."""

    def __init__(self, options, port):
        self.options, self.port = options, port
        self.selector = selectors.DefaultSelector()
        self.timers, self.timer_number = [], 0
        self.members = []

    def at(self, seconds, what):
        self.timer_number += 1
        heapq.heappush(self.timers, (time.monotonic() + seconds, self.timer_number, what))

    def add(self, group="g"):
        self.members.append(PROTOCOLS[self.options.protocol](self, group))

    def is_settled(self):
        first = self.members[0]
        if not all(member.is_settled_with(first) for member in self.members):
            return False
        owned = [partition for member in self.members for partition in member.partitions]
        least = min(len(member.partitions) for member in self.members)
        return (sorted(owned) == list(range(self.options.partitions)) and
                least >= self.options.partitions // len(self.members))

    def run(self, until, seconds=120):
        """Works until the condition holds; returns the seconds that took."""
        started = time.monotonic()
        while not until():
            now = time.monotonic()
            if now > started + seconds:
                raise SystemExit(f"not settled within {seconds} s")
            wait = max(0, self.timers[0][0] - now) if self.timers else 1
            for key, _ in self.selector.select(min(wait, 1)):
                if key.data.socket is not None:
                    key.data.readable()
            while self.timers and self.timers[0][0] <= time.monotonic():
                heapq.heappop(self.timers)[2]()
        return time.monotonic() - started

    def settle(self):
        return self.run(self.is_settled)

    def rest(self):
        """No heartbeat is due or under way any more."""
        self.timers.clear()
        self.run(lambda: all(member.asked is None for member in self.members))
        self.timers.clear()

    def idle(self, seconds):
        """So that members' heartbeats are spread over the interval."""
        end = time.monotonic() + seconds
        self.run(lambda: time.monotonic() >= end)

    def close(self):
        for member in self.members:
            member.cut()
        self.members = []


# ---- brokers ---------------------------------------------------------------------------------------------------------


def cpu_seconds(pid):
    """Of all threads, in ns resolution."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


class Brokers:
    def __init__(self, options):
        self.options = options
        shutil.rmtree(options.folder, ignore_errors=True)
        options.folder.mkdir(parents=True)
        self.log = open(options.folder / "log", "wb")
        self.started = []

    def start(self, name, options):
        port = runner.free_port()
        settings = {"listeners": f"PLAINTEXT://127.0.0.1:{port}", "log.dirs": str(self.options.folder / name),
                    "flush": "replicated", "group.initial.rebalance.delay.ms": "0",
                    "group.min.session.timeout.ms": "1000",
                    "group.consumer.session.timeout.ms": str(options.session_ms),
                    "group.consumer.heartbeat.interval.ms": str(options.heartbeat_ms)}
        command = [str(self.options.build / "broker/highwater"), "serve",
                   *(part for key, value in settings.items() for part in ("--set", f"{key}={value}"))]
        broker = runner.Process(name, command, port, self.options.broker_core, self.log)
        self.started.append(broker)
        with wire.Connection(port, patience=60) as connection:
            created = wire.read_create_topics(connection.ask(wire.create_topics(
                [(TOPIC, self.options.partitions, 1, {}), (OTHER_TOPIC, OTHER_PARTITIONS, 1, {})], timeout_ms=60_000)))
            assert created == [(TOPIC, 0), (OTHER_TOPIC, 0)], created
            while True:  # __consumer_offsets is made by the first question for a coordinator
                connection.ask(group_wire.find_coordinators(["g"]), flexible=True)
                if group_wire.read_error(connection.ask(group_wire.heartbeat("g", 1, "m"))) not in (14, 15, 16):
                    return broker

    def stop(self):
        for broker in self.started:
            broker.stop()
        shutil.rmtree(self.options.folder, ignore_errors=True)


# ---- figures ---------------------------------------------------------------------------------------------------------


def spread(figures, scale=1.0, digits=2):
    figures = sorted(figure * scale for figure in figures)
    return (f"{statistics.median(figures):.{digits}f} [{figures[0]:.{digits}f}\u2013{figures[-1]:.{digits}f}]")


def measure_settling(options, brokers):
    world = World(options, brokers.start("settle", options).port)
    for _ in range(options.members):
        world.add()
    print(f"{options.members} members at once settle in {world.settle():.2f} s")
    found = {"join": [], "leave": [], "crash": []}
    for _ in range(options.rounds):
        world.idle(1.5 * options.heartbeat_ms / 1000)
        world.add()
        found["join"].append(world.settle())
        world.idle(1.5 * options.heartbeat_ms / 1000)
        world.members.pop(0).leave()
        found["leave"].append(world.settle())
        world.idle(1.5 * options.heartbeat_ms / 1000)
        world.members.pop(0).cut()
        found["crash"].append(world.settle())
        world.add()
        world.settle()
    world.close()
    for event, seconds in found.items():
        note = f", of that up to {options.session_ms / 1000:g} s until its session ends" if event == "crash" else ""
        print(f"a {event} settles in {spread(seconds)} s{note}")
    return found


def make_classic_groups(port, count):
    """Stable groups of one member each, whose sessions last; returns their heartbeats."""
    beats = []
    with wire.Connection(port, patience=60) as connection:
        for first in range(0, count, 500):
            names = [f"other-{number}" for number in range(first, min(first + 500, count))]

            def joined(requests):
                connection.send(b"".join(requests))
                return [group_wire.read_join(connection.receive()) for _ in requests]

            protocols = [("range", subscription([TOPIC]))]
            ids = [answer[2] for answer in joined([group_wire.join(name, "", protocols, HALF_AN_HOUR_MS)
                                                   for name in names])]
            answers = joined([group_wire.join(name, id, protocols, HALF_AN_HOUR_MS) for name, id in zip(names, ids)])
            assert all(answer[:2] == (0, 1) for answer in answers), answers[0]
            connection.send(b"".join(group_wire.sync(name, 1, id, [(id, assignment(range(OTHER_PARTITIONS)))])
                                     for name, id in zip(names, ids)))
            assert all(group_wire.read_error(connection.receive()) == 0 for _ in names)
            beats += [group_wire.heartbeat(name, 1, id) for name, id in zip(names, ids)]
    return beats


def make_consumer_groups(port, count):
    """The same of consumer groups."""
    beats = []
    with wire.Connection(port, patience=60) as connection:
        for first in range(0, count, 500):
            names = [f"other-{number}" for number in range(first, min(first + 500, count))]

            def beaten(requests):
                connection.send(b"".join(requests))
                answers = [group_wire.read_consumer_heartbeat(connection.receive(flexible=True)) for _ in requests]
                assert all(answer[:2] == (0, 1) for answer in answers), answers[0]
                return answers

            answers = beaten([group_wire.consumer_heartbeat(name, "m000000000", 0, topics=[OTHER_TOPIC], owned=[],
                                                            rebalance_timeout_ms=60_000) for name in names])
            beaten([group_wire.consumer_heartbeat(name, "m000000000", 1, owned=answer[2])
                    for name, answer in zip(names, answers)])
            beats += [group_wire.consumer_heartbeat(name, "m000000000", 1) for name in names]
    return beats


OTHER_GROUPS = {"classic": make_classic_groups, "consumer": make_consumer_groups}


def receive_reply(each):
    reply = b""
    while len(reply) < 4 or len(reply) < 4 + struct.unpack_from(">i", reply)[0]:
        reply += each.recv(65_536)
    return reply


def beat(broker, sockets, requests, count, errors):
    """CPU seconds of the broker for each of `count` heartbeats, one under way on each socket."""
    before, done = cpu_seconds(broker.process.pid), 0
    while done < count:
        for i, each in enumerate(sockets):
            each.sendall(requests[(done + i) % len(requests)])
        for each in sockets:
            reply = receive_reply(each)
            assert reply[errors:errors + 2] == b"\0\0", reply
        done += len(sockets)
    return (cpu_seconds(broker.process.pid) - before) / done


# Where the error of a heartbeat's reply is: after length and correlation id; and tagged fields and the throttle time.
ERROR_AT = {"classic": 8, "consumer": 13}


def measure_heartbeats(options, brokers):
    options.session_ms = HALF_AN_HOUR_MS
    cells = {}
    for name, others in (("alone", 0), ("beside others", options.other_groups)):
        broker = brokers.start(name.replace(" ", "-"), options)
        other_beats = OTHER_GROUPS[options.protocol](broker.port, others)
        world = World(options, broker.port)
        for _ in range(options.members):
            world.add()
        world.settle()
        world.rest()
        sockets = [member.socket for member in world.members]
        cells[f"one group {name}"] = (broker, sockets, [member.heartbeat() for member in world.members])
        if other_beats:
            cells["spread over all groups"] = (broker, sockets, other_beats)
    cost = {name: [] for name in cells}
    for _ in range(options.rounds):
        for name, (broker, sockets, requests) in cells.items():
            cost[name].append(beat(broker, sockets, requests, options.heartbeats, ERROR_AT[options.protocol]))
    base = "one group alone"
    for name, figures in cost.items():
        ratios = [figure / alone for figure, alone in zip(figures, cost[base])]
        print(f"heartbeat, {name}: {spread(figures, 1e6)} \u00b5s of CPU, {spread(ratios)} times {base}")
    return cost


def measure_memory(options, brokers):
    options.session_ms = HALF_AN_HOUR_MS
    broker = brokers.start("memory", options)
    world = World(options, broker.port)
    groups = 5

    idle = []
    for _ in range(groups * options.members):
        connection = wire.Connection(broker.port)
        connection.ask(wire.api_versions())
        idle.append(connection)
    connected = broker.resident_mb()
    for connection in idle:
        connection.close()
    for number in range(groups):
        group = f"g-{number}"
        first = len(world.members)
        for _ in range(options.members):
            world.add(group)
        world.run(lambda at=first: all(m.partitions is not None and m.generation == world.members[at].generation
                                       for m in world.members[at:]))
    world.rest()
    grown = (broker.resident_mb() - connected) * 1024 / len(world.members)
    print(f"memory: {grown:.1f} KiB for each of {len(world.members)} members in {groups} groups "
          f"(the broker has {broker.resident_mb():.1f} MB)")
    return grown


def main():
    options = parse_arguments()
    os.sched_setaffinity(0, {options.load_core})
    brokers = Brokers(options)
    try:
        found = {}
        for name, measure in (("settle", measure_settling), ("heartbeat", measure_heartbeats),
                              ("memory", measure_memory)):
            if options.only in (None, name):
                found[name] = measure(argparse.Namespace(**vars(options)), brokers)
        print(json.dumps(found))
    finally:
        brokers.stop()


if __name__ == "__main__":
    main()
