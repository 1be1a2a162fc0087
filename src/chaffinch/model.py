"""The nouns: what Chaffinch talks about, as frozen values.

A datetime is aware and in UTC; a time zone is kept by name. Nothing here does anything: what happens
to these values is told by the rooms above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

# ---------------------------------------------------------------------------------------------- sources


class SourceKind(StrEnum):
    """What stands at a source's location, and so which reader lists its articles."""

    PAGE = "page"
    INDEX = "index"
    FEED = "feed"
    SITEMAP = "sitemap"
    FOLDER = "folder"


class Publish(StrEnum):
    """How much of a source's articles is republished; the owner's choice, source by source."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINK = "link"


class Images(StrEnum):
    """What becomes of images: linked from where they stand, or left out."""

    LINK = "link"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rules:
    """The owner's corrections for one source, as CSS selectors; they come first and win."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    links: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from. `slug` names it for ever; `location` is a URL or an absolute folder."""

    slug: str
    kind: SourceKind | None
    """None: found out on the first visit and remembered in the state."""
    location: str
    title: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    """None: adaptive."""
    backfill: int = 20
    paused: bool = False
    publish: Publish = Publish.FULL
    images: Images = Images.LINK
    robots: bool = True
    """Whether robots.txt is obeyed."""
    rules: Rules = Rules()
    include: tuple[str, ...] = ()
    """Words of which at least one must stand in title, byline or tags."""
    exclude: tuple[str, ...] = ()
    freshness: str = "normal"
    settle: timedelta | None = None
    """How long a new article's text must have been stable before it is published; None: it is published at once."""
    access: Access | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What a source behind a login wants sent along; only ever to the source's own host."""

    headers: Mapping[str, str] = field(default_factory=dict)
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said to recognise a document by (RFC 9110 §8.8); opaque, kept per final URL."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Moving:
    """A permanent redirect that was seen (RFC 9110 §15.4.2, §15.4.9)."""

    url: str
    since: datetime
    times: int = 1


class Condition(StrEnum):
    """What is wrong with a source for longer than a visit."""

    WELL = ""
    BLOCKED = "blocked"
    """A challenge for browsers stands in front of it."""
    BROKEN = "broken"
    """Nothing stands at its location, for two weeks."""
    GONE = "gone"
    """It said that it will not come back: it is visited no more."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between visits; everything a reader may want back."""

    kind: SourceKind | None = None
    """What was found at the location, where the config does not say."""
    location: str = ""
    """Where the articles are really listed (a page's own feed), where that is not the location."""
    validators: Mapping[str, Validators] = field(default_factory=dict)
    """By URL. An unconditional fetch is made by leaving them out."""
    title: str = ""
    """What the source calls itself."""
    hub: str | None = None
    ttl: timedelta | None = None
    """The least time between two visits that the source asks for (ttl, max-age)."""
    moving: Moving | None = None
    """Where permanent redirects point, until that is believed."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day (UTC) in which a feed asks not to be visited."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week (UTC, Monday is 0) on which it asks the same."""
    whole_at: datetime | None = None
    """When a whole document last came, not only word that it is the same."""
    read_by: str = ""
    """The version of the program that understood it; another one may understand more."""
    navigation: frozenset[str] = frozenset()
    """Links of an index page that stood there on earlier visits without leading to an article."""
    published_at: tuple[datetime, ...] = ()
    """When its last articles were published, newest first, at most 50: its rhythm."""


# ---------------------------------------------------------------------------------------------- listing


