"""Imports: vacancies from files of others, row by row, with every refusal explained."""
