"""Which services are ready, said honestly, and what is to be done about parked aggregates."""
