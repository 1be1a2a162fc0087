"""How soon articles are seen, and for how many visits: our visiting against others, at the same number of requests.

    python benchmarks/polling.py [FEED ...] [--sources 80] [--days 28] [--seed 1]

Publication traces of five invented kinds are replayed, so many sources of each: steady news, office hours, weekly
columns, bursts, silence. Each FEED, a file, adds one source with the dates that it holds. A visit sees what was
published since the last one, and a listing shows the last 50 dates, as feeds do. The delay of an article is from its
publication to the visit that saw it; an article that nobody saw in the end is left out.

The two policies that ours is held against get as many requests as ours made: a fixed interval for all, and one that
follows the number of entries of the last week (a day divided by the mean number a day, as Miniflux's `entry_frequency`
does, between 5 minutes and 24 hours), scaled until the total fits.
"""

from __future__ import annotations

import argparse
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import fmean

from chaffinch.fetch.polling import next_visit
from chaffinch.model import Page, Source, SourceKind, SourceState
from chaffinch.sources import jsonfeed, xmlfeed

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
DAY = 86_400.0
SHOWN = 50
PAST = 60 * DAY
"""Seconds of publishing before the first visit, which a listing already shows."""

Trace = Sequence[float]
"""When a source publishes, in seconds from BEGIN, in order."""
Policy = Callable[[Trace, float, Random], float]
"""Seconds until the next visit, by what the listing shows now."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one policy made of one group of sources."""

    visits: float
    """A source and day."""
    delays: Sequence[float]
    """In minutes, sorted."""

    def line(self) -> str:
        if not self.delays:
            return f"{self.visits:7.1f} visits/source/day; nothing was published"
        late = self.delays[min(int(len(self.delays) * 0.95), len(self.delays) - 1)]
        return f"{self.visits:7.1f} visits/source/day {fmean(self.delays):8.1f} min mean {late:8.1f} min at 95 %"


def steady(random: Random, end: float) -> Trace:
    """News around the clock, 3 to 100 a day, twice as much by day."""
    return thinned(
        random, end, math.exp(random.uniform(math.log(3), math.log(100))), lambda at: 1 if 6 < hour(at) < 22 else 0.4
    )


def office(random: Random, end: float) -> Trace:
    """A desk that works from eight to six on weekdays, in a zone of its own, 2 to 30 a day."""
    zone = random.uniform(-8, 9)
    works = lambda at: float(8 <= (hour(at) + zone) % 24 < 18 and (at + zone * 3600) % (7 * DAY) < 5 * DAY)  # noqa: E731 - a shape
    return thinned(random, end, random.uniform(2, 30) * 24 / 10, works)


def weekly(random: Random, end: float) -> Trace:
    """A column, once a week at about the same hour."""
    first = -PAST + random.uniform(0, 7 * DAY)
    return [at for week in range(200) if (at := first + week * 7 * DAY + random.gauss(0, 1800)) < end]


def bursts(random: Random, end: float) -> Trace:
    """Nothing for days, then 5 to 15 within two hours."""
    at, found = -PAST, []
    while (at := at + random.expovariate(1 / (3 * DAY))) < end:
        found += [at + random.uniform(0, 7200) for _ in range(random.randint(5, 15))]
    return sorted(each for each in found if each < end)


def silent(random: Random, end: float) -> Trace:
    """It published once, and has slept since."""
    return [-PAST - 100 * DAY]


KINDS: Mapping[str, Callable[[Random, float], Trace]] = {
    "steady": steady,
    "office": office,
    "weekly": weekly,
    "bursts": bursts,
    "silent": silent,
}