class Certainty(StrEnum):
    """How sure a date of publication is, best first."""

    SURE = "sure"
    """Said by the article's own markup (JSON-LD, meta, `<time>`) or by front matter."""
    LIKELY = "likely"
    """Read off the page's text or URL."""
    SOURCE = "source"
    """Said by the source that lists it: a feed entry, a sitemap, a file's time."""
    SEEN = "seen"
    """Nobody says; it is when we first saw it."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an article (RFC 4287 §4.2.7.2, rel="enclosure")."""

    url: str
    media_type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where one article is, and what the source that lists it says of it."""

    url: str
    """Absolute; `file:` for a document in a folder. It is where the page is fetched from."""
    guid: str | None = None
    """The source's own name for it (RFC 4287 §4.2.6), where it has one."""
    revision: str = ""
    """Opaque; another one than last time means that the article may have changed and is wanted again."""
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    certainty: Certainty = Certainty.SOURCE
    """Of `published`, when there is one."""
    summary: str = ""
    """HTML, as the source gave it: untrusted."""
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    page: Page | None = None
    """The whole article, where the listing already holds it: nothing needs fetching."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a reader found at a source: the articles' references, newest first, and the state to keep."""

    references: tuple[Reference, ...]
    state: SourceState
    unchanged: bool = False
    """The source answered "not modified": no references, and nothing is wrong."""
    problems: tuple[str, ...] = ()
    """What could not be read while the rest could (one file, one part of a sitemap): a line each."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched, as it came: bytes, undecoded."""

    url: str
    """Where it came from in the end, after redirects."""
    body: bytes
    media_type: str = ""
    """Lower case, without parameters; empty when unknown."""
    charset: str | None = None
    """What the transport said; the body's own word is read later."""
    fetched: datetime | None = None
    status: int = 200
    validators: Validators = Validators()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names."""
    told: Metadata | None = None
    """What came along beside the body: a dump's front matter or sidecar. It wins over what the page says."""
    moved: str | None = None
    """Where it permanently moved to, when every redirect on the way was permanent (301, 308)."""


# -------------------------------------------------------------------------------------------- extraction


class Verdict(StrEnum):
    """What a stage says of a block; OPEN until one does."""

    OPEN = "open"
    CONTENT = "content"
    BOILERPLATE = "boilerplate"


class Kind(StrEnum):
    """What a page as a whole is. Only an ARTICLE is published."""

    ARTICLE = "article"
    INDEX = "index"
    SHELL = "shell"
    """It needs JavaScript to show its text."""
    ERROR = "error"
    PAYWALL = "paywall"
    OTHER = "other"
    """It is something else: a product, a shop's shelf, a form to be filled in."""
    EMPTY = "empty"


class Block(NamedTuple):
    """A run of text between two block tags, or a paragraph of a plain text.

    A tuple, for a page has hundreds of them, which as frozen dataclasses take five times as long to make.
    """

    path: str
    """Where it stands: `html/body/main/p[3]`; in plain text `line 12`, or `ul[11]/li[12]/line 12`, by lines."""
    tag: str
    """The block element's name, lower case; `p`, `pre`, `th` or `td` in plain text."""
    html: str
    """Its inline markup, absolute links; untrusted until `clean`."""
    text: str
    words: int
    linked_words: int = 0
    marks: frozenset[str] = frozenset()
    """What it stands in or is: `nav`, `aside`, `comment`, `list`, `quote`, `heading`, `caption`, …"""
    verdict: Verdict = Verdict.OPEN
    reason: str = ""
    score: float | None = None
    """How sure the classifier was that it is content, 0 to 1."""
    span: tuple[int, int] = (1, 1)
    """How many columns and rows the table cell takes that it stands in."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article."""

    title: str = ""
    byline: str = ""
    publisher: str = ""
    published: datetime | None = None
    certainty: Certainty = Certainty.SEEN
    offset: int = 0
    """Minutes by which the clock that the page tells `published` by is ahead of UTC."""
    updated: datetime | None = None
    language: str | None = None
    image: str | None = None
    canonical: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A page understood: its blocks in reading order, each with its verdict, and what kind of page it is."""

    url: str
    metadata: Metadata
    blocks: tuple[Block, ...]
    kind: Kind
    why: str = ""
    """One line: why it is of that kind."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page's blocks as fingerprints, for learning what a site repeats; small enough to keep."""

    url: str
    fingerprints: tuple[int, ...]
    """One 64-bit hash a block, of its normalised text, in reading order."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a site repeats: how many of its pages hold each block, and of how many pages it speaks."""

    pages: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A clean article without identity: what was extracted from one page."""

    url: str
    """The article's public address: canonical where the page names one; empty when it has none."""
    aliases: tuple[str, ...]
    """Every name it may be known by, strongest first: `guid:…`, `url:…`, `hash:…` (see `identity`)."""
    kind: Kind
    why: str = ""
    title: str = ""
    byline: str = ""
    publisher: str = ""
    published: datetime | None = None
    certainty: Certainty = Certainty.SEEN
    offset: int = 0
    """Minutes by which the clock that the page tells `published` by is ahead of UTC."""
    updated: datetime | None = None
    language: str | None = None
    lead: str = ""
    """Opening words as plain text, at most 300 characters."""
    html: str = ""
    """Only the allowed tags, written anew; links absolute."""
    text: str = ""
    """The same as plain text: blocks a line, without the title."""
    image: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


