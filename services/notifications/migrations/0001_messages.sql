-- Who is told what. A recipient is a person, or an employer as "employer:<employer_id>".
CREATE TABLE recipient (
    recipient_id text PRIMARY KEY CHECK (recipient_id <> ''),
    -- The seq of the newest message. It is drawn only while this row is locked, so a recipient's messages become
    -- visible in the order of their numbers and a reader who has seen n will never be shown a late n - 1.
    last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    -- Preferences and their version (0: never set). kinds holds only what the recipient chose: {kind: {channel: bool}}.
    version bigint NOT NULL DEFAULT 0,
    language text,
    quiet_from time,
    quiet_to time,
    kinds jsonb NOT NULL DEFAULT '{}',
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)),
    CHECK (quiet_from <> quiet_to)
) WITH (fillfactor = 70);  -- every message updates its recipient's head: room for it on the same page

CREATE TABLE message (
    recipient_id text NOT NULL REFERENCES recipient,
    seq bigint NOT NULL CHECK (seq > 0),
    event_id uuid NOT NULL,
    kind text NOT NULL,
    -- Ids and public facts; never a person's name, address or words.
    params jsonb NOT NULL,
    centre_code text NOT NULL,
    -- Whether the recipient wanted this kind on the open page when it happened: a replay shows what was live then.
    live boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    PRIMARY KEY (recipient_id, seq),
    UNIQUE (event_id, recipient_id)
);

-- The unread badge and ?unread=true touch only what is unread.
CREATE INDEX message_unread ON message (recipient_id, seq) WHERE read_at IS NULL;

-- The newest public facts heard of a vacancy, for messages whose own event does not name it (a placement).
CREATE TABLE vacancy (
    vacancy_id text PRIMARY KEY,
    title text NOT NULL,
    employer_name text NOT NULL,
    heard_at timestamptz NOT NULL
);
