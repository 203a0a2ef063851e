-- depends: ieum-0002_idempotency

-- What is kept of an item. `applied` and `disorder` are for the oracle: how many events took effect, and how many of
-- them did not follow on the one before.
CREATE TABLE item (
    item_id    text    PRIMARY KEY,
    version    bigint  NOT NULL,
    title      text    NOT NULL,
    occupation text    NOT NULL,
    region     text    NOT NULL,
    openings   integer NOT NULL,
    wage       integer NOT NULL,
    applied    integer NOT NULL,
    disorder   integer NOT NULL
) WITH (fillfactor = 80);

-- Only for the peers: which events have been heard, by id.
CREATE TABLE inbox (event_id uuid PRIMARY KEY);
