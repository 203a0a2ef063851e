"""Recommendations: which open vacancies suit a jobseeker best, kept exact while both sides change."""
