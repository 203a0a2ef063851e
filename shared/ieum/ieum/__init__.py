"""The service kit: messaging, database, http, telemetry. No word of any domain in it."""
