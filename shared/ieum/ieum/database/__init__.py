"""PostgreSQL: a pool with every timeout set, one kind of transaction, and migrations."""

from ieum.database.migrate import MigrationsPending, apply_migrations, pending_migrations
from ieum.database.pool import Database, Transaction, TransactionEnded

__all__ = ["Database", "MigrationsPending", "Transaction", "TransactionEnded", "apply_migrations", "pending_migrations"]