# --------------------------------------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True)
class Article:
    """A clean article with an identity. `id` and `published` never change."""

    id: str
    """A `tag:` URI (RFC 4151), minted at first sight and kept for ever."""
    key: str
    """The part of the id that stands in `/articles/KEY`: lower-case letters and digits."""
    url: str
    """The original's address; empty when it has none (then its own page is its link)."""
    sources: tuple[str, ...]
    """Slugs, first seen first."""
    title: str
    published: datetime
    updated: datetime
    first_seen: datetime
    aliases: tuple[str, ...] = ()
    byline: str = ""
    publisher: str = ""
    certainty: Certainty = Certainty.SEEN
    lead: str = ""
    html: str = ""
    text: str = ""
    language: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    backfilled: bool = False
    """Found on its source's first visit: it goes to feeds, not into letters."""
    hidden: bool = False
    """Withdrawn by the owner, everywhere."""
    withdrawn: datetime | None = None
    """When it was; feeds show a notice in its place for a while. None again when the notice is over."""
    source_title: str = ""
    """What its first source is called: who publishes it, where the article does not say."""
    story: str = ""
    """What the articles of one story share: the key of one of them; empty while there is only one."""
    also: tuple[Copy, ...] = ()
    """Where else the same story stands, first seen first, without what was withdrawn."""
    publish: Publish = Publish.FULL
    images: Images = Images.LINK


@dataclass(frozen=True, slots=True)
class Copy:
    """The same story in another source."""

    key: str
    url: str
    title: str
    publisher: str
    """Who published it: the publisher it names, else its source's title."""
    sources: tuple[str, ...] = ()


class Change(StrEnum):
    """What a draft means for what we hold."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    """A re-extraction that lost most of the article: what we have is kept."""
    NOT_AN_ARTICLE = "not an article"
    HELD = "held"
    """New, and not settled yet: it is looked at again."""


@dataclass(frozen=True, slots=True)
class Held:
    """A new article that waits until its text was stable."""

    words: int
    """The fingerprint of title and text on the last look."""
    until: datetime
    """When it may come out, if they are still the same then."""
    times: int
    """How often it was seen with other words than before, the first time included."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What `identity.settle` decided: the article as it shall stand, or why there is none."""

    change: Change
    article: Article | None
    reason: str = ""
    sketch: tuple[int, ...] = ()
    """What alike texts find it by (see `identity.likeness`), where its text is new; as the store keeps it."""
    held: Held | None = None
    """With HELD: until when, and with which words."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """What one visit to a source came to."""

    source: str
    listed: int = 0
    fetched: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    passed_over: int = 0
    """Pages that are no article."""
    failed: int = 0
    left: int = 0
    """Still wanted: cut off by `stop`, or more than one visit takes."""
    problems: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- feeds


class Format(StrEnum):
    """The documents a feed is published as; the value is the file's suffix."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Feed:
    """A stream of articles that readers subscribe to. Empty `sources` and `tags` mean all."""

    slug: str
    title: str
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    match: str = ""
    language: str | None = None
    limit: int = 50
    formerly: tuple[str, ...] = ()
    retired: bool = False
    merge: bool = True
    """Whether a story that stands in several sources is one entry; else each copy is one."""
    hub: str = ""
    """The address of a WebSub hub that is told of changes; empty for none."""
    private: bool = False
    """Whether only those may read it who were given a token."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """What is published: a feed in one format, or its landing page."""

    feed: str
    name: str
    """The path below the feeds folder: `news.atom`, `news/index.html`."""
    media_type: str
    body: bytes = field(repr=False)
    etag: str = ""
    """Strong, from the content (RFC 9110 §8.8.3), with its quotes."""
    modified: datetime | None = None


# ---------------------------------------------------------------------------------------------- letters


class Status(StrEnum):
    """Where a subscription stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class IssueState(StrEnum):
    """Where an issue stands."""

    HELD = "held"
    """Closed, waiting for the owner."""
    OPEN = "open"
    """Released: letters go out at each subscription's hour."""
    SKIPPED = "skipped"


class DeliveryState(StrEnum):
    """Where one recipient's letter stands (see `mailing.delivery`)."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    IN_FLIGHT = "in_flight"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Group(StrEnum):
    """How a letter's articles are grouped."""

    SOURCE = "source"
    TAG = "tag"


