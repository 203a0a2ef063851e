-- depends: 0010_employers
CREATE TABLE vacancy (
    vacancy_id         uuid        PRIMARY KEY,
    employer_id        uuid        NOT NULL REFERENCES employer,
    -- What If-Match names.
    version            bigint      NOT NULL DEFAULT 1 CHECK (version > 0),
    centre_code        text        NOT NULL,
    title              text        NOT NULL CHECK (title <> ''),
    occupation_code    text        NOT NULL,
    region_code        text        NOT NULL,
    openings           integer     NOT NULL CHECK (openings > 0),
    pay_type           text        NOT NULL CHECK (pay_type IN ('hour', 'day', 'month', 'year')),
    -- KRW per pay_type.
    pay_min            bigint      CHECK (pay_min >= 0),
    pay_max            bigint      CHECK (pay_max >= 0),
    employment_type    text        NOT NULL,
    weekly_hours       smallint    CHECK (weekly_hours > 0),
    career             text        NOT NULL,
    education          text        NOT NULL,
    -- The last day, Asia/Seoul; null until filled.
    closes_on          date,
    status             text        NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'closed', 'expired')),
    -- Why it was paused or closed.
    status_reason      text,
    source             text        NOT NULL CHECK (source IN ('portal', 'work24', 'json_ld', 'csv')),
    -- The source's own number, of which vacancy_id is made; null for the portal's.
    source_reference   text        CHECK ((source_reference IS NULL) = (source = 'portal')),
    source_url         text,
    source_modified_at timestamptz,
    -- Of what the source said last: while it says the same, what people here changed stands.
    source_digest      bytea,
    posted_on          date        NOT NULL,
    -- When it was said that it is open; null for one that was imported after its closing day, of which nobody was told.
    announced_at       timestamptz,
    registered_by      text        NOT NULL,
    registered_at      timestamptz NOT NULL DEFAULT now(),
    changed_at         timestamptz NOT NULL DEFAULT now(),
    CHECK (pay_min <= pay_max),
    CHECK (announced_at IS NOT NULL OR status IN ('expired', 'closed'))
);

-- Lists are newest first: of everything, of an employer, of a centre.
CREATE INDEX vacancy_newest ON vacancy (registered_at DESC, vacancy_id DESC);
CREATE INDEX vacancy_employer ON vacancy (employer_id, registered_at DESC, vacancy_id DESC);
CREATE INDEX vacancy_centre ON vacancy (centre_code, registered_at DESC, vacancy_id DESC);
-- What expires next.
CREATE INDEX vacancy_closing ON vacancy (closes_on) WHERE status IN ('open', 'paused') AND closes_on IS NOT NULL;
