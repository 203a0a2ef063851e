"""The market: vacancies and jobseekers as they were last heard of, in matching's own tables."""
