-- depends: 0001_figures

-- The ledger can be made again from the topics: then, and only then, may it be emptied. The kit says so by this
-- setting, which ends with its transaction.
CREATE OR REPLACE FUNCTION refuse_to_rewrite_the_ledger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('ieum.rebuilding', true) = 'evaluation.figures' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: correct it with a further row';
END $$;
