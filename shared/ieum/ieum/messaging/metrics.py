"""What messaging counts. The label `consumer` is the group literal, so dashboards need no mapping."""

from prometheus_client import Counter, Gauge, Histogram

BATCH = Histogram(
    "messaging_batch_events",
    "Records handled in one transaction",
    ["consumer"],
    buckets=(1, 3, 10, 30, 100, 300, 1000, 3000),
)
BATCH_SECONDS = Histogram(
    "messaging_batch_seconds", "Time of one batch, retries included", ["consumer"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)  # fmt: skip
APPLIED = Counter("messaging_events_applied_total", "Events whose effect was committed", ["consumer"])
REPEATED = Counter("messaging_events_repeated_total", "Events delivered again and left out", ["consumer"])
PARKED = Counter("messaging_events_parked_total", "Events put aside", ["consumer", "state"])
RETRIED = Counter("messaging_batches_retried_total", "Batches tried again", ["consumer", "kind"])
FORGOTTEN = Counter(
    "messaging_forgotten_total", "Times the database was found at an earlier state than it was left in", ["consumer"]
)
REBUILDING = Gauge("messaging_rebuilding_records", "Records that a rebuild has still to hear again", ["consumer"])
LAG = Gauge("messaging_lag_records", "Records in the topic that this process has not applied", ["consumer"])
PARKED_KEYS = Gauge("messaging_parked_keys", "Aggregates that wait for an operator", ["consumer"])

OUTBOX_SENT = Counter("messaging_outbox_sent_total", "Outbox rows acknowledged by Kafka and deleted")
OUTBOX_FENCED = Counter("messaging_outbox_fenced_total", "Batches that another relay had taken over")
OUTBOX_AGE = Gauge("messaging_outbox_oldest_seconds", "Age of the oldest outbox row, by the database's clock")
