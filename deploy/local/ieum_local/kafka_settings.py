"""What a local broker is told: its server.properties and its logging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Broker:
    """One node: broker and controller in one process.

    `told_port`: the port that clients are told in place of `port`, that of a proxy; brokers then talk to each other on
    `inner_port`, past the proxy.
    """

    number: int
    folder: Path
    port: int
    controller_port: int
    told_port: int | None = None
    inner_port: int | None = None

    @property
    def data(self) -> Path:
        """Its log folder, in Kafka's sense: the records."""
        return self.folder / "data"

    @property
    def properties(self) -> Path:
        """Its settings file."""
        return self.folder / "server.properties"

    @property
    def logging(self) -> Path:
        """Its log4j2 settings file."""
        return self.folder / "log4j2.properties"

    @property
    def console(self) -> Path:
        """What the JVM itself says, crashes above all."""
        return self.folder / "console.log"


def server_properties(
    broker: Broker, brokers: Sequence[Broker], *, replication: int, session_timeout_ms: int, further: Mapping[str, str]
) -> str:
    """The settings of one broker of the cluster; with three copies two must be in sync, so that one may be lost."""
    in_sync = "2" if replication >= 3 else "1"
    inner = "" if broker.inner_port is None else f",INNER://127.0.0.1:{broker.inner_port}"
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(broker.number),
        "controller.quorum.voters": ",".join(f"{b.number}@127.0.0.1:{b.controller_port}" for b in brokers),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"CLIENT://127.0.0.1:{broker.port}{inner},CONTROLLER://127.0.0.1:{broker.controller_port}",
        "advertised.listeners": f"CLIENT://127.0.0.1:{broker.told_port or broker.port}{inner}",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "INNER" if inner else "CLIENT",
        "log.dirs": str(broker.data),
        "auto.create.topics.enable": "false",
        "default.replication.factor": str(replication),
        "min.insync.replicas": in_sync,
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": str(replication),
        # A checkout may rest for months; consumers must find their place again.
        "offsets.retention.minutes": str(366 * 24 * 60),
        "transaction.state.log.num.partitions": "2",
        "transaction.state.log.replication.factor": str(replication),
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": "2",
        "share.coordinator.state.topic.replication.factor": str(replication),
        "share.coordinator.state.topic.min.isr": in_sync,
        "group.initial.rebalance.delay.ms": "0",
        "broker.session.timeout.ms": str(session_timeout_ms),
        "broker.heartbeat.interval.ms": str(max(200, session_timeout_ms // 6)),
        # A broker that cannot register in this time ends: on a busy machine all three may need more than a minute.
        "initial.broker.registration.timeout.ms": "300000",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        # Defaults sized for servers: 128 MB for the cleaner alone.
        "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
        "log.index.size.max.bytes": str(2 * 1024 * 1024),
        **further,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def logging_properties(file: Path) -> str:
    """A log file that rolls at 10 MB, with three older ones."""
    return f"""\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {file}
appender.file.filePattern = {file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %-5p %c{{1}}: %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""
