-- depends: 0001_centres
-- People, apart from what they do. Columns that end in _sealed are AES-256-GCM under DATA_KEY, bound to the row;
-- columns that end in _key are HMAC-SHA256 of the normalised text, for finding an equal one and for nothing else.
CREATE TABLE person (
    person_id         uuid        PRIMARY KEY,
    name_sealed       bytea       NOT NULL,
    name_key          bytea       NOT NULL,
    name_masked       text        NOT NULL,
    email_sealed      bytea,
    email_key         bytea,
    phone_sealed      bytea,
    phone_key         bytea,
    birth_year_sealed bytea,
    birth_year_key    bytea,
    language          text        NOT NULL CHECK (language IN ('ko', 'en')),
    -- Set for somebody who acts for an employer.
    employer_id       uuid,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((email_sealed IS NULL) = (email_key IS NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_key IS NULL)),
    CHECK ((birth_year_sealed IS NULL) = (birth_year_key IS NULL))
);

-- Duplicate detection and staff's search by name start from the name.
CREATE INDEX person_name ON person (name_key);
CREATE INDEX person_employer ON person (employer_id) WHERE employer_id IS NOT NULL;

-- The HR calendar: who serves where, from which day on, until the day before ends_on. Codes are checked against the
-- code lists that the release carries, so they are no foreign keys: the centres' rows are written when it starts.
CREATE TABLE staff_appointment (
    person_id            uuid NOT NULL REFERENCES person,
    role                 text NOT NULL CHECK (role IN ('counsellor', 'director', 'regional', 'ministry', 'operator')),
    centre_code          text,
    regional_office_code text,
    starts_on            date NOT NULL,
    ends_on              date,
    PRIMARY KEY (person_id, starts_on),
    CHECK (ends_on > starts_on),
    CHECK ((centre_code IS NOT NULL) = (role IN ('counsellor', 'director'))),
    CHECK ((regional_office_code IS NOT NULL) = (role = 'regional')),
    -- One post at a time.
    EXCLUDE USING gist (
        int8range(hashtextextended(person_id::text, 0), hashtextextended(person_id::text, 0), '[]') WITH &&,
        daterange(starts_on, ends_on) WITH &&
    )
);
