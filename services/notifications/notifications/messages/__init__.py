"""What people are told: one message per event and recipient, numbered without gaps."""
