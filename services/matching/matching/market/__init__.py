"""
The market: vacancies and jobseekers as they were last heard of, in matching's own tables.

They are heard by the handler of `recommendations`, since a new fact and the matches it makes or breaks are one
transaction; `hearing.py` says what becomes of a fact, and the store keeps it.
"""
