-- depends: 0011_vacancies
-- Files of vacancies and how far each has been taken. The file itself lies in the database, in pieces: it is there when
-- the upload is acknowledged, for every replica, and in the same backup as what came of it.
CREATE TABLE vacancy_import (
    import_id   uuid        PRIMARY KEY,
    file_name   text        NOT NULL,
    -- Known when the file is whole.
    format      text        CHECK (format IN ('work24', 'json_ld', 'csv')),
    encoding    text,
    bytes       bigint      NOT NULL DEFAULT 0,
    digest      bytea,
    state       text        NOT NULL CHECK (state IN ('receiving', 'waiting', 'running', 'stopped', 'finished', 'failed')),
    rows_total  integer,
    rows_read   integer     NOT NULL DEFAULT 0 CHECK (rows_read >= 0),
    taken       integer     NOT NULL DEFAULT 0 CHECK (taken >= 0),
    unchanged   integer     NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    rejected    integer     NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    problem     jsonb,
    uploaded_by text        NOT NULL,
    -- Who may see it: the centre of staff, or the employer whose rows alone it may bring.
    centre_code text,
    employer_id uuid,
    -- Who works on it. A worker that dies is followed by another when its time is over.
    worker_id   uuid,
    leased_till timestamptz,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    started_at  timestamptz,
    finished_at timestamptz,
    CHECK (rows_read = taken + unchanged + rejected),
    CHECK (rows_read <= rows_total),
    CHECK (state = 'receiving' OR (format IS NOT NULL AND digest IS NOT NULL AND rows_total IS NOT NULL))
);

CREATE INDEX vacancy_import_newest ON vacancy_import (uploaded_at DESC, import_id DESC);
CREATE INDEX vacancy_import_undone ON vacancy_import (uploaded_at) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX vacancy_import_digest ON vacancy_import (digest);

CREATE TABLE import_piece (
    import_id uuid    NOT NULL REFERENCES vacancy_import ON DELETE CASCADE,
    number    integer NOT NULL CHECK (number >= 0),
    content   bytea   NOT NULL,
    PRIMARY KEY (import_id, number)
);
-- A piece is read once and dropped: compressing it would cost more than it saves.
ALTER TABLE import_piece ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE import_rejection (
    import_id uuid     NOT NULL REFERENCES vacancy_import ON DELETE CASCADE,
    "row"     integer  NOT NULL CHECK ("row" > 0),
    nth       smallint NOT NULL CHECK (nth > 0),
    field     text     NOT NULL,
    rule      text     NOT NULL,
    ko        text     NOT NULL,
    excerpt   text     NOT NULL,
    PRIMARY KEY (import_id, "row", nth)
);
