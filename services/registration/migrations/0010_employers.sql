-- Employers. Company names and business numbers are public facts, so nothing here is sealed.
CREATE TABLE employer (
    employer_id     uuid        PRIMARY KEY,
    -- What If-Match names.
    version         bigint      NOT NULL DEFAULT 1 CHECK (version > 0),
    -- Null for an imported employer whose file does not tell it.
    business_number text        UNIQUE CHECK (business_number ~ '^[0-9]{10}$'),
    name            text        NOT NULL CHECK (name <> ''),
    region_code     text        NOT NULL,
    centre_code     text        NOT NULL,
    industry        text,
    source          text        NOT NULL CHECK (source IN ('portal', 'work24', 'json_ld', 'csv')),
    registered_by   text        NOT NULL,
    registered_at   timestamptz NOT NULL DEFAULT now()
);

-- Lists are newest first.
CREATE INDEX employer_newest ON employer (registered_at DESC, employer_id DESC);
