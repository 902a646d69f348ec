"""A member of a consumer group as a program of its own, which a test can kill or pause (librdkafka). Every line that it
prints is one JSON object: what it was assigned, what it read, what became of its commits.

    group_member.py ADDRESS GROUP TOPIC [librdkafka setting=value]...
"""

import json
import sys

from confluent_kafka import Consumer, KafkaException


def say(**what):
    print(json.dumps(what), flush=True)


def partitions(assignment):
    return sorted(each.partition for each in assignment)


def runs(messages):
    """[partition, first offset, last offset] of what was read, in order, without gaps inside."""
    found = []
    for message in messages:
        if found and found[-1][0] == message.partition() and found[-1][2] + 1 == message.offset():
            found[-1][2] = message.offset()
        else:
            found.append([message.partition(), message.offset(), message.offset()])
    return found


def main(address, group, topic, *settings):
    asked = dict(setting.split("=", 1) for setting in settings)
    # With the consumer protocol (KIP-848) the broker says how long and how often.
    timing = {} if asked.get("group.protocol") == "consumer" else {"session.timeout.ms": 3000,
                                                                   "heartbeat.interval.ms": 300}
    consumer = Consumer({"bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, "reconnect.backoff.max.ms": 500,
                         "topic.metadata.refresh.interval.ms": 1000, **timing, **asked})
    consumer.subscribe([topic], on_assign=lambda _, given: say(assigned=partitions(given)),
                       on_revoke=lambda _, taken: say(revoked=partitions(taken)),
                       on_lost=lambda _, taken: say(lost=partitions(taken)))
    while True:
        messages = [message for message in consumer.consume(5000, 0.2) if message.error() is None]
        if not messages:
            continue
        say(read=runs(sorted(messages, key=lambda message: (message.partition(), message.offset()))))
        try:
            done = consumer.commit(asynchronous=False)
            say(committed={each.partition: each.offset for each in done if each.error is None})
        except KafkaException as error:
            say(refused=error.args[0].name())


main(*sys.argv[1:])
