// Transactions of Apache Kafka's Java client, run from source by java_transactions_test.py: reads a topic as a member of
// a group and writes what it reads to another, in transactions of ten records; every third one it aborts and does again.
// Prints how many it committed and aborted, and of how many records the latter were.
//
//     JavaTransactions.java ADDRESS INPUT OUTPUT GROUP TRANSACTIONAL_ID RECORDS

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class JavaTransactions {
    public static void main(String[] words) {
        String address = words[0];
        int wanted = Integer.parseInt(words[5]);
        Map<String, Object> producing = Map.of("bootstrap.servers", address, "transactional.id", words[4]);
        Map<String, Object> consuming = Map.of("bootstrap.servers", address, "group.id", words[3],
                "auto.offset.reset", "earliest", "enable.auto.commit", false, "isolation.level", "read_committed",
                "max.poll.records", 10);
        int committed = 0;
        int aborted = 0;
        int dropped = 0;
        try (var producer = new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(words[1]));
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            for (int done = 0; done < wanted; ) {
                if (records.isEmpty()) consumer.poll(Duration.ofMillis(500)).forEach(records::add);
                if (records.isEmpty()) continue;
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
                for (var record : records) {
                    String value = "<" + record.value() + ">";
                    producer.send(new ProducerRecord<>(words[2], record.partition(), record.key(), value));
                    next.put(new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(next, consumer.groupMetadata());
                if ((committed + aborted) % 3 == 2) {
                    // Otherwise what is not sent yet is dropped, and nobody could count it.
                    producer.flush();
                    producer.abortTransaction();
                    ++aborted;
                    dropped += records.size();
                } else {
                    producer.commitTransaction();
                    ++committed;
                    done += records.size();
                    records.clear();
                }
            }
        }
        System.out.println(committed + " committed, " + aborted + " aborted with " + dropped + " records");
    }
}
