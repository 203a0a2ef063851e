"""Vacancies: an employer posts, changes, pauses, resumes, closes; staff look for one."""
