CREATE TABLE pad (pad_id integer PRIMARY KEY);
