-- depends: 0012_imports
-- The first day on which somebody no longer acts for employer_id; null until further notice.
ALTER TABLE person ADD COLUMN employer_ends_on date;

-- Posts that were taken out of the calendar on their first day or before it, and who did that: nobody held them for a
-- whole day, but on the first day somebody may have seen what they let them see.
CREATE TABLE cancelled_appointment (
    person_id            uuid        NOT NULL REFERENCES person,
    role                 text        NOT NULL,
    centre_code          text,
    regional_office_code text,
    starts_on            date        NOT NULL,
    ends_on              date,
    cancelled_at         timestamptz NOT NULL DEFAULT now(),
    cancelled_by         text        NOT NULL,
    PRIMARY KEY (person_id, starts_on, cancelled_at)
);
