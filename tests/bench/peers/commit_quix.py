"""Quix Streams: a batching sink that writes two thousand at a checkpoint, with one statement for each partition."""

import os

import psycopg
from quixstreams import Application
from quixstreams.sinks import BatchingSink, SinkBatch

from .kept_item import BATCH, KEEP_ALL_PSYCOPG, TOPIC, Item, columns


class Keeping(BatchingSink):
    """Quix calls `write` before it commits the offsets."""

    def setup(self) -> None:
        self._connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def write(self, batch: SinkBatch) -> None:
        items = [Item.model_validate_json(entry.value) for entry in batch]
        self._connection.execute(KEEP_ALL_PSYCOPG, columns(items), prepare=True)


def main() -> None:
    app = Application(
        broker_address=os.environ["KAFKA_BOOTSTRAP"],
        consumer_group=os.environ["GROUP"],
        auto_offset_reset="earliest",
        auto_create_topics=False,
        commit_every=BATCH,
        commit_interval=0.2,
        state_dir=os.environ["SCRATCH"],
        loglevel="WARNING",
        consumer_extra_config={"session.timeout.ms": 6_000},
    )
    frame = app.dataframe(app.topic(TOPIC, key_deserializer="bytes", value_deserializer="bytes"))
    frame.sink(Keeping())
    app.run()


if __name__ == "__main__":
    main()
