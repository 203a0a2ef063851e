-- Referrals with the employers' answers, and placements with their reversals.

-- Names and titles are those of the day it was made: what the employer was asked, whatever the vacancy says later.
CREATE TABLE referral (
    referral_id text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL CHECK (version > 0),
    jobseeker_id text COLLATE "C" NOT NULL,
    vacancy_id text COLLATE "C" NOT NULL,
    employer_id text COLLATE "C" NOT NULL,
    employer_name text NOT NULL,
    title text NOT NULL,
    centre_code text COLLATE "C" NOT NULL,
    counsellor_id text COLLATE "C" NOT NULL,
    -- How sharing the CV was agreed to: by the profile's standing consent, or asked for this referral.
    consent text NOT NULL CHECK (consent IN ('standing', 'asked')),
    state text NOT NULL CHECK (state IN ('made', 'interview', 'declined', 'hired', 'withdrawn')),
    reason text,
    made_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    -- When the two may be brought together again: withdrawn, or hired and the placement reversed.
    released_at timestamptz,
    CHECK (state <> 'withdrawn' OR released_at IS NOT NULL)
);

-- Nobody is referred twice to the same vacancy.
CREATE UNIQUE INDEX referral_once ON referral (jobseeker_id, vacancy_id) WHERE released_at IS NULL;
-- The lists of jobseekers, employers and centres, newest first.
CREATE INDEX referral_of_jobseeker ON referral (jobseeker_id, made_at DESC, referral_id DESC);
CREATE INDEX referral_of_employer ON referral (employer_id, made_at DESC, referral_id DESC);
CREATE INDEX referral_of_centre ON referral (centre_code, made_at DESC, referral_id DESC);

CREATE TABLE placement (
    placement_id text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL CHECK (version > 0),
    jobseeker_id text COLLATE "C" NOT NULL,
    -- The registration period that the placement ended.
    period_started_on date NOT NULL,
    vacancy_id text COLLATE "C" NOT NULL REFERENCES vacancy,
    employer_id text COLLATE "C" NOT NULL,
    employer_name text NOT NULL,
    title text NOT NULL,
    centre_code text COLLATE "C" NOT NULL,
    source text NOT NULL CHECK (source IN ('referral', 'own_search', 'meeting_day', 'programme')),
    referral_id text COLLATE "C" REFERENCES referral,
    hired_on date NOT NULL,
    recorded_by text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    reversed_at timestamptz,
    reversed_by text COLLATE "C",
    reason text,
    CHECK ((source = 'referral') = (referral_id IS NOT NULL)),
    CHECK ((reversed_at IS NULL) = (reversed_by IS NULL)),
    CHECK ((reversed_at IS NULL) = (reason IS NULL))
);

-- One hire ends a registration period: a second one could only be a mistake, and would be counted twice.
CREATE UNIQUE INDEX placement_of_period ON placement (jobseeker_id, period_started_on) WHERE reversed_at IS NULL;
-- One answer makes one placement.
CREATE UNIQUE INDEX placement_of_referral ON placement (referral_id) WHERE reversed_at IS NULL;
-- Counting the hires of a vacancy against its openings.
CREATE INDEX placement_of_vacancy ON placement (vacancy_id) WHERE reversed_at IS NULL;
CREATE INDEX placement_of_centre ON placement (centre_code, recorded_at DESC, placement_id DESC);
CREATE INDEX placement_of_jobseeker ON placement (jobseeker_id, recorded_at DESC, placement_id DESC);
