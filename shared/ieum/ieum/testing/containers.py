"""PostgreSQL and Kafka in containers, through testcontainers: the tests' path wherever a Docker engine answers."""

import asyncio
from typing import Any

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

_ADVERTISED = "/tmp/advertised.sh"  # noqa: S108 -- inside the container


class KafkaInContainer(DockerContainer):
    """One broker of the apache/kafka image, which testcontainers' own Kafka class cannot run.

    The port that Docker chose is known only after the start, and Kafka must advertise it: the container waits for a
    file that names it and then does what the image does anyway.
    """

    def __init__(self, image: str = "apache/kafka:4.3.1", **more: Any) -> None:
        super().__init__(image, **more)
        self.with_exposed_ports(9092)
        self.with_envs(
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_LISTENERS="PLAINTEXT://:9092,INSIDE://:19092,CONTROLLER://:9093",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_INTER_BROKER_LISTENER_NAME="INSIDE",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            KAFKA_HEAP_OPTS="-Xmx512m",
        )
        wait = f"until [ -s {_ADVERTISED} ]; do sleep 0.05; done; . {_ADVERTISED}; exec /etc/kafka/docker/run"
        self.with_command(["sh", "-c", wait])

    @property
    def bootstrap(self) -> str:
        """The broker's address for the tests."""
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(9092)}"

    def start(self) -> "KafkaInContainer":
        """Start and wait until the broker says that it has started."""
        super().start()
        listeners = f"PLAINTEXT://{self.bootstrap},INSIDE://localhost:19092"
        self.copy_into_container(f"export KAFKA_ADVERTISED_LISTENERS={listeners}\n".encode(), _ADVERTISED)
        ready = LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(90).with_poll_interval(0.2)
        ready.wait_until_ready(self)
        return self


class Containers:
    """The runtime of a test run where a Docker engine answers."""

    def __init__(self) -> None:
        self._postgres: PostgresContainer | None = None
        self._kafka: KafkaInContainer | None = None

    async def postgres(self) -> str:
        """Start PostgreSQL unless it runs, and return a superuser's address."""
        if self._postgres is None:
            container = PostgresContainer("postgres:18", username="postgres", password="postgres", dbname="postgres")  # noqa: S106
            container.with_command("postgres -c fsync=off -c max_connections=200")
            self._postgres = await asyncio.to_thread(container.start)
        address: str = self._postgres.get_connection_url(driver=None)
        return address

    async def kafka(self) -> str:
        """Start Kafka unless it runs, and return its address."""
        if self._kafka is None:
            self._kafka = await asyncio.to_thread(KafkaInContainer().start)
        return self._kafka.bootstrap

    async def stop(self) -> None:
        """Remove the containers."""
        for container in (self._kafka, self._postgres):
            if container is not None:
                await asyncio.to_thread(container.stop)
