-- depends: 0002_referrals_and_placements

-- The centre that made a referral, once its jobseeker is another centre's; null while that is the same.
-- centre_code follows the jobseeker: whoever looks after somebody today answers for what waits, and nobody else sees it.
ALTER TABLE referral ADD COLUMN made_by_centre text COLLATE "C";

UPDATE referral r SET made_by_centre = r.centre_code, centre_code = j.centre_code
FROM jobseeker j WHERE j.jobseeker_id = r.jobseeker_id AND j.centre_code <> r.centre_code;
