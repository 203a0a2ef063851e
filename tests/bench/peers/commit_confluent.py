"""A loop over confluent-kafka: consume up to two thousand, one statement, commit the offsets."""

import os

import psycopg
from confluent_kafka import Consumer

from .kept_item import BATCH, KEEP_ALL_PSYCOPG, TOPIC, Item, columns


def main() -> None:
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
            "group.id": os.environ["GROUP"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6_000,
        }
    )
    consumer.subscribe([TOPIC])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while True:
            # The pause is the longest wait for a full batch: what is there is taken.
            items = [
                Item.model_validate_json(message.value()) for message in consumer.consume(BATCH, 0.05)
                if not message.error()
            ]  # fmt: skip
            if items:
                connection.execute(KEEP_ALL_PSYCOPG, columns(items), prepare=True)
                consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
