"""Floods of ids that nobody uses again: producer ids, each with one batch, and transactional ids. The broker answers all
of them, remembers no more than it says (docs/guarantees.md), and keeps those that are in use, also over a kill -9.

Prints what an id costs. `--producer-ids 1000000 --transactional-ids 100000` is the size that the claim is made for.
"""

import argparse
import sys

import testing
import transaction_wire as transactions
import wire

MOST_PRODUCERS = 100_000  # that a partition remembers, those of the last 15 minutes before all others
PIPELINED = 1000
THROTTLING_QUOTA_EXCEEDED = 89
PRODUCER_BYTES = 1024  # the most that one may cost
TRANSACTIONAL_ID_BYTES = 2048
SLACK_KIB = 32 << 10  # for all else that a flood needs: buffers, indexes
PATIENCE = 120.0


class Live:
    """A producer that is used all the time."""

    def __init__(self, connection, partition):
        self.connection, self.partition = connection, partition
        error, self.id, self.epoch = wire.read_init_producer_id(connection.ask(wire.init_producer_id()))
        assert error == wire.NONE, error
        self.sequence, self.offset = -1, None

    def append(self, sequence):
        records = wire.batch(producer_id=self.id, producer_epoch=self.epoch, base_sequence=sequence)
        return wire.read_produce(self.connection.ask(wire.produce("flood", records, partition=self.partition)))

    def go_on(self):
        self.sequence += 1
        error, self.offset = self.append(self.sequence)
        assert error == wire.NONE, (self.id, error)

    def check(self, connection):
        """Its retry is told apart from what is new."""
        self.connection = connection
        retried = self.append(self.sequence)
        assert retried == (wire.NONE, self.offset), (self.id, retried, self.offset)
        self.go_on()


def ask_all(connection, requests):
    """The answers, in order; the requests go out together."""
    connection.send(b"".join(requests))
    return [connection.receive() for _ in requests]


def take_producers(connection, count, partitions, live):
    """As many new producers, each with one batch. Returns how many batches were taken and how many refused."""
    taken = refused = 0
    for first in range(0, count, PIPELINED):
        numbers = range(first, min(first + PIPELINED, count))
        given = [wire.read_init_producer_id(reply)
                 for reply in ask_all(connection, [wire.init_producer_id()] * len(numbers))]
        assert all(error == wire.NONE for error, _, _ in given)
        replies = ask_all(connection, [
            wire.produce("flood", wire.batch(producer_id=id, producer_epoch=epoch, base_sequence=0),
                         partition=number % partitions) for number, (_, id, epoch) in zip(numbers, given)])
        for error, _ in map(wire.read_produce, replies):
            assert error in (wire.NONE, THROTTLING_QUOTA_EXCEEDED), error
            taken += error == wire.NONE
            refused += error != wire.NONE
        for each in live:
            each.go_on()
    return taken, refused


def flood_of_producer_ids(count, partitions):
    with testing.broker("flood") as broker:
        broker.create_topic("flood", partitions)
        with broker.connect(patience=PATIENCE) as connection:
            live = [Live(connection, partition) for partition in range(partitions)]
            take_producers(connection, PIPELINED, partitions, live)  # what the first ones cost is no id's
            before = broker.resident_kib()
            taken, refused = take_producers(connection, count - PIPELINED, partitions, live)
            grown = broker.resident_kib() - before
            for each in live:
                each.check(connection)
        print(f"{count} producer ids in {partitions} partitions: {taken} batches taken, {refused} refused, "
              f"{grown} KiB more, {grown * 1024 / max(taken, 1):.0f} bytes a producer", flush=True)
        assert taken >= min(count, partitions * MOST_PRODUCERS) - PIPELINED - partitions, taken
        limit = SLACK_KIB + min(count, partitions * MOST_PRODUCERS) * PRODUCER_BYTES // 1024
        assert grown <= limit, f"{grown} KiB, not {limit}"
        broker.kill()
        took = broker.start()
        with broker.connect(patience=PATIENCE) as connection:
            for each in live:
                each.check(connection)
        resident = broker.resident_kib()
        print(f"after kill -9: serves after {took:.2f} s, {resident} KiB", flush=True)
        assert resident - before <= limit, f"{resident} KiB, not {limit} more than {before}"


def persisted(ask):
    """The answer of ask(), asked again while the coordinator is not ready."""
    answer = None

    def is_there():
        nonlocal answer
        answer = ask()
        return answer[0] not in transactions.NOT_YET

    testing.await_true(is_there, PATIENCE, f"an answer, not {answer}")
    return answer


def begin(connection, transactional_id, timeout_ms=900_000):
    error, *producer = persisted(lambda: transactions.read_init_producer_id(connection.ask(
        transactions.init_producer_id(transactional_id, timeout_ms))))
    assert error == wire.NONE, error
    return tuple(producer)


def flood_of_transactional_ids(count):
    with testing.broker("flood") as broker:
        broker.create_topic("flood")
        with broker.connect(patience=PATIENCE) as connection:
            connection.ask(transactions.find_transaction_coordinator("live"))
            live = {f"live {i}": begin(connection, f"live {i}") for i in range(10)}
            for transactional_id, producer in live.items():
                assert persisted(lambda: [transactions.read_add_partition(connection.ask(
                    transactions.add_partition(transactional_id, producer, "flood")))]) == [wire.NONE]
                error, _ = wire.read_produce(connection.ask(wire.produce(
                    "flood", transactions.batch(producer, 0), transactional_id=transactional_id)))
                assert error == wire.NONE, error
            before = broker.resident_kib()
            for first in range(0, count, PIPELINED):
                ids = [f"flood {number}" for number in range(first, min(first + PIPELINED, count))]
                replies = ask_all(connection, [transactions.init_producer_id(id) for id in ids])
                for id, reply in zip(ids, replies):
                    error, _, epoch = transactions.read_init_producer_id(reply)
                    if error in transactions.NOT_YET:
                        begin(connection, id)
                    else:
                        assert (error, epoch) == (wire.NONE, 0), (id, error, epoch)
            grown = broker.resident_kib() - before
            print(f"{count} transactional ids: {grown} KiB more, {grown * 1024 / count:.0f} bytes an id", flush=True)
            limit = SLACK_KIB + count * TRANSACTIONAL_ID_BYTES // 1024
            assert grown <= limit, f"{grown} KiB, not {limit}"
        broker.kill()
        took = broker.start()
        with broker.connect(patience=PATIENCE) as connection:
            for transactional_id, producer in live.items():
                ended = persisted(lambda: [transactions.read_end(connection.ask(
                    transactions.end(transactional_id, producer, True)))])
                assert ended == [wire.NONE], (transactional_id, ended)
            again = begin(connection, f"flood {count - 1}")
            assert again[1] == 1, "it is remembered"
        print(f"after kill -9: serves after {took:.2f} s, {broker.resident_kib()} KiB", flush=True)
        assert broker.resident_kib() - before <= limit, broker.resident_kib()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--producer-ids", type=int, default=110_000)
    parser.add_argument("--partitions", type=int, nargs="+", default=[1], help="one flood for each of these numbers")
    parser.add_argument("--transactional-ids", type=int, default=10_000)
    options = parser.parse_args()
    for partitions in options.partitions:
        flood_of_producer_ids(options.producer_ids, partitions)
    flood_of_transactional_ids(options.transactional_ids)


if __name__ == "__main__":
    sys.exit(main())
