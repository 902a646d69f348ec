#!/usr/bin/env bash
# Installs the Kafka clients of other projects that the end-to-end tests drive the broker with, into .peers/ at the
# tree's root (ignored by git), each from its own registry by package name. What cannot be had is noted in
# .peers/<peer>.missing with the reason, and its tests then say "not run: <reason>". Does nothing twice.
#
# Usage: broker/e2e/peers.sh [--retry] [peer...]    (peers: kafka-python kafka-python-old confluent-kafka kafkajs
#                                            apache-kafka kafka-streams kafka-clients-old franz-go)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
peers="$root/.peers"
kafka_python_version=3.0.12
kafka_python_old_version=2.0.2
confluent_kafka_version=2.12.1
kafkajs_version=2.2.4
apache_kafka_version=4.3.1
kafka_clients_old_version=2.8.2
franz_go_version=v1.22.2

retry=no
wanted=()
for argument in "$@"; do
    case "$argument" in
    --retry) retry=yes ;;
    *) wanted+=("$argument") ;;
    esac
done
[ "${#wanted[@]}" -gt 0 ] || wanted=(kafka-python kafka-python-old confluent-kafka kafkajs apache-kafka kafka-streams
    kafka-clients-old franz-go)
mkdir -p "$peers"
exec 9>"$peers/lock"
flock 9

# Network answers may hang: no installation may take longer than this.
limit=600

missing() { # peer, reason
    printf '%s\n' "$2" >"$peers/$1.missing"
    printf '  %-17s not available: %s\n' "$1" "$2"
}

python_venv() { # peer, requirement...
    local peer=$1
    shift
    rm -rf "${peers:?}/$peer"
    /usr/bin/python3 -m venv "$peers/$peer" >"$peers/$peer.log" 2>&1 ||
        { missing "$peer" "no python3-venv"; return; }
    if ! timeout "$limit" "$peers/$peer/bin/python" -m pip install --quiet "$@" >>"$peers/$peer.log" 2>&1; then
        missing "$peer" "no Python registry"
        return
    fi
    printf '%s\n' "$*" >"$peers/$peer/.complete"
}

install_kafka_python() { python_venv kafka-python "kafka-python==$kafka_python_version" crc32c python-snappy lz4 zstandard; }

# The last release of the old line, spoken with api_version=(0,10): message sets v0 and v1. Its vendored `six` needs
# the separate package on Python 3.12 and later only.
install_kafka_python_old() { python_venv kafka-python-old "kafka-python==$kafka_python_old_version" python-snappy lz4; }

# librdkafka that speaks the consumer protocol of groups (KIP-848), which Debian's does not yet.
install_confluent_kafka() { python_venv confluent-kafka "confluent-kafka==$confluent_kafka_version"; }

install_kafkajs() {
    local dir="$peers/kafkajs"
    rm -rf "$dir"
    command -v npm >/dev/null || { missing kafkajs "no npm"; return; }
    mkdir -p "$dir"
    printf '{"name":"peer","version":"1.0.0","private":true}\n' >"$dir/package.json"
    if ! (cd "$dir" && timeout "$limit" npm install --no-audit --no-fund --loglevel=error \
        "kafkajs@$kafkajs_version" kafkajs-snappy@1.1.0 >"$peers/kafkajs.log" 2>&1); then
        missing kafkajs "no JavaScript registry"
        return
    fi
    printf '%s\n' "$kafkajs_version" >"$dir/.complete"
}

