"""Which services are ready, said honestly, and what to do about parked aggregates."""
