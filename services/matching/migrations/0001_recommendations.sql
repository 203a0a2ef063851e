-- Vacancies and jobseekers as matching heard of them, and the exact best ten of each jobseeker.
-- Ids and codes are compared byte by byte (COLLATE "C"), as the pure rule compares them: ties must break the same way.

CREATE TABLE vacancy (
    vacancy_id text COLLATE "C" PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('open', 'paused', 'filled', 'closed', 'expired')),
    employer_id text COLLATE "C" NOT NULL,
    employer_name text NOT NULL,
    centre_code text COLLATE "C" NOT NULL,
    title text NOT NULL,
    occupation_code text COLLATE "C" NOT NULL,
    occupation_name text NOT NULL,
    region_code text COLLATE "C" NOT NULL,
    region_name text NOT NULL,
    openings integer NOT NULL,
    pay_type text NOT NULL,
    pay_min bigint,
    pay_max bigint,
    hourly_pay bigint,
    employment_type text NOT NULL,
    weekly_hours integer,
    career text NOT NULL,
    education text COLLATE "C" NOT NULL,
    closes_on date
);

-- A jobseeker's search asks for the open vacancies of its occupations and regions.
CREATE INDEX vacancy_open ON vacancy (occupation_code, region_code) WHERE status = 'open';

-- bar_score and bar_vacancy_id: every vacancy that suits and stands there or before is kept in match; -1 and '' when
-- all that suit are. They change often and no index holds them, so that free space in the page keeps such an update
-- out of the indexes.
CREATE TABLE jobseeker (
    jobseeker_id text COLLATE "C" PRIMARY KEY,
    centre_code text COLLATE "C" NOT NULL,
    started_on date NOT NULL,
    wished_occupations text[] COLLATE "C" NOT NULL,
    wished_regions text[] COLLATE "C" NOT NULL,
    wage_floor bigint,
    employment_types text[] NOT NULL,
    weekly_hours_min integer,
    weekly_hours_max integer,
    career_years integer NOT NULL,
    education text COLLATE "C" NOT NULL,
    visible boolean NOT NULL,
    matching_consent boolean NOT NULL,
    stopped_on date,
    stop_reason text,
    bar_score smallint NOT NULL DEFAULT -1,
    bar_vacancy_id text COLLATE "C" NOT NULL DEFAULT '',
    CHECK ((stopped_on IS NULL) = (stop_reason IS NULL))
) WITH (fillfactor = 80);

-- One row for each wished occupation in each wished region of whoever is matched: a vacancy's search asks for these.
CREATE TABLE wish (
    occupation_code text COLLATE "C" NOT NULL,
    region_code text COLLATE "C" NOT NULL,
    jobseeker_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (occupation_code, region_code, jobseeker_id)
);
CREATE INDEX wish_of_jobseeker ON wish (jobseeker_id);

-- The best ten of a jobseeker, and up to ten spares behind them that step in when one of the ten leaves.
-- told_score is the score of the last MatchProposed (a smaller change since is kept and not told); a spare has none.
CREATE TABLE match (
    jobseeker_id text COLLATE "C" NOT NULL,
    vacancy_id text COLLATE "C" NOT NULL,
    centre_code text COLLATE "C" NOT NULL,
    score smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
    told_score smallint CHECK (told_score BETWEEN 0 AND 100),
    proposed_at timestamptz,
    PRIMARY KEY (jobseeker_id, vacancy_id),
    CHECK ((told_score IS NULL) = (proposed_at IS NULL))
);
-- A vacancy that changes or leaves asks for whom it is kept.
CREATE INDEX match_of_vacancy ON match (vacancy_id);
-- A centre's newest matches, paged.
CREATE INDEX match_of_centre ON match (centre_code, proposed_at DESC, jobseeker_id, vacancy_id)
    WHERE told_score IS NOT NULL;

-- Holds no rows: its lock says who may change matches beside whom (see pass_gate in recommendations/store.py).
CREATE TABLE match_gate ();

-- The version of the rule that kept scores were made by; another one makes them anew when the service starts.
CREATE TABLE rule_in_force (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version integer NOT NULL
);
INSERT INTO rule_in_force (version) VALUES (1);