class Content(StrEnum):
    """How much of each article a letter carries."""

    FULL = "full"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Digest:
    """The standing letter: which feeds, how often, for whom."""

    slug: str
    title: str
    feeds: tuple[str, ...]
    """Slugs; empty means all."""
    cadences: tuple[str, ...]
    """As configured: `daily 07:00`, `weekly mon 07:00`, `every 6h`."""
    timezone: str = "UTC"
    max_articles: int = 20
    min_articles: int = 1
    recipients: tuple[str, ...] = ()
    approve: bool = False
    hold: timedelta | None = None
    """How long the owner has to look at a closed issue before it goes out."""
    group_by: Group | None = None
    content: Content = Content.LEAD
    intro: str = ""
    subject: str = ""
    sign_up: bool = True
    goodbye: bool = False
    """Whether who unsubscribes on our page gets a last letter."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Issue:
    """One number of a digest: the same for all, closed once, numbered, frozen, archived."""

    id: int
    digest: str
    cadence: str
    slot: datetime
    """When it was due: with digest and cadence, its key."""
    number: int
    state: IssueState
    closed_at: datetime
    articles: tuple[Article, ...] = ()
    """As they stood when it closed, in the letter's order."""
    note: str = ""
    released_at: datetime | None = None
    release_at: datetime | None = None
    """While it is held: when it is released without the owner's word; None means never."""
    """When it was opened for sending."""


@dataclass(frozen=True, slots=True)
class Headline:
    """An issue as it is listed."""

    number: int
    closed_at: datetime
    articles: int
    """How many it has."""
    title: str
    """Its first article's; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address's wish to have one digest, and what it chose."""

    id: str
    """Random, public in tokens, says nothing of the address."""
    address: str = field(repr=False)
    digest: str = ""
    cadence: str = ""
    status: Status = Status.PENDING
    hour: int | None = None
    """Minutes since midnight in `timezone`; None: when the issue closes."""
    timezone: str | None = None
    topics: tuple[str, ...] = ()
    """Feed slugs; empty means all of the digest's."""
    vouched: bool = False
    """The owner answers for it (a recipient of the config): confirmed from the start, no welcome."""
    created: datetime | None = None
    confirmed: datetime | None = None
    ended: datetime | None = None
    paused_until: datetime | None = None
    """Issues that are released before are not sent; the first letter after it brings what they held."""
    evidence: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue as one group of subscribers reads it: their topics, and nothing that they have had."""

    issue: Issue
    articles: tuple[Article, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter to one recipient: one row, so that nobody gets it twice."""

    id: int
    issue: int
    subscription: str
    state: DeliveryState
    due: datetime
    attempts: int = 0
    message_id: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """How a mail provider that said "later" is spared."""

    refused: int = 0
    """How often in a row it said so since it last rested."""
    rests: int = 0
    """How often in a row it rested."""
    until: datetime | None = None


class MoveState(StrEnum):
    """What became of the wish to have letters at another address."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    """The new address wants none of it, or what it stood on was taken back."""
    TAKEN_BACK = "taken back"
    """The old address objected."""


@dataclass(frozen=True, slots=True)
class Move:
    """A wish to have a subscription's letters at another address."""

    id: str
    subscription: str
    old: str
    address: str
    """The new one."""
    asked: datetime
    state: MoveState = MoveState.ASKED
    settled: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Errand:
    """A short letter about a subscription that is to be sent."""

    number: int
    """0 until it is written down."""
    kind: str
    """Which: a `mailing.notes.Note`."""
    subscription: str
    address: str
    move: str
    """The wish to move that it is about; empty for none."""
    wanted: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that gets no more mail, kept as a keyed hash."""

    address_hash: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now, as `status` shows it."""

    subject: str
    """What it is about: `source wire`, `feed news`, `digest daily`, `mail`, `disk`."""
    text: str
    since: datetime
    last: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source, feed or digest is, in one line, as the web's status page shows it."""

    subject: str
    """`source wire`, `feed news`, `digest daily`."""
    text: str
    well: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is counted or measured, for whatever watches the press from outside."""

    name: str
    """After the customs of Prometheus: lower case, with its unit, without a prefix, a count without `_total`."""
    what: str
    """In words, for people."""
    grows: bool
    """Whether it only ever grows, until the process ends."""
    values: Mapping[tuple[str, ...], float]
    """By the values of its labels."""
    labels: tuple[str, ...] = ()
    """Their names. Few values each: never an address of any kind."""
