import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine with its outbox event router. Each batch is sent, awaited and then marked as processed, as
 * Debezium Server's own sink for Kafka does.
 */
public final class RelayDebezium implements DebeziumEngine.ChangeConsumer<ChangeEvent<SourceRecord, SourceRecord>> {
    private static final Header[] SAME_FOR_ALL = {
        header("ce_specversion", "1.0"), header("ce_source", "/bench"), header("content-type", "application/json")
    };

    private final KafkaProducer<byte[], byte[]> producer;

    private RelayDebezium(String bootstrap) {
        producer = new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap, "acks", "all", "enable.idempotence", true, "linger.ms", 0,
                "batch.size", 256 * 1024),
            new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static void main(String[] none) throws Exception {
        URI database = URI.create(System.getenv("DATABASE_URL"));
        String[] account = database.getUserInfo().split(":", 2);
        Properties settings = new Properties();
        settings.putAll(Map.of(
            "name", "relay",
            "topic.prefix", "bench",
            "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
            "database.hostname", database.getHost(),
            "database.port", String.valueOf(database.getPort()),
            "database.user", account[0],
            "database.password", account[1],
            "database.dbname", database.getPath().substring(1)));
        settings.putAll(Map.of(
            "plugin.name", "pgoutput",
            "slot.name", System.getenv("SLOT"),
            "publication.name", System.getenv("SLOT"),
            "publication.autocreate.mode", "disabled",
            "table.include.list", System.getenv("DATABASE_SCHEMA") + ".outbox",
            "snapshot.mode", "no_data",
            "offset.storage.file.filename", System.getenv("SCRATCH") + "/offsets",
            "offset.flush.interval.ms", "1000",
            "max.batch.size", "2000",
            "poll.interval.ms", "10"));
        settings.putAll(Map.of(
            "transforms", "outbox",
            "transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter",
            "transforms.outbox.table.field.event.id", "event_id",
            "transforms.outbox.table.field.event.key", "aggregate_id",
            "transforms.outbox.table.field.event.payload", "body",
            "transforms.outbox.route.by.field", "topic",
            "transforms.outbox.route.topic.replacement", "${routedByValue}",
            "transforms.outbox.table.fields.additional.placement",
            "partition:partition,type:header:ce_type,aggregate_id:header:ce_subject,occurred_at:header:ce_time,"
                + "aggregate_version:header:ce_aggregateversion"));
        DebeziumEngine.create(Connect.class)
            .using(settings)
            .notifying(new RelayDebezium(System.getenv("KAFKA_BOOTSTRAP")))
            .using((success, message, error) -> {
                System.err.println(message);
                if (error != null) {
                    error.printStackTrace();
                }
                System.exit(success ? 0 : 1);
            })
            .build()
            .run();
    }

    @Override
    public void handleBatch(
            List<ChangeEvent<SourceRecord, SourceRecord>> events,
            RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
        for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
            SourceRecord row = event.value();
            if (row != null && row.value() != null) {
                sent.add(producer.send(record(row)));
            }
        }
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
            } catch (java.util.concurrent.ExecutionException refused) {
                throw new IllegalStateException(refused.getCause());
            }
        }
        for (ChangeEvent<SourceRecord, SourceRecord> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private static ProducerRecord<byte[], byte[]> record(SourceRecord row) {
        List<Header> headers = new ArrayList<>(List.of(SAME_FOR_ALL));
        for (org.apache.kafka.connect.header.Header each : row.headers()) {
            headers.add(header(each.key().equals("id") ? "ce_id" : each.key(), String.valueOf(each.value())));
        }
        return new ProducerRecord<>(
            row.topic(), row.kafkaPartition(), null, bytes(row.key()), bytes(row.value()), headers);
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] raw) {
            return raw;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return copy;
        }
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    private static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
