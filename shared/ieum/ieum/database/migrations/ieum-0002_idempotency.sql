-- depends: ieum-0001_messaging

-- The answer that each Idempotency-Key got, kept 48 hours. The row is inserted before the effect, in its transaction:
-- a second request with the same key waits for the first to commit, and then finds the answer.
CREATE TABLE idempotency (
    -- Keys are the client's; without the person one client could read another's answer.
    person_id  text        NOT NULL,
    key        text        NOT NULL,
    route      text        NOT NULL,
    body_hash  bytea       NOT NULL,
    status     smallint,
    headers    text,
    body       bytea,
    created_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    PRIMARY KEY (person_id, key)
);

-- For the sweep alone, which deletes by age.
CREATE INDEX idempotency_created_at ON idempotency (created_at);
