"""One database for all services, and in it one role and one schema for each; no role can look into another's schema."""

from collections.abc import Mapping

import asyncpg

from ieum_local.postgres import LocalPostgres


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


async def prepare(server: LocalPostgres, database: str, passwords: Mapping[str, str]) -> None:
    """Make database, roles and schemas that are missing, and set the roles' passwords. Safe to repeat."""
    admin = await server.connect()
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f"CREATE DATABASE {_quoted(database)}")
        await admin.execute(f"REVOKE ALL ON DATABASE {_quoted(database)} FROM PUBLIC")
        for role, password in passwords.items():
            await _prepare_role(admin, database, role, password)
    finally:
        await admin.close()
    owner = await server.connect(database)
    try:
        await owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in passwords:
            await owner.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(role)} AUTHORIZATION {_quoted(role)}")
    finally:
        await owner.close()


async def _prepare_role(admin: "asyncpg.Connection[asyncpg.Record]", database: str, role: str, password: str) -> None:
    verb = "ALTER" if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role) else "CREATE"
    await admin.execute(f"{verb} ROLE {_quoted(role)} LOGIN PASSWORD {_literal(password)}")
    await admin.execute(f"ALTER ROLE {_quoted(role)} SET search_path = {_quoted(role)}")
    await admin.execute(f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {_quoted(role)}")
