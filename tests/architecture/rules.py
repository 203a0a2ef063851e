"""The rules of the house that code can check, as pure functions of a syntax tree: each returns what breaks it."""

import ast
import re

_SQL = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|COPY)\b.*\b(FROM|INTO|SET|VALUES|TABLE|AS)\b", re.DOTALL
)
_DOMAIN_WORDS = re.compile(r"vacanc|jobseeker|employer|referral|placement|counsellor|구인|구직|알선", re.IGNORECASE)
_SLACK_NAMES = {"utils", "util", "common", "manager", "managers", "base", "helpers", "misc"}


def imports(tree: ast.AST) -> set[str]:
    """Top-level names of everything imported."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def foreign_services(tree: ast.AST, own: str, services: list[str]) -> set[str]:
    """Other services that a module imports."""
    return {name.split(".")[0] for name in imports(tree)} & (set(services) - {own})


def sql_statements(tree: ast.AST) -> list[str]:
    """String literals that are SQL statements; docstrings do not count."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value.strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if _SQL.search(node.value)
    ]


def says_pure(name: str, tree: ast.Module) -> bool:
    """Whether a module is one of pure rules: by its name, or by the last word of its docstring's first line."""
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    return name == "rules" or first.lower().endswith(" pure.")


def impure_imports(tree: ast.AST) -> set[str]:
    """What a pure module may not reach for: I/O, frameworks, clocks, chance, and the rooms that use them."""
    banned = ("asyncio", "asyncpg", "httpx", "fastapi", "starlette", "aiokafka", "faststream", "random", "time", "os",
              "ieum.database", "ieum.http", "ieum.service")  # fmt: skip
    named = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    rooms = {name for name in imports(tree) | named if name.rsplit(".", 1)[-1] in {"store", "api", "handlers"}}
    return rooms | {name for name in imports(tree) if any(name == bad or name.startswith(f"{bad}.") for bad in banned)}


def clock_reads(tree: ast.AST) -> list[int]:
    """Lines that ask the wall clock."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    ]


def direct_publishing(tree: ast.AST) -> list[int]:
    """Lines that talk to Kafka past the outbox."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"publish", "publish_batch", "send_and_wait", "send_batch"}
    ]


def domain_words(text: str) -> list[str]:
    """Words of the employment domain in a text of the kit."""
    return sorted({found.group().lower() for found in _DOMAIN_WORDS.finditer(text)})


def is_slack_name(stem: str) -> bool:
    """Whether a module's name says nothing of what lives in it."""
    return stem in _SLACK_NAMES


def foreign_schemas(sql: str, own: str, services: list[str]) -> set[str]:
    """Other services' schemas named in SQL text."""
    return {name for name in services if name != own and re.search(rf"\b{name}\.\w", sql)}


def sleeping_tests(tree: ast.AST) -> list[int]:
    """Lines of a test that wait for a fixed time."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sleep"
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]
