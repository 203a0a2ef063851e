"""Referrals as jobseeker, employer and counsellor see them, and what each may do."""
