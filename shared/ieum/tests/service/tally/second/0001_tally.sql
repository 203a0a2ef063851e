-- What was voted, row by row as it was booked: no key, so that what is booked twice shows.
CREATE TABLE vote (nth bigint GENERATED ALWAYS AS IDENTITY, voter text, version bigint, choice integer);
CREATE TABLE voter (voter text PRIMARY KEY, votes integer NOT NULL DEFAULT 0);
