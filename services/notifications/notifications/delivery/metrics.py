"""What is measured of letters on their way out."""

from prometheus_client import Counter, Gauge

DELIVERIES = Counter(
    "notifications_deliveries_total", "Letters by what became of an attempt or question", ["channel", "outcome"]
)
OLDEST_DUE = Gauge(
    "notifications_oldest_due_delivery_seconds", "How late the oldest letter is that should be out", ["channel"]
)
