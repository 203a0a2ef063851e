-- What the service has said and heard. Every service has these tables in its own schema.

-- The version an aggregate has reached. Its row lock is what puts one aggregate's events in the order of their commits.
CREATE TABLE stream (
    topic        text   NOT NULL,
    aggregate_id text   NOT NULL,
    version      bigint NOT NULL CHECK (version > 0),
    PRIMARY KEY (topic, aggregate_id)
) WITH (fillfactor = 80);

-- Events committed and not yet acknowledged by Kafka. Rows exist until then; there is no cursor to be wrong.
CREATE TABLE outbox (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic             text        NOT NULL,
    partition         integer     NOT NULL CHECK (partition >= 0),
    aggregate_id      text        NOT NULL,
    aggregate_version bigint      NOT NULL,
    event_id          uuid        NOT NULL,
    type              text        NOT NULL,
    body              bytea       NOT NULL,
    traceparent       text,
    occurred_at       timestamptz NOT NULL DEFAULT transaction_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

-- Who relays, until when (database time), and under which number: a relay that slept past its lease cannot delete.
CREATE TABLE relay_lease (
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch      bigint      NOT NULL,
    holder     text        NOT NULL,
    expires_at timestamptz NOT NULL
);

-- How far each consumer has heard each aggregate. Never pruned: a repeat is version <= mark, a hole is version > mark + 1.
CREATE TABLE mark (
    consumer     text   NOT NULL,
    topic        text   NOT NULL,
    aggregate_id text   NOT NULL,
    version      bigint NOT NULL CHECK (version >= 0),
    -- flowing; held: an event is parked as bad and later ones wait; gap: an earlier version was never seen.
    state        text   NOT NULL DEFAULT 'flowing' CHECK (state IN ('flowing', 'held', 'gap')),
    PRIMARY KEY (consumer, topic, aggregate_id)
) WITH (fillfactor = 80);

-- The few that need an operator, found without reading the many.
CREATE INDEX mark_stuck ON mark (consumer) WHERE state <> 'flowing';

-- Where each consumer goes on reading. It commits with the effects and wins over the offset that Kafka keeps, so a
-- database restored to yesterday re-reads what it has forgotten.
CREATE TABLE position (
    consumer    text    NOT NULL,
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
) WITH (fillfactor = 50);

-- Events that could not be applied, and the later events of the same aggregate that wait behind them, in order.
CREATE TABLE parked (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer          text        NOT NULL,
    topic             text        NOT NULL,
    partition         integer     NOT NULL,
    "offset"          bigint      NOT NULL,
    aggregate_id      text,
    aggregate_version bigint,
    headers           jsonb       NOT NULL,
    body              bytea,
    -- bad: it failed; waiting: it queues behind a bad one; hole: an earlier version has not been seen;
    -- unreadable: it has no usable envelope and so belongs to no aggregate.
    state             text        NOT NULL CHECK (state IN ('bad', 'waiting', 'hole', 'unreadable')),
    reason            text        NOT NULL,
    attempts          integer     NOT NULL DEFAULT 0,
    parked_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (consumer, topic, partition, "offset"),
    CHECK (state = 'unreadable' OR (aggregate_id IS NOT NULL AND aggregate_version IS NOT NULL))
);
CREATE UNIQUE INDEX parked_key ON parked (consumer, topic, aggregate_id, aggregate_version) WHERE state <> 'unreadable';

-- What an operator decided about a parked event, for ever: who, what, why. A skip is done when a second person agrees.
CREATE TABLE parked_decision (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer          text        NOT NULL,
    topic             text        NOT NULL,
    aggregate_id      text        NOT NULL,
    aggregate_version bigint      NOT NULL,
    decision          text        NOT NULL CHECK (decision IN ('replay', 'skip')),
    reason            text        NOT NULL,
    decided_by        text        NOT NULL,
    decided_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_by      text,
    done_at           timestamptz,
    CHECK (decision <> 'skip' OR done_at IS NULL OR confirmed_by <> decided_by)
);
CREATE UNIQUE INDEX parked_decision_open ON parked_decision (consumer, topic, aggregate_id) WHERE done_at IS NULL;
