-- depends: 0002_people
-- A jobseeker is a person with registration periods: jobseeker_id is the person's id.
CREATE TABLE jobseeker (
    jobseeker_id       uuid        PRIMARY KEY REFERENCES person,
    -- What If-Match names; it moves with every change, also with one that no event tells of (a new phone number).
    version            bigint      NOT NULL DEFAULT 1 CHECK (version > 0),
    centre_code        text        NOT NULL,
    wished_occupations text[]      NOT NULL CHECK (cardinality(wished_occupations) > 0),
    wished_regions     text[]      NOT NULL CHECK (cardinality(wished_regions) > 0),
    wage_floor         integer     CHECK (wage_floor >= 0),
    employment_types   text[]      NOT NULL,
    weekly_hours_min   smallint    CHECK (weekly_hours_min > 0),
    weekly_hours_max   smallint    CHECK (weekly_hours_max > 0),
    career_years       smallint    NOT NULL CHECK (career_years >= 0),
    education          text        NOT NULL CHECK (education ~ '^0[0-7]$'),
    visible            boolean     NOT NULL,
    -- When consent to matching was given; null without consent.
    consented_at       timestamptz,
    -- The entry rules the newest state was admitted by.
    rules_version      text        NOT NULL,
    -- Who registered: the jobseeker, or staff on their behalf.
    registered_by      text        NOT NULL,
    changed_at         timestamptz NOT NULL DEFAULT now(),
    CHECK (weekly_hours_min <= weekly_hours_max)
);

-- A centre's list, newest change first.
CREATE INDEX jobseeker_centre ON jobseeker (centre_code, changed_at DESC, jobseeker_id);

CREATE TABLE registration_period (
    jobseeker_id uuid     NOT NULL REFERENCES jobseeker,
    number       smallint NOT NULL CHECK (number > 0),
    started_on   date     NOT NULL,
    stopped_on   date     CHECK (stopped_on >= started_on),
    reason       text     CHECK (reason IN ('employed', 'withdrawn', 'expired')),
    -- The placement that ended it, where one did: its reversal starts a new period.
    placement_id text,
    PRIMARY KEY (jobseeker_id, number),
    CHECK ((stopped_on IS NULL) = (reason IS NULL)),
    CHECK (placement_id IS NULL OR reason = 'employed')
);

-- One registration at a time.
CREATE UNIQUE INDEX registration_period_open ON registration_period (jobseeker_id) WHERE stopped_on IS NULL;

-- Why somebody was not admitted: the rules by name and version, never what was entered.
CREATE TABLE refusal (
    refusal_id    uuid        PRIMARY KEY,
    refused_at    timestamptz NOT NULL DEFAULT now(),
    rules_version text        NOT NULL,
    -- Null where the centre asked for is none.
    centre_code   text,
    on_behalf     boolean     NOT NULL,
    change        boolean     NOT NULL,
    reasons       jsonb       NOT NULL CHECK (jsonb_typeof(reasons) = 'array')
);
CREATE INDEX refusal_newest ON refusal (centre_code, refused_at DESC, refusal_id);
