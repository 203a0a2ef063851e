"""Reversals: a placement is taken back, and where a referral brought it, the two may meet again."""
