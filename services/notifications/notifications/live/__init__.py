"""The open page: a stream of a recipient's messages that survives reconnects without a gap or a double."""
