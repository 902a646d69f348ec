"""The records of coordinators as our dump-log and Kafka's tell them."""

import json
import re

import java


def dump(logs, *options):
    """What kafka-dump-log prints of these files of a stopped broker."""
    return java.run("apache-kafka", "org.apache.kafka.tools.DumpLogSegments", *options, "--files",
                    ",".join(map(str, logs)))


def fields(line):
    """Key and payload of a record. What the members of a classic group say to each other is bytes to us; Kafka reads it."""
    key, payload = re.search(r" key: (\{.*\}) payload: (.*)$", line).groups()
    payload = json.loads(payload) if payload.startswith("{") else payload
    if json.loads(key)["type"] == "2" and payload != "<DELETE>":
        for member in payload["data"]["members"]:
            del member["subscription"], member["assignment"]
    return json.loads(key), payload


def check_decoder(case, broker, decoder, logs):
    """Ours says of keys and payloads what Kafka's does. Returns what that is."""
    dumped = dump(logs, decoder)
    case.assertNotIn("Could not decode", dumped)
    ours = broker.highwater("dump-log", decoder, *map(str, logs)).stdout.decode()
    found, expected = ([fields(line) for line in text.splitlines() if " key: {" in line] for text in (ours, dumped))
    case.assertTrue(expected)
    case.assertEqual(found, expected)
    return dumped
