-- Placements as heard from matching: what each did here, so that its reversal can undo it.
CREATE TABLE placement (
    placement_id text        PRIMARY KEY,
    vacancy_id   uuid        NOT NULL,
    jobseeker_id uuid        NOT NULL,
    hired_on     date        NOT NULL,
    reversed_at  timestamptz
);

-- Hires of a vacancy are counted when one more is heard.
CREATE INDEX placement_vacancy ON placement (vacancy_id) WHERE reversed_at IS NULL;
