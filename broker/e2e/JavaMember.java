// A member of a group with Apache Kafka's Java client, run by java_groups_test.py: commits what it has read after every
// poll, and says each change as a line of JSON, like group_member.py:
//
//     {"assigned": ["t-0"]}                 all partitions that it has now
//     {"read": [["t-0", 0, 9]]}             first and last offset of what it got and committed
//     {"failed": "GroupProtocolException"}  it ends
//
//     JavaMember.java ADDRESS GROUP TOPIC|^EXPRESSION [SETTING=VALUE]...
//
// With ^ it is a regular expression, which the broker resolves (SubscriptionPattern, KIP-848). SIGTERM: it leaves.

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

public class JavaMember implements ConsumerRebalanceListener {
    private final TreeSet<String> partitions = new TreeSet<>();

    public static void main(String[] words) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", words[0], "group.id", words[1],
                "auto.offset.reset", "earliest", "enable.auto.commit", false, "metadata.max.age.ms", 1000));
        for (int i = 3; i < words.length; ++i) {
            String[] setting = words[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        Thread main = Thread.currentThread();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                consumer.wakeup();
                try {
                    main.join();
                } catch (InterruptedException interrupted) {
                    main.interrupt();
                }
            }));
            if (words[2].startsWith("^")) {
                consumer.subscribe(new SubscriptionPattern(words[2]), new JavaMember());
            } else {
                consumer.subscribe(List.of(words[2]), new JavaMember());
            }
            for (;;) {
                var records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) continue;
                consumer.commitSync();
                List<String> runs = new ArrayList<>();
                for (TopicPartition partition : records.partitions()) {
                    var read = records.records(partition);
                    runs.add("[\"%s\", %d, %d]".formatted(partition, read.get(0).offset(), read.get(read.size() - 1).offset()));
                }
                System.out.println("{\"read\": [" + String.join(", ", runs) + "]}");
            }
        } catch (WakeupException wakened) {
            // It was asked to leave, and has left.
        } catch (RuntimeException failed) {
            System.out.println("{\"failed\": \"" + failed.getClass().getSimpleName() + "\"}");
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> gained) {
        gained.forEach(partition -> partitions.add(partition.toString()));
        say();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> lost) {
        lost.forEach(partition -> partitions.remove(partition.toString()));
        say();
    }

    private void say() {
        System.out.println(partitions.stream().map(partition -> "\"" + partition + "\"")
                .collect(Collectors.joining(", ", "{\"assigned\": [", "]}")));
    }
}
