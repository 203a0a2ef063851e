"""What a person was told, and how they want to be told; arriving messages are handed through live."""
