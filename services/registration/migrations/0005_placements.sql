-- depends: 0003_jobseekers
-- Placements as heard from matching, for counting a vacancy's hires and for undoing one that is reversed.
CREATE TABLE placement (
    placement_id  text        PRIMARY KEY,
    vacancy_id    text        NOT NULL,
    jobseeker_id  text        NOT NULL,
    hired_on      date        NOT NULL,
    -- The jobseeker's registration period when the placement was heard; null where the jobseeker is not known.
    period_number smallint,
    reversed_at   timestamptz
);

-- What still stands: of a vacancy, to count; of a jobseeker, to see whether they are still employed.
CREATE INDEX placement_vacancy ON placement (vacancy_id) WHERE reversed_at IS NULL;
CREATE INDEX placement_jobseeker ON placement (jobseeker_id, period_number) WHERE reversed_at IS NULL;
