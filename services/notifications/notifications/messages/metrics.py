"""How long it takes until people are told."""

from prometheus_client import Histogram

EVENT_TO_SENT = Histogram(
    "notifications_event_to_sent_seconds",
    "From the event's time to the recipient's channel; digests count from their first message",
    ["channel"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600, 3600),
)
