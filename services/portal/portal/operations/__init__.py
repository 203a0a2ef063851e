"""Which services are ready, said honestly."""
