"""Apache Kafka's jars, exactly those of the committed kafka.lock, checked by SHA-256 and kept in the user's cache.

`python -m ieum_local.kafka_jars VERSION` resolves another Kafka version into kafka.lock.
"""

import concurrent.futures
import contextlib
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ieum_local.failure import LocalFailure
from ieum_local.places import cache

LOCK = Path(__file__).with_name("kafka.lock")
BROKER = "org.apache.kafka:kafka_2.13"
LOGGING_CORE = "org.apache.logging.log4j:log4j-core"
LOGGING_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
_ATTEMPTS = 3

Progress = Callable[[int, int], None]
"""Called with (bytes so far, jars still missing) while jars are downloaded."""


@dataclass(frozen=True)
class Jar:
    """One locked jar."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As the jar is called in a Maven repository."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked() -> list[Jar]:
    """The jars of the lock file, in class path order."""
    lines = [line for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(*line.split()) for line in lines]


def version() -> str:
    """The locked Kafka version."""
    return next(jar.coordinate.rsplit(":", 1)[1] for jar in locked() if jar.coordinate.startswith(f"{BROKER}:"))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _repositories() -> dict[str, str]:
    """Where jars come from: a mirror in Maven's settings, the user's jgo settings, else Maven Central."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL

    found: dict[str, str] = {}
    with contextlib.suppress(OSError, RuntimeError, ElementTree.ParseError):
        settings = ElementTree.parse(Path.home() / ".m2" / "settings.xml")  # noqa: S314 - the user's own file
        for mirror in settings.iter():
            fields = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in mirror}
            if mirror.tag.rpartition("}")[2] == "mirror" and fields.get("mirrorOf") in ("*", "central", "external:*"):
                found[fields.get("id", "mirror")] = fields["url"].rstrip("/")
    with contextlib.suppress(OSError, RuntimeError):
        found |= GlobalSettings.load().repositories
    return found or {"central": MAVEN_CENTRAL_URL}


def class_path(progress: Progress | None = None) -> list[Path]:
    """The jars on disk, downloaded where missing or damaged. LocalFailure if one cannot be had as it is locked."""
    folder = cache(f"kafka-{version()}")
    jars = locked()
    missing = [jar for jar in jars if not _intact(folder / jar.file_name, jar)]
    if missing:
        _download(missing, folder, progress or (lambda _done, _left: None))
    return [folder / jar.file_name for jar in jars]


def _intact(file: Path, jar: Jar) -> bool:
    return file.exists() and _sha256(file) == jar.sha256


def _download(missing: list[Jar], folder: Path, progress: Progress) -> None:
    counting = threading.Lock()
    done, left = 0, len(missing)

    @contextlib.contextmanager
    def counted(_file: str, _size: int) -> Iterator[Callable[[int], None]]:
        def more(size: int) -> None:
            nonlocal done
            with counting:
                done += size
                progress(done, left)

        yield more

    def fetch(jar: Jar) -> None:
        nonlocal left
        _fetch(jar, folder, counted)
        with counting:
            left -= 1
            progress(done, left)

    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as pool:
        running = [pool.submit(fetch, jar) for jar in missing]
        try:
            for future in concurrent.futures.as_completed(running):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _fetch(
    jar: Jar, folder: Path, counted: Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
) -> None:
    """Download one jar beside its place, check it, and only then put it there."""
    from jgo.maven import MavenContext, PythonResolver

    group, artifact, jar_version = jar.coordinate.split(":")
    reason = ""
    for _ in range(_ATTEMPTS):
        with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as fresh:
            resolver = PythonResolver(progress_callback=counted)
            context = MavenContext(resolver=resolver, repo_cache=Path(fresh), remote_repos=_repositories(), timeout=30)
            try:
                file = resolver.download(context.project(group, artifact).at_version(jar_version).artifact())
            except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
                reason = str(error)
                continue
            if file and _intact(Path(file), jar):
                os.replace(file, folder / jar.file_name)
                return
            reason = "its SHA-256 is not the one in kafka.lock"
    raise LocalFailure(
        f"{jar.file_name} could not be downloaded: {reason}",
        "Kafka's jars come from a Maven repository. Check the network (HTTPS_PROXY, REQUESTS_CA_BUNDLE), or name a "
        "mirror in ~/.m2/settings.xml, and start again: what is already downloaded is kept.",
    )


def _resolve(coordinate: str, folder: Path) -> list[tuple[str, Path]]:
    """All jars one coordinate needs at run time. Never two in one go: they override each other's versions."""
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(resolver=PythonResolver(), repo_cache=folder, remote_repos=_repositories(), timeout=30)
    direct, transitive = context.resolver.resolve([context.create_dependency(coordinate)])
    wanted = [d for d in (*direct, *transitive) if d.scope in (None, "compile", "runtime") and not d.optional]
    return [(f"{d.groupId}:{d.artifactId}:{d.version}", Path(d.artifact.resolve())) for d in wanted]


def lock(kafka_version: str) -> None:
    """Resolve a Kafka version anew and write kafka.lock."""
    with tempfile.TemporaryDirectory() as folder:
        jars = _resolve(f"{BROKER}:{kafka_version}", Path(folder))
        core = next(name.rsplit(":", 1)[1] for name, _ in jars if name.startswith(f"{LOGGING_CORE}:"))
        jars += [
            jar for jar in _resolve(f"{LOGGING_BINDING}:{core}", Path(folder)) if jar[0].startswith(LOGGING_BINDING)
        ]
        lines = ["# Kafka's class path: coordinate and SHA-256. Written by python -m ieum_local.kafka_jars VERSION."]
        lines += [f"{name} {_sha256(file)}" for name, file in jars]
    LOCK.write_text("\n".join(lines) + "\n")
    print(f"kafka.lock: {len(jars)} jars")


if __name__ == "__main__":
    lock(sys.argv[1])
