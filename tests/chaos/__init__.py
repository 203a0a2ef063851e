"""The fault run: real brokers, PostgreSQL and services under load, faults by a seed, and what came of it all."""
