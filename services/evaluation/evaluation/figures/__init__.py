"""Figures: what the events of the other services add up to, per centre, day and measure, with the ledger behind it."""
