-- depends: 0002_referrals_and_placements

-- Vacancies are made again from the topics, and emptied for that; a placement is a fact of its own and stays meanwhile.
-- squawk-ignore ban-drop-constraint
ALTER TABLE placement DROP CONSTRAINT placement_vacancy_id_fkey;
