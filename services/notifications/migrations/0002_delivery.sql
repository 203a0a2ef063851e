-- depends: 0001_messages
-- One row is one letter on one channel: a single message, or a digest of several.
CREATE TABLE delivery (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient_id text NOT NULL REFERENCES recipient,
    channel text NOT NULL,
    centre_code text NOT NULL,
    -- From the first message's event and the recipient: the Message-ID, and the provider's idempotency key.
    reference uuid NOT NULL UNIQUE,
    -- pending: to be sent. sending: handed to the provider, the answer is not recorded yet. accepted, refused: the
    -- provider's word. unknown: it may have been sent, so it is never sent again. undeliverable: given up unsent.
    -- unwanted: the recipient switched it off before it was sent.
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'accepted', 'refused', 'unknown', 'undeliverable', 'unwanted')),
    reason text,
    attempts integer NOT NULL DEFAULT 0,
    queries integer NOT NULL DEFAULT 0,
    -- A folding letter takes further messages of its recipient until a worker first claims it.
    folds boolean NOT NULL,
    claimed_at timestamptz,
    opened_at timestamptz NOT NULL DEFAULT now(),
    -- When a worker must look at it: the send time while pending, the end of the lease while claimed, the next
    -- question to the provider while unknown; null when nothing more will happen. Always database time.
    due_at timestamptz,
    lease uuid,
    settled_at timestamptz
);

-- Workers take what is due in this order; settled letters are not in it, so it stays small.
CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
-- At most one open digest per recipient and channel, whatever overlaps.
CREATE UNIQUE INDEX delivery_open_digest ON delivery (recipient_id, channel) WHERE folds AND claimed_at IS NULL;
-- What a centre's staff must look at.
CREATE INDEX delivery_troubled ON delivery (centre_code, delivery_id)
    WHERE state IN ('refused', 'unknown', 'undeliverable');

CREATE TABLE delivery_message (
    recipient_id text NOT NULL,
    seq bigint NOT NULL,
    delivery_id bigint NOT NULL REFERENCES delivery,
    -- This order finds a person's deliveries newest first, and refuses one message twice in one letter.
    PRIMARY KEY (recipient_id, seq, delivery_id),
    FOREIGN KEY (recipient_id, seq) REFERENCES message
);
CREATE INDEX delivery_message_letter ON delivery_message (delivery_id);
