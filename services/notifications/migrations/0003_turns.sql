-- depends: 0002_delivery
-- Because of whose doings a letter is written, so that one employer's thousand letters do not stand before everybody's.
ALTER TABLE delivery ADD COLUMN employer_id text;
-- The letter's turn: each further letter of an employer has it a little later than the one before.
ALTER TABLE delivery ADD COLUMN turn_at timestamptz;
-- Never before it is due, so that what is found by its turn can be sent, and nothing is passed over in the search.
-- Nowhere is there a table of letters yet that would take long to rewrite.
-- squawk-ignore adding-field-with-default
ALTER TABLE delivery ADD COLUMN next_at timestamptz GENERATED ALWAYS AS (greatest(due_at, turn_at)) STORED;

CREATE INDEX delivery_next ON delivery (next_at) WHERE due_at IS NOT NULL;
-- The last turn that an employer has.
CREATE INDEX delivery_employer ON delivery (employer_id, turn_at) WHERE due_at IS NOT NULL;
