-- depends: 0002_people
-- Every look at a person's record: who, when, from where, whose, what for. Each row carries a MAC over itself and the
-- row before under a key that the database does not hold, so that a change, a gap or a new order shows.
CREATE TABLE record_look (
    look_no     bigint      PRIMARY KEY CHECK (look_no > 0),
    looked_at   timestamptz NOT NULL,
    viewer_id   text        NOT NULL,
    viewer_role text        NOT NULL,
    came_from   text        NOT NULL,
    -- Whose record; null for a masked list, whose centre is in seen.
    person_id   text,
    -- record, contact, or list:<centre>
    seen        text        NOT NULL,
    purpose     text        NOT NULL,
    mac         bytea       NOT NULL
);
CREATE INDEX record_look_person ON record_look (person_id, look_no DESC);

-- The ends of the chain, with a MAC of their own, so that cutting off the newest looks shows as well. The row's lock
-- puts the looks in one order.
CREATE TABLE record_look_chain (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The newest look that was erased because its time had passed, and its MAC; 0 and empty at first.
    erased_no    bigint  NOT NULL,
    erased_mac   bytea   NOT NULL,
    last_no      bigint  NOT NULL,
    last_mac     bytea   NOT NULL,
    mac          bytea   NOT NULL,
    CHECK (erased_no <= last_no)
);

CREATE FUNCTION refuse_to_change_a_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a look is never changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER record_look_never_changes BEFORE UPDATE ON record_look
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_look();
