-- The ledger, what is added up from it, and what must be remembered to go on counting.

-- Every amount ever counted and the event that brought it. Corrections are further rows.
CREATE TABLE ledger (
    ledger_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    measure      text        NOT NULL CHECK (measure IN ('openings', 'jobseekers', 'placements')),
    centre_code  text        NOT NULL,
    day          date        NOT NULL,
    amount       bigint      NOT NULL CHECK (amount <> 0),
    event_id     uuid        NOT NULL,
    topic        text        NOT NULL,
    aggregate_id text        NOT NULL,
    version      bigint      NOT NULL,
    type         text        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    -- One event writes at most one row at a centre: a second copy of it cannot be booked, whatever delivered it.
    -- Openings and centre are both corrected on the day of registration, so the day adds nothing to the key.
    UNIQUE (topic, aggregate_id, version, centre_code)
);

-- Drill-down goes newest day first, a page at a time: one index for one centre, one for the nation and its offices.
CREATE INDEX ledger_of_centre ON ledger (centre_code, measure, day, ledger_id);
CREATE INDEX ledger_of_nation ON ledger (measure, day, ledger_id);

CREATE FUNCTION refuse_to_rewrite_the_ledger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only: correct it with a further row'; END $$;

CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_the_ledger();

-- The ledger added up, moved forward in the transaction that writes the ledger. Every scope is a list of centres,
-- so the primary key serves them all.
CREATE TABLE daily_figure (
    centre_code text   NOT NULL,
    day         date   NOT NULL,
    measure     text   NOT NULL CHECK (measure IN ('openings', 'jobseekers', 'placements')),
    amount      bigint NOT NULL,
    PRIMARY KEY (centre_code, day, measure)
) WITH (fillfactor = 80);

-- What each aggregate counts for now, so that a later event can correct it.
CREATE TABLE standing (
    measure      text   NOT NULL CHECK (measure IN ('openings', 'jobseekers', 'placements')),
    aggregate_id text   NOT NULL,
    centre_code  text   NOT NULL,
    day          date   NOT NULL,
    amount       bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (measure, aggregate_id)
) WITH (fillfactor = 80);

CREATE TABLE centre (
    centre_code          text    PRIMARY KEY,
    name                 text    NOT NULL,
    regional_office_code text    NOT NULL,
    regional_office_name text    NOT NULL,
    demonstration        boolean NOT NULL
);

-- How often a centre's figures (or the centre itself) changed. Counted under the row's lock and compared row by row,
-- so that a replica that polls cannot pass over a change that commits late, as it would with a sequence.
CREATE TABLE centre_change (
    centre_code text   PRIMARY KEY,
    changes     bigint NOT NULL
) WITH (fillfactor = 50);
