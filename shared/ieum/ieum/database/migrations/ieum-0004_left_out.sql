-- depends: ieum-0003_rebuild

-- Which versions a skip left out for good, set when the second person agrees: of a bad event its own, of a hole those
-- that never came, which end before the event that the decision names. A range whose end comes first is empty.
-- Skips done before this release do not say which of the two they were and stay null.
ALTER TABLE parked_decision
    ADD COLUMN left_out_from bigint,
    ADD COLUMN left_out_to   bigint,
    -- Not valid: what is there already has neither, so there is nothing to read it for.
    ADD CONSTRAINT left_out_is_a_range CHECK ((left_out_from IS NULL) = (left_out_to IS NULL)) NOT VALID,
    ADD CONSTRAINT left_out_by_a_done_skip
        CHECK (left_out_from IS NULL OR (decision = 'skip' AND done_at IS NOT NULL)) NOT VALID;