def ours(freshness: str) -> Policy:
    """What `chaffinch.fetch.polling` says."""
    source = Source("a", SourceKind.FEED, "https://a.example/feed", freshness=freshness)

    def policy(shown: Trace, at: float, random: Random) -> float:
        now = BEGIN + timedelta(seconds=at)
        state = SourceState(published_at=tuple(BEGIN + timedelta(seconds=each) for each in reversed(shown)))
        planned = next_visit(source, state, changed=False, failures=0, retry_after=None, now=now, jitter=random.random)
        return (planned - now).total_seconds()

    return policy


def fixed(seconds: float) -> Policy:
    """All at the same interval."""
    return lambda shown, at, random: seconds * (0.95 + 0.1 * random.random())


def by_frequency(factor: float) -> Policy:
    """A day by the entries of a day, over the last week."""

    def policy(shown: Trace, at: float, random: Random) -> float:
        week = sum(1 for each in shown if each > at - 7 * DAY)
        return min(max(factor * 7 * DAY / max(week, 1), 300.0), DAY)

    return policy


def replay(traces: Sequence[Trace], policy: Policy, days: float, random: Random) -> Score:
    """Visit every source by a policy, from a first visit within its first six hours on."""
    visits, delays = 0, []
    for trace in traces:
        at, seen = random.uniform(0, 6 * 3600.0), 0
        seen = bisect_right(trace, at)
        while at < days * DAY:
            until = bisect_right(trace, at)
            delays += [(at - each) / 60 for each in trace[seen:until]]
            seen, visits = until, visits + 1
            at += policy(trace[max(until - SHOWN, 0) : until], at, random)
    return Score(visits / len(traces) / days, sorted(delays))


def fitted(make: Callable[[float], Policy], traces: Sequence[Trace], budget: float, days: float, seed: int) -> Policy:
    """The policy of a family that makes as many visits as `budget`, found by halving."""
    low, high = 1e-3, 1e6
    for _ in range(24):
        middle = math.sqrt(low * high)
        if replay(traces, make(middle), days, Random(seed)).visits > budget:
            low = middle
        else:
            high = middle
    return make(high)


def thinned(random: Random, end: float, per_day: float, shape: Callable[[float], float]) -> Trace:
    """A Poisson process of so many a day at most, thinned to a shape between 0 and 1."""
    at, found = -PAST, []
    while (at := at + random.expovariate(per_day / DAY)) < end:
        if random.random() < shape(at):
            found.append(at)
    return found


def hour(at: float) -> float:
    return (at % DAY) / 3600


def dated(file: Path, days: float) -> Trace:
    """The dates of a feed, moved so that its newest is published when the replay ends."""
    page = Page(file.as_uri(), file.read_bytes())
    feed = jsonfeed.parse(page) if jsonfeed.is_json(page.body) else xmlfeed.parse(page)
    found = sorted(entry.published.timestamp() for entry in feed.entries if entry.published)
    return [at - found[-1] + days * DAY - 3600 for at in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("feeds", nargs="*", type=Path, metavar="FEED")
    parser.add_argument("--sources", type=int, default=80, help="of each kind")
    parser.add_argument("--days", type=float, default=28.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random = Random(args.seed)
    groups = {kind: [make(random, args.days * DAY) for _ in range(args.sources)] for kind, make in KINDS.items()}
    real = [trace for file in args.feeds if len(trace := dated(file, args.days)) > 1]
    if real:
        groups["real"] = real
    everything = [trace for group in groups.values() for trace in group]
    for freshness in ("fast", "normal", "slow"):
        budget = replay(everything, ours(freshness), args.days, Random(args.seed)).visits
        policies = {
            f"ours, {freshness}": ours(freshness),
            "fixed": fitted(fixed, everything, budget, args.days, args.seed),
            "by frequency": fitted(by_frequency, everything, budget, args.days, args.seed),
        }
        for kind, group in {"all": everything, **(groups if freshness == "normal" else {})}.items():
            for name, policy in policies.items():
                print(f"{kind:8}{name:14}{replay(group, policy, args.days, Random(args.seed)).line()}", flush=True)


if __name__ == "__main__":
    main()
