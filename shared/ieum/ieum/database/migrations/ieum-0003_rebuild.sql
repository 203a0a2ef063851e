-- depends: ieum-0002_idempotency

-- Each time what a consumer derived from its topics was emptied to be made again from the first record.
CREATE TABLE rebuild (
    consumer    text        NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- [[topic, partition, offset], …]: where the consumer stood, so that everything before has been heard once already.
    targets     jsonb       NOT NULL,
    -- {table: {rows, hash}} as it was before.
    before      jsonb       NOT NULL,
    -- When the targets were passed, and when the service had nothing left to catch up on.
    reached_at  timestamptz,
    finished_at timestamptz CHECK (finished_at >= reached_at),
    PRIMARY KEY (consumer, started_at)
);
CREATE UNIQUE INDEX rebuild_open ON rebuild (consumer) WHERE finished_at IS NULL;
