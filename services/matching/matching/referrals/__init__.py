"""Referrals: a counsellor puts a jobseeker forward to a vacancy, and the employer answers."""
