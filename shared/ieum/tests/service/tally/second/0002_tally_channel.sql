-- depends: 0001_tally
-- By which way somebody voted; null where a process of the release before booked it.
ALTER TABLE vote ADD COLUMN channel text;
ALTER TABLE voter ADD COLUMN channel text;
