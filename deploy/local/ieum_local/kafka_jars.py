"""Apache Kafka's jars, exactly those of the committed kafka.lock, checked by SHA-256 and kept in the user's cache.

`python -m ieum_local.kafka_jars VERSION` resolves another Kafka version into kafka.lock.
"""

import asyncio
import concurrent.futures
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ieum_local.children import Program
from ieum_local.commands import complete
from ieum_local.failure import LocalFailure
from ieum_local.places import cache

LOCK = Path(__file__).with_name("kafka.lock")
BROKER = "org.apache.kafka:kafka_2.13"
LOGGING_CORE = "org.apache.logging.log4j:log4j-core"
LOGGING_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
_ATTEMPTS = 3

_SECONDS = 1800
_REMEDY = (
    "They come from a Maven repository. Check the network (HTTPS_PROXY, REQUESTS_CA_BUNDLE), or name a mirror in "
    "~/.m2/settings.xml, and start again: what is already downloaded is kept."
)


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


def sha256(file: Path) -> str:
    """Of a whole file, in hexadecimal digits."""
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


def is_intact(file: Path, jar: Jar) -> bool:
    """Whether the jar is there, and is the one that was locked."""
    return file.exists() and sha256(file) == jar.sha256


def _missing(folder: Path) -> list[Jar]:
    return [jar for jar in locked() if not is_intact(folder / jar.file_name, jar)]


async def fetch(progress: Callable[[str], None] | None = None, *, log: Path) -> list[Path]:
    """The class path on disk, downloaded where missing or damaged; `progress` gets a line for people now and then.

    Downloads in a process of its own, which can be stopped at any moment: what is complete by then is kept.
    LocalFailure if a jar cannot be had as it is locked.
    """
    folder = cache(f"kafka-{version()}")
    if await asyncio.to_thread(_missing, folder):
        command = [sys.executable, "-m", "ieum_local.kafka_jars", "fetch"]
        await complete(
            Program("kafka-jars", command, log=log, grace=1),
            seconds=_SECONDS,
            failure="Kafka's jars are not complete",
            remedy=_REMEDY,
            progress=progress,
        )
    return [folder / jar.file_name for jar in locked()]


def download() -> None:
    """Download what is missing, six at a time, with a line on standard output every half second."""
    folder = cache(f"kafka-{version()}")
    for left_over in folder.glob(".download-*"):  # of a killed download
        if time.time() - left_over.stat().st_mtime > _SECONDS:
            shutil.rmtree(left_over, ignore_errors=True)
    missing = _missing(folder)
    counting = threading.Lock()
    done, left = 0, len(missing)

    @contextlib.contextmanager
    def counted(_file: str, _size: int) -> Iterator[Callable[[int], None]]:
        def more(size: int) -> None:
            nonlocal done
            with counting:
                done += size

        yield more

    with concurrent.futures.ThreadPoolExecutor(max_workers=6) as pool:
        running = {pool.submit(fetch_jar, jar, folder, counted) for jar in missing}
        while running:
            ended, running = concurrent.futures.wait(running, timeout=0.5, return_when="FIRST_EXCEPTION")
            left -= len(ended)
            print(f"{done / 1e6:.1f} MB of jars downloaded, {left} jars to go", flush=True)
            try:
                for future in ended:
                    future.result()
            except LocalFailure:
                pool.shutdown(cancel_futures=True)
                raise


def fetch_jar(
    jar: Jar, folder: Path, counted: Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
) -> None:
    """Download one jar beside its place, check it, and only then put it there. LocalFailure if it cannot be had."""
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
            if file and is_intact(Path(file), jar):
                os.replace(file, folder / jar.file_name)
                return
            reason = "its SHA-256 is not the one in the lock"
    raise LocalFailure(f"{jar.file_name} could not be downloaded: {reason}")


def resolve(coordinate: str, folder: Path) -> list[tuple[str, Path]]:
    """All jars one coordinate needs at run time. Never two in one go: they override each other's versions."""
    from jgo.maven import MavenContext, PythonResolver

    context = MavenContext(resolver=PythonResolver(), repo_cache=folder, remote_repos=_repositories(), timeout=30)
    direct, transitive = context.resolver.resolve([context.create_dependency(coordinate)])
    wanted = [d for d in (*direct, *transitive) if d.scope in (None, "compile", "runtime") and not d.optional]
    return [(f"{d.groupId}:{d.artifactId}:{d.version}", Path(d.artifact.resolve())) for d in wanted]


def lock(kafka_version: str) -> None:
    """Resolve a Kafka version anew and write kafka.lock."""
    with tempfile.TemporaryDirectory() as folder:
        jars = resolve(f"{BROKER}:{kafka_version}", Path(folder))
        core = next(name.rsplit(":", 1)[1] for name, _ in jars if name.startswith(f"{LOGGING_CORE}:"))
        jars += [
            jar for jar in resolve(f"{LOGGING_BINDING}:{core}", Path(folder)) if jar[0].startswith(LOGGING_BINDING)
        ]
        lines = ["# Kafka's class path: coordinate and SHA-256. Written by python -m ieum_local.kafka_jars VERSION."]
        lines += [f"{name} {sha256(file)}" for name, file in jars]
    LOCK.write_text("\n".join(lines) + "\n")
    print(f"kafka.lock: {len(jars)} jars")


def main() -> None:
    """`fetch`, or the version to lock."""
    if sys.argv[1:] != ["fetch"]:
        return lock(sys.argv[1])
    try:
        download()
    except LocalFailure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
