"""Metrics of this process for Prometheus, collected on request. They hold no names and no ids of people or rooms."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from rooms.core.background import BackgroundTasks
from rooms.core.counters import Distribution
from rooms.core.engine import Engine
from signaling.calls import Calls

log = logging.getLogger("plenary.metrics")

disable_created_metrics()  # nobody needs the time at which each counter began

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LAG_SECONDS = 0.25
LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
CLOSES = {1000, 1001, 1002, 1005, 1006, 1007, 1009, 1011, 4400, 4401, 4403, 4408, 4409, 4426}
CLOSES |= {4500, 4501, 4508, 4509, 4529}


class Metrics:
    """`registry` holds all metrics; server/watch.py writes the ones that are attributes here."""

    def __init__(self, engine: Engine, calls: Calls, jobs: BackgroundTasks | None = None) -> None:
        self.registry = registry = CollectorRegistry()
        self.connections = Gauge("plenary_connections", "Live connections that are open.", registry=registry)
        self.closes = Counter(
            "plenary_closes", "Live connections that have ended, by close code.", ["code"], registry=registry
        )
        self.requests = Counter("plenary_requests", "HTTP requests answered, by status.", ["status"], registry=registry)
        self.seconds = Histogram(
            "plenary_request_seconds", "From a request to the end of its answer.", registry=registry
        )
        self.lag = Histogram(
            "plenary_loop_lag_seconds",
            "How late the event loop woke a task, sampled four times a second.",
            buckets=LAGS,
            registry=registry,
        )
        ProcessCollector(registry=registry)
        registry.register(EngineCollector(engine))
        registry.register(CallCollector(calls))
        registry.register(JobCollector(jobs or BackgroundTasks(log)))

    def closed(self, code: int) -> None:
        self.closes.labels(str(code) if code in CLOSES else "other").inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)

    async def sample_lag(self) -> None:
        """Runs until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            self.lag.observe(max(0.0, loop.time() - due))


class JobCollector(Collector):
    def __init__(self, jobs: BackgroundTasks) -> None:
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        failures = CounterMetricFamily("plenary_job_failures", "Runs of periodic jobs that failed.", labels=["job"])
        for name, count in sorted(self._jobs.failures.items()):
            failures.add_metric([name], count)
        yield failures


class EngineCollector(Collector):
    """Reads the plain counters of the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        hub, bus, writer, stats = self._engine.hub, self._engine.bus, self._engine.stats, self._engine.hub.stats
        yield _now("plenary_members", "Memberships: each room that each connection has joined.", hub.members)
        yield _now("plenary_rooms_followed", "Rooms that somebody in this process follows.", hub.rooms_followed)
        yield _now(
            "plenary_commands_waiting", "Commands that wait for their transaction.", self._engine.commands_waiting
        )
        yield _now("plenary_bus_up", "Whether the bus to the other processes works: 1 or 0.", bus.is_up)
        yield _now("plenary_present", "People whom this process counts as present, in all rooms.", hub.presence.count)
        commands = CounterMetricFamily(
            "plenary_commands", "Commands, by their op and what they were answered with.", labels=["op", "code"]
        )
        for (op, code), count in sorted(writer.outcomes.items()):
            commands.add_metric([op, code], count)
        yield commands
        yield _sum("plenary_commits", "Transactions of commands that were committed.", writer.commits)
        yield _sum("plenary_commit_failures", "Transactions of commands that were not.", writer.failures)
        yield _spread("plenary_group_size", "Commands that shared a transaction.", writer.groups)
        yield _sum("plenary_statements", "Statements sent to the database.", self._engine.database.statements)
        yield _sum("plenary_joins", "Joins of rooms.", stats.joins)
        yield _sum("plenary_resumes", "Joins that resumed at the client's position.", stats.resumes)
        yield _sum(
            "plenary_snapshots", "Joins and changes of rights that were answered with a snapshot.", stats.snapshots
        )
        yield _sum("plenary_nudges_sent", "Messages handed to the bus.", stats.nudges_sent)
        yield _sum("plenary_nudges_heard", "Messages heard on the bus.", stats.nudges_heard)
        yield _sum(
            "plenary_nudges_refused", "Messages on the bus that none of our processes had sealed.", stats.nudges_refused
        )
        yield _sum(
            "plenary_nudges_unreadable", "Sealed messages on the bus that could not be read.", stats.nudges_unreadable
        )
        yield _sum("plenary_holes_filled", "Gaps that were filled from the journal.", stats.gaps)
        yield _sum("plenary_events_recovered", "Events that were read from the journal to fill them.", stats.events)
        yield _sum("plenary_values_reread", "Times that latest values were read again.", stats.values)


class CallCollector(Collector):
    """Reads the counters of calls."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def collect(self) -> Iterator[Metric]:
        stats = self._calls.stats
        yield _now("plenary_call_peers", "Peers in calls whose connection is in this process.", self._calls.peers)
        yield _now("plenary_calls", "Calls with at least one such peer.", self._calls.active)
        yield _sum("plenary_call_joins", "Joins.", stats.joins)
        yield _sum("plenary_call_resumes", "Joins that resumed a seat.", stats.resumes)
        yield _sum("plenary_call_losses", "Lost connections of peers.", stats.losses)
        setup = HistogramMetricFamily(
            "plenary_call_setup_seconds",
            "Duration of each stage of a link's set-up, reported by browsers.",
            labels=["stage"],
        )
        for stage, spread in stats.stages.items():
            seconds = [(bound if bound == "+Inf" else str(float(bound) / 1000), n) for bound, n in _cumulated(spread)]
            setup.add_metric([stage], seconds, spread.total / 1000)
        yield setup
        yield _counted("plenary_call_links", "Outcomes of links.", ["event", "path"], stats.links)
        failures = {(stage,): count for stage, count in stats.failures.items()}
        yield _counted("plenary_call_failures", "Failed links, by the first stage not reached.", ["stage"], failures)
        relay_faults = {(fault,): count for fault, count in stats.relay_faults.items()}
        yield _counted("plenary_call_relay_faults", "Relays that browsers could not use.", ["fault"], relay_faults)
        signals = {(op,): count for op, count in stats.signals.items()}
        yield _counted("plenary_call_signals", "Forwarded signals, by op.", ["op"], signals)
        yield _counted("plenary_call_refusals", "Refused messages of calls.", ["op", "code"], stats.refused)


def _counted(name: str, about: str, labels: list[str], counts: Mapping[tuple[str, ...], int]) -> Metric:
    metric = CounterMetricFamily(name, about, labels=labels)
    for values, count in sorted(counts.items()):
        metric.add_metric(list(values), count)
    return metric


def _now(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=float(value))


def _sum(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(name, about, value=float(value))


def _spread(name: str, about: str, spread: Distribution) -> Metric:
    return HistogramMetricFamily(name, about, buckets=list(_cumulated(spread)), sum_value=spread.total)


def _cumulated(spread: Distribution) -> Iterable[tuple[str, float]]:
    total = 0
    for bound, count in zip([*map(str, spread.bounds), "+Inf"], spread.counts, strict=True):
        total += count
        yield bound, total
