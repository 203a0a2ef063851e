-- Regional offices and the centres under them, as registered; filled from the code lists when the service starts.
CREATE TABLE regional_office (
    code    text PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
    name    text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE centre (
    code                 text        PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
    name                 text        NOT NULL,
    regional_office_code text        NOT NULL REFERENCES regional_office,
    demonstration        boolean     NOT NULL,
    opened_at            timestamptz NOT NULL DEFAULT now()
);
