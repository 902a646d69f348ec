// Exactly once with Kafka Streams, run by streams_test.py: words counted, words counted in windows of a minute, and a
// stream joined with a table. From `lines` (value: words), `users` (user -> region) and `clicks` (user -> number) come
// `word-counts` (word -> count so far), `windowed-counts` ("word@start of the window" -> count so far), `joined`
// (user -> "region:number", of the region at the time of the click) and `region-sums` (region -> sum so far). Nothing is
// cached on the way, so each record makes one of the output.
//
// Says its states as {"state": ...}, one a line; answers each line of the standard input from its stores:
// "word WORD", "window WORD START", "region REGION".
//
//     JavaStreams ADDRESS APPLICATION_ID STATE_FOLDER

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.WindowStore;

public class JavaStreams {
    static StreamsBuilder topology() {
        var strings = Serdes.String();
        var longs = Serdes.Long();
        var builder = new StreamsBuilder();

        var words = builder.stream("lines", Consumed.with(strings, strings))
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((key, word) -> word, Grouped.with("words", strings, strings));
        words.count(Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("word-store"))
                .toStream()
                .to("word-counts", Produced.with(strings, longs));
        // Of records that come late, by any clock, none is left out.
        words.windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofHours(24)))
                .count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("window-store")
                        .withRetention(Duration.ofHours(25)))
                .toStream((window, count) -> window.key() + "@" + window.window().start())
                .to("windowed-counts", Produced.with(strings, longs));

        var users = builder.table("users", Consumed.with(strings, strings), Materialized.as("user-store"));
        var joined = builder.stream("clicks", Consumed.with(strings, longs))
                .join(users, (number, region) -> region + ":" + number, Joined.with(strings, longs, strings));
        joined.to("joined", Produced.with(strings, strings));
        joined.map((user, text) -> KeyValue.pair(text.split(":")[0], Long.valueOf(text.split(":")[1])))
                .groupByKey(Grouped.with("regions", strings, longs))
                .reduce(Long::sum, Materialized.as("region-store"))
                .toStream()
                .to("region-sums", Produced.with(strings, longs));
        return builder;
    }

    static Properties settings(String address, String application, String folder) {
        var settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", address, "application.id", application, "state.dir", folder,
                "processing.guarantee", "exactly_once_v2", "statestore.cache.max.bytes", 0,
                "auto.offset.reset", "earliest", "session.timeout.ms", 3000, "heartbeat.interval.ms", 300,
                "repartition.purge.interval.ms", 1000, "reconnect.backoff.max.ms", 500));
        // Its changelogs have several segments and are compacted soon.
        settings.put("topic.segment.ms", 1000);
        settings.put("topic.min.cleanable.dirty.ratio", 0.01);
        return settings;
    }

    static Long ask(KafkaStreams streams, String[] words) {
        return switch (words[0]) {
            case "word" -> streams.store(StoreQueryParameters.fromNameAndType("word-store",
                    QueryableStoreTypes.<String, Long>keyValueStore())).get(words[1]);
            case "window" -> streams.store(StoreQueryParameters.fromNameAndType("window-store",
                    QueryableStoreTypes.<String, Long>windowStore())).fetch(words[1], Long.parseLong(words[2]));
            case "region" -> streams.store(StoreQueryParameters.fromNameAndType("region-store",
                    QueryableStoreTypes.<String, Long>keyValueStore())).get(words[1]);
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    public static void main(String[] words) throws Exception {
        var streams = new KafkaStreams(topology().build(), settings(words[0], words[1], words[2]));
        streams.setStateListener((now, before) -> say("{\"state\": \"" + now + "\"}"));
        streams.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(60))));
        var questions = new BufferedReader(new InputStreamReader(System.in));
        for (String question; (question = questions.readLine()) != null; ) {
            try {
                say("{\"answer\": [\"" + question + "\", " + ask(streams, question.split(" ")) + "]}");
            } catch (InvalidStateStoreException unready) {
                say("{\"answer\": [\"" + question + "\", \"unready\"]}");
            }
        }
        System.exit(0); // by way of the hook
    }
}
