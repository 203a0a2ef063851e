"""One trace from a click to the screens it changes: W3C trace context over HTTP and through Kafka headers.

Every process makes trace ids, so that logs can be joined. Spans are recorded and sent only where an endpoint is
configured (`OTEL_EXPORTER_OTLP_ENDPOINT`, with the extra `ieum[otlp]`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_W3C = TraceContextTextMapPropagator()
_TRACER = "ieum"


class ExporterMissing(Exception):
    """A trace endpoint is configured, but the exporter is not installed: install ieum[otlp] or unset the endpoint."""


class _WithoutQuery(SpanProcessor):
    """Replaces the query string in a span: people search by name, and spans leave the house."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if span.attributes and "url.query" in span.attributes:
            span.set_attribute("url.query", "REDACTED")

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing: all is done at the start."""


def configure_tracing(
    service: str, version: str, *, endpoint: str | None = None, exporter: SpanExporter | None = None
) -> TracerProvider:
    """Set the process's tracer, once. With `endpoint` (OTLP over HTTP) or an `exporter` spans are sent; else only ids.

    Raises ExporterMissing when an endpoint is asked for and the exporter is not installed.
    """
    if exporter is None and endpoint:
        exporter = _otlp(endpoint)
    provider = TracerProvider(
        # Without an exporter nothing is recorded; the parent's decision still travels on.
        sampler=ParentBased(ALWAYS_ON if exporter else ALWAYS_OFF),
        resource=Resource.create({SERVICE_NAME: service, SERVICE_VERSION: version}),
    )
    provider.add_span_processor(_WithoutQuery())
    if exporter:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def _otlp(endpoint: str) -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise ExporterMissing(ExporterMissing.__doc__) from None
    return OTLPSpanExporter(endpoint=f"{endpoint.removesuffix('/')}/v1/traces")


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the span at work, to be carried along; None outside a trace."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continue_trace(traceparent: str | None, name: str) -> Iterator[None]:
    """Work that was started elsewhere: the spans and logs inside belong to the trace that `traceparent` names.

    A malformed or missing `traceparent` starts a new trace.
    """
    with trace.get_tracer(_TRACER).start_as_current_span(
        name, context=_extract(traceparent), kind=SpanKind.CONSUMER, record_exception=False
    ):
        yield


def _extract(traceparent: str | None) -> Context:
    return _W3C.extract({"traceparent": traceparent} if traceparent else {}, context=Context())
