"""The rules of the house that code can check, as pure functions of a syntax tree: each returns what breaks it."""

import ast
import re

from ieum.testing import consumer_cases

_SQL = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|LOCK|COPY)\b.*\b(FROM|INTO|SET|VALUES|TABLE|AS)\b", re.DOTALL
)
_DOMAIN_WORDS = re.compile(r"vacanc|jobseeker|employer|referral|placement|counsellor|구인|구직|알선", re.IGNORECASE)
SPLIT_AT_LINES = 320
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


def parts_named(tree: ast.AST, service: str) -> set[str]:
    """The parts of a service (capability folders, and modules beside them) that a module imports from."""
    full = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == service
        for alias in node.names
    }
    return {name.split(".")[1] for name in imports(tree) | full if name.startswith(f"{service}.")}


def circles(arrows: dict[str, set[str]]) -> set[str]:
    """Those of the parts that lead back to themselves; `arrows` are the parts that each part imports from."""
    return {part for part in arrows if part in _reached_from(part, arrows)}


def _reached_from(part: str, arrows: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(arrows[part])
    while ahead:
        one = ahead.pop()
        reached.add(one)
        ahead |= arrows.get(one, set()) - reached
    return reached


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
    banned = ("asyncio", "asyncpg", "httpx", "fastapi", "starlette", "aiokafka", "faststream", "random", "secrets",
              "time", "os", "ieum.database", "ieum.http", "ieum.service")  # fmt: skip
    named = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    rooms = {name for name in imports(tree) | named if name.rsplit(".", 1)[-1] in {"store", "api", "handlers"}}
    return rooms | {name for name in imports(tree) if any(name == bad or name.startswith(f"{bad}.") for bad in banned)}


def chance_and_files(tree: ast.AST) -> list[int]:
    """Lines that draw an id or open a file: a pure rule is given both."""
    called = {"uuid1", "uuid4", "uuid7", "open", "read_text", "read_bytes", "write_text", "write_bytes"}
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in called]


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


_PRODUCERS = {"AIOKafkaProducer", "KafkaBroker", "KafkaRouter", "confluent_kafka", "safe_producer", "kafka"}


def direct_publishing(tree: ast.AST) -> list[int]:
    """Lines that talk to Kafka past the outbox, or reach for what could. A consumer may be had: it only listens."""
    reached = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and _PRODUCERS & {*(one.name for one in node.names), _top(node.module)})
        or (isinstance(node, ast.Import) and _PRODUCERS & {_top(one.name) for one in node.names})
        or (isinstance(node, ast.Attribute) and node.attr in _PRODUCERS)
    ]
    return reached + [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"publish", "publish_batch", "send_and_wait", "send_batch"}
    ]


def _top(module: str | None) -> str:
    return (module or "").split(".")[0]


def domain_words(text: str) -> list[str]:
    """Words of the employment domain in a text of the kit."""
    return sorted({found.group().lower() for found in _DOMAIN_WORDS.finditer(text)})


def is_slack_name(stem: str) -> bool:
    """Whether a module's name says nothing of what lives in it."""
    return stem in _SLACK_NAMES


def foreign_schemas(sql: str, own: str, services: list[str]) -> set[str]:
    """Other services' schemas named in SQL text."""
    return {name for name in services if name != own and re.search(rf"\b{name}\.\w", sql)}


def tables_named(sql: str, tables: set[str]) -> set[str]:
    """Which of some tables a statement reads or writes."""
    words = re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|ONLY)\s+(\w+)", sql)
    return set(words) & tables


_SERIES = {"Counter": ("",), "Gauge": ("",), "Histogram": ("_bucket", "_count", "_sum")}
_NO_METRICS = {"up", "sum", "min", "max", "by", "rate", "increase", "absent", "time", "histogram_quantile", "or", "le",
               "on", "and", "unless"}  # fmt: skip


def metrics_defined(tree: ast.AST) -> set[str]:
    """The series that a module's metrics are shown as."""
    return {
        node.args[0].value + suffix
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SERIES and node.args
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        for suffix in _SERIES[node.func.id]
    }


def metrics_named(expression: str) -> set[str]:
    """The series that a Prometheus expression asks for."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(?:by|on) \([^)]*\)", " ", expression)
    return set(re.findall(r"[a-z][a-z0-9_]*", bare)) - _NO_METRICS


def sleeping_tests(tree: ast.AST) -> list[int]:
    """Lines that wait for a fixed time, however the function came by its name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "sleep"
        if not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]


def sleeping_fixtures(tree: ast.AST) -> list[int]:
    """The same inside fixtures: what stands beside tests may be a program that has to take its time."""
    return [
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
        for line in sleeping_tests(node)
    ]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def takes_standard_cases(tree: ast.AST) -> bool:
    """Whether a test module takes all standard cases of consumers, and puts none of its own in the place of one."""
    taken = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "ieum.testing.consumer_cases"
        and [alias.name for alias in node.names] == ["*"]
        for node in ast.walk(tree)
    )
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return taken and not own & set(consumer_cases.__all__)


def wrong_dependencies(dependencies: list[str], services: list[str]) -> list[str]:
    """Dependencies that a service may not have: other services, test helpers, the local runtime."""
    barred = {"ieum-local", *(f"ieum-{name}" for name in services)}
    return [one for one in dependencies if re.split(r"[\s<>=!~\[;]", one)[0] in barred or "ieum[testing" in one]


def uses_local_runtime(tree: ast.AST) -> bool:
    """Whether a module imports what only starts servers on a developer's machine."""
    return any(name.split(".")[0] == "ieum_local" for name in imports(tree))


def wrong_topics(topics: dict[str, dict[str, object]], services: list[str]) -> set[str]:
    """Topics without a known owner in their name, or that forget what was said."""
    return {
        name
        for name, entry in topics.items()
        if entry["owner"] not in services
        or not name.startswith(f"{entry['owner']}.")
        or entry["retention_ms"] != -1
        or entry["cleanup_policy"] != "delete"
    }


def left_out(services: list[str], named: list[str]) -> set[str]:
    """Services that a list does not name."""
    return set(services) - set(named)


def is_too_long(text: str) -> bool:
    """Whether a file ought to be split."""
    return len(text.splitlines()) > SPLIT_AT_LINES


def top_level(files: list[str]) -> set[str]:
    """The files and folders at the top of a checkout, hidden ones left out."""
    return {file.split("/")[0] for file in files if file and not file.startswith(".")}
