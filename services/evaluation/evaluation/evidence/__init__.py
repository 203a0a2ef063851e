"""Evidence: the ledger rows behind a figure, so that every number can be followed to the events that made it."""