# Jars with all that they need, into libs/: group:artifact:version...
java_libraries() { # peer, coordinates...
    local peer=$1 dir="$peers/$1" coordinates group artifact version
    shift
    rm -rf "$dir"
    command -v mvn >/dev/null || { missing "$peer" "no Maven"; return 1; }
    command -v java >/dev/null || { missing "$peer" "no Java"; return 1; }
    mkdir -p "$dir"
    {
        printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>\n'
        printf '<groupId>highwater.peers</groupId><artifactId>%s</artifactId><version>1</version><dependencies>\n' "$peer"
        for coordinates in "$@" org.slf4j:slf4j-nop:1.7.36; do
            IFS=: read -r group artifact version <<<"$coordinates"
            printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n' \
                "$group" "$artifact" "$version"
        done
        printf '</dependencies></project>\n'
    } >"$dir/pom.xml"
    if ! (cd "$dir" && timeout "$limit" mvn -q -B dependency:copy-dependencies -DoutputDirectory=libs \
        >"$peers/$peer.log" 2>&1); then
        missing "$peer" "no Java registry"
        return 1
    fi
}

install_apache_kafka() {
    java_libraries apache-kafka "org.apache.kafka:kafka-tools:$apache_kafka_version" \
        "org.apache.kafka:kafka_2.13:$apache_kafka_version" || return 0
    extract_definitions "$peers/apache-kafka"
    printf '%s\n' "$apache_kafka_version" >"$peers/apache-kafka/.complete"
}

install_kafka_streams() {
    java_libraries kafka-streams "org.apache.kafka:kafka-streams:$apache_kafka_version" \
        "org.apache.kafka:kafka-streams-examples:$apache_kafka_version" || return 0
    printf '%s\n' "$apache_kafka_version" >"$peers/kafka-streams/.complete"
}

# The Java client as it was before transactions of version 2 (KIP-890), and before there was any KRaft broker.
install_kafka_clients_old() {
    java_libraries kafka-clients-old "org.apache.kafka:kafka-clients:$kafka_clients_old_version" || return 0
    printf '%s\n' "$kafka_clients_old_version" >"$peers/kafka-clients-old/.complete"
}

install_franz_go() {
    local dir="$peers/franz-go"
    rm -rf "$dir"
    command -v go >/dev/null || { missing franz-go "no Go"; return; }
    mkdir -p "$dir"
    cp "$root/broker/e2e/franz_go/member.go" "$dir/member.go"
    if ! (cd "$dir" && export GOFLAGS="-mod=mod -buildvcs=false" && go mod init highwater.peers/franz-go &&
        timeout "$limit" go get "github.com/twmb/franz-go@$franz_go_version" && timeout "$limit" go build -o member .) \
        >"$peers/franz-go.log" 2>&1; then
        missing franz-go "no Go registry"
        return
    fi
    printf '%s\n' "$franz_go_version" >"$dir/.complete"
}

# Kafka's jars carry the definitions of its messages: net/wire's tables are compared with them.
extract_definitions() { # folder
    /usr/bin/python3 - "$1" <<'PYTHON'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
for jar in sorted((folder / "libs").glob("kafka-*.jar")):
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith(("common/", "message/")) and name.endswith(".json"):
                target = folder / "definitions" / pathlib.PurePosixPath(name).name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(archive.read(name))
PYTHON
}

for peer in "${wanted[@]}"; do
    if [ -e "$peers/$peer/.complete" ]; then
        continue
    fi
    if [ -e "$peers/$peer.missing" ] && [ "$retry" = no ]; then
        printf '  %-17s not available: %s (broker/e2e/peers.sh --retry asks again)\n' "$peer" "$(cat "$peers/$peer.missing")"
        continue
    fi
    rm -f "$peers/$peer.missing"
    printf '  %-17s installing into .peers/%s\n' "$peer" "$peer"
    case "$peer" in
    kafka-python) install_kafka_python ;;
    kafka-python-old) install_kafka_python_old ;;
    confluent-kafka) install_confluent_kafka ;;
    kafkajs) install_kafkajs ;;
    apache-kafka) install_apache_kafka ;;
    kafka-streams) install_kafka_streams ;;
    kafka-clients-old) install_kafka_clients_old ;;
    franz-go) install_franz_go ;;
    *) printf 'no such peer: %s\n' "$peer" >&2; exit 64 ;;
    esac
done
