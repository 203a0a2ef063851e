"""Vacancies: jobs that are offered, from opening to filled, closed or expired."""
