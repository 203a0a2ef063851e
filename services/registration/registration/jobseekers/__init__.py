"""Jobseekers: registration periods, wishes, consent, and the entry rules that admit or refuse them."""
