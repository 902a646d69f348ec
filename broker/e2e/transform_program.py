"""Consume, transform, produce, exactly once, as a program of its own that a test can kill (librdkafka): each record of
the input becomes one of the output, in one transaction with the offset that comes after it.

    transform_program.py ADDRESS INPUT OUTPUT GROUP TRANSACTIONAL_ID

Every line that it prints is one JSON object: {"committed": records of the transaction}, or {"aborted": why}. It ends
with code 3 when it was fenced, or for any other fatal error.
"""

import json
import sys
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

TRANSACTION_RECORDS = 500
PATIENCE = 60


def say(**what):
    print(json.dumps(what), flush=True)


def retrying(call, *arguments):
    """What librdkafka calls retriable has changed nothing: it is to be called again."""
    while True:
        try:
            return call(*arguments)
        except KafkaException as error:
            if not error.args[0].retriable():
                raise


def rewind(consumer):
    """Back to what the group has committed: what was read since is not transformed."""
    for partition in retrying(consumer.committed, consumer.assignment(), PATIENCE):
        partition.offset = max(partition.offset, 0)
        while True:
            try:
                consumer.seek(partition)
                break
            except KafkaException as error:
                if error.args[0].code() != KafkaError._STATE:  # it was assigned this moment and is not fetched yet
                    raise
                time.sleep(0.05)


def next_offsets(messages):
    """What to commit with these."""
    last = {(message.topic(), message.partition()): message.offset() for message in messages}
    return [TopicPartition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]


def main(address, source, target, group, transactional_id):
    settings = {"bootstrap.servers": address, "reconnect.backoff.max.ms": 500,
                "topic.metadata.refresh.interval.ms": 1000}
    consumer = Consumer({**settings, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "session.timeout.ms": 3000, "heartbeat.interval.ms": 300})
    producer = Producer({**settings, "transactional.id": transactional_id, "transaction.timeout.ms": 10000,
                         "linger.ms": 5})
    retrying(producer.init_transactions, PATIENCE)
    rebalances = []

    def rebalanced(*_):
        rebalances.append(1)

    consumer.subscribe([source], on_assign=rebalanced, on_revoke=rebalanced, on_lost=rebalanced)
    while True:
        messages = [message for message in consumer.consume(TRANSACTION_RECORDS, 0.5) if message.error() is None]
        if rebalances:  # in the middle of that: some may be of partitions that somebody else has by now
            rebalances.clear()
            rewind(consumer)
            continue
        if not messages:
            continue
        producer.begin_transaction()
        try:
            for message in messages:
                while True:
                    try:
                        producer.produce(target, b"<" + message.value() + b">", partition=message.partition())
                        break
                    except BufferError:
                        producer.poll(0.1)
            retrying(producer.send_offsets_to_transaction, next_offsets(messages), consumer.consumer_group_metadata(),
                     PATIENCE)
            retrying(producer.commit_transaction, PATIENCE)
            say(committed=len(messages))
        except KafkaException as error:
            why = error.args[0]
            say(aborted=why.name())
            if not why.txn_requires_abort():
                sys.exit(3)
            retrying(producer.abort_transaction, PATIENCE)
            rewind(consumer)


main(*sys.argv[1:])
