"""Placements as heard: they fill vacancies and end registrations, and their reversal undoes both."""
