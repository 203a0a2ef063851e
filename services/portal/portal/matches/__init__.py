"""Vacancies that suit a jobseeker, with the score in words; candidates for a vacancy; a centre's newest matches."""
