"""Groups: ids, offsets, floods of joins and of reads."""

import testing

import group_wire
import wire
from bad_input.table import PATIENCE, row

CONTROL = "".join(map(chr, range(32))) + "\x7f"


NO_COORDINATOR_YET = {14, 15, 16}


def coordinated(bench, group):
    """Makes `__consumer_offsets` unless it is there, and waits until the group has a coordinator."""
    def answered():
        with bench.connect() as connection:
            connection.ask(group_wire.find_coordinators([group]), flexible=True)
            return group_wire.read_error(connection.ask(group_wire.heartbeat(group, 1, "m"))) not in NO_COORDINATOR_YET

    testing.await_true(answered, PATIENCE, "the group has a coordinator")


def settled(bench, group):
    """Joins as the only member; (generation, member id)."""
    coordinated(bench, group)
    with bench.connect() as connection:
        error, _, member, _ = group_wire.read_join(connection.ask(group_wire.join(group)))
        assert error == group_wire.MEMBER_ID_REQUIRED, error
        error, generation, member, members = group_wire.read_join(connection.ask(group_wire.join(group, member)))
        assert (error, members) == (group_wire.NONE, [member]), (error, members)
        error = group_wire.read_error(connection.ask(group_wire.sync(group, generation, member, [(member, b"mine")])))
        assert error == group_wire.NONE, error
        return generation, member


def listed(bench):
    with bench.connect() as connection:
        return group_wire.read_list(connection.ask(group_wire.list_groups()))


@row("B104", "group-id")
def _(bench):
    """An empty id is refused where a member would be made; offsets it may have, as in Kafka (KAFKA-6773)."""
    coordinated(bench, "g")
    with bench.connect() as connection:
        assert group_wire.read_join(connection.ask(group_wire.join("")))[0] == group_wire.INVALID_GROUP_ID
        for request in (group_wire.sync("", 1, "m"), group_wire.heartbeat("", 1, "m"), group_wire.leave("", "m"),
                        group_wire.delete_offset("")):
            error = group_wire.read_error(connection.ask(request))
            assert error == group_wire.INVALID_GROUP_ID, (request, error)
    for group in ("", "g" * 32_767, CONTROL, "\u4e2d\U0001f600"):
        with bench.connect() as connection:
            assert group_wire.read_commit(connection.ask(group_wire.commit(group, 7))) == group_wire.NONE, group[:9]
            assert group_wire.read_offset(connection.ask(group_wire.fetch_offset(group))) == (0, 7), group[:9]
            [(error, found, state)] = group_wire.read_describe(connection.ask(group_wire.describe([group])))
            assert (error, found, state) == (group_wire.NONE, group, "Empty"), (error, found[:9], state)
        if group:
            settled(bench, group)
        assert group in listed(bench), group[:9]
        assert not any(ord(c) < 32 and c != "\n" for c in bench.broker.log_text()), "the log has control characters"


@row("B119", "offset-commit")
def _(bench):
    group = "offset-commit"
    generation, member = settled(bench, group)
    with bench.connect() as connection:
        def committed(offset, **options):
            options = {"generation": generation, "member": member, **options}
            return group_wire.read_commit(connection.ask(group_wire.commit(group, offset, **options)))

        assert committed(1, metadata="m" * 4097) == group_wire.OFFSET_METADATA_TOO_LARGE
        assert committed(2, metadata="m" * 4096) == group_wire.NONE
        assert committed(3, member="nobody") == group_wire.UNKNOWN_MEMBER_ID
        assert committed(3, member="", generation=-1) == group_wire.UNKNOWN_MEMBER_ID
        assert committed(3, generation=generation - 1) == group_wire.ILLEGAL_GENERATION
        assert committed(3, generation=generation + 1) == group_wire.ILLEGAL_GENERATION
        assert committed(3, topic="nosuch") == group_wire.UNKNOWN_TOPIC_OR_PARTITION
        assert committed(3, partition=77) == group_wire.UNKNOWN_TOPIC_OR_PARTITION
        assert group_wire.read_offset(connection.ask(group_wire.fetch_offset(group))) == (group_wire.NONE, 2)
        # Kafka takes and tells it.
        assert committed(-2) == group_wire.NONE
        assert group_wire.read_offset(connection.ask(group_wire.fetch_offset(group))) == (group_wire.NONE, -2)


# 10,000 ids wait for their members (about 1 KiB each); every further request is refused. They age out.
@row("B121", "join-flood", grows_kib=32 * 1024)
def _(bench):
    group, answers = "join-flood", {}
    coordinated(bench, group)
    request = group_wire.join(group, session_timeout_ms=6_000)
    with bench.connect() as connection:
        for _ in range(100):
            connection.send(request * 1_000)
            for _ in range(1_000):
                error = group_wire.read_join(connection.receive())[0]
                answers[error] = answers.get(error, 0) + 1
    print(f"      {answers}")
    assert set(answers) == {group_wire.MEMBER_ID_REQUIRED, group_wire.GROUP_MAX_SIZE_REACHED}, answers

    def takes_members_again():
        with bench.connect() as connection:
            return group_wire.read_join(connection.ask(request))[0] == group_wire.MEMBER_ID_REQUIRED

    testing.await_true(takes_members_again, PATIENCE, "the ids that nobody used are forgotten")


@row("B122", "group-reads")
def _(bench):
    coordinated(bench, "g")
    with bench.connect() as connection:
        for first in range(0, 1_000_000, 1_000):
            names = [f"unknown-{number}" for number in range(first, first + 1_000)]
            connection.send(group_wire.describe(names) + group_wire.fetch_offsets_of(names))
            described = group_wire.read_describe(connection.receive())
            assert {each[2] for each in described} == {"Dead"}, described[0]
            connection.receive(flexible=True)
    made = [group for group in listed(bench) if group.startswith("unknown-")]
    assert not made, f"{len(made)} groups were made"
