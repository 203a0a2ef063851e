"""People: who a person is, how they are reached, and what of it is sealed; the HR calendar of staff."""
