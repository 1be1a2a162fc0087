"""Everything that can go wrong, as one tree.

    ChaffinchError
    ├── ConfigError            the configuration is wrong                      exit 78
    ├── InputError             an input that was named cannot be read          exit 66
    ├── BusyError              another daemon holds the data directory         exit 75
    ├── StoreError             the database cannot do it (disk full, locked)   exit 75
    │   ├── LeaseLost          somebody else has taken over what we worked on
    │   └── StoreAway          its server cannot be reached for now: wait, or try again
    ├── PublishError           a document came out wrong; what was published before stands
    ├── TemplateError          a template does not compile or render
    ├── FetchError             a page did not come; `retry_after`, `status`
    │   ├── Refused            we do not go there (private address, scheme, robots.txt)
    │   ├── Gone               410: it will not come back
    │   ├── Blocked            a challenge page stands in front of it
    │   ├── HostBusy           nothing is wrong: its host is not to be asked yet; `retry_after`
    │   └── Stopped            nothing is wrong: we were asked to stop before its turn came
    ├── ReadError              a source came and could not be understood
    ├── ExtractError           extraction ran out of time or memory
    └── MailError              a message was not taken
        ├── MailAway           the server is away or says "later" (4xx): try again
        ├── MailRefused        this recipient is refused for good (5xx)
        ├── MailPolicy         the server refuses us, not the recipient (5.7.x): stop and tell
        └── MailUnknown        the end was sent and no answer came: it may have been taken

A message says what happened, to what, and what to do next, in one line without a full stop.
"""

from __future__ import annotations


class ChaffinchError(Exception):
    """The root: whatever we raise on purpose."""

    exit_status = 1


class ConfigError(ChaffinchError):
    """The configuration is wrong; `problems` holds one line for each mistake."""

    exit_status = 78

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class InputError(ChaffinchError):
    """An input that was named on the command line cannot be read."""

    exit_status = 66


class BusyError(ChaffinchError):
    """Another daemon holds the data directory."""

    exit_status = 75


class StoreError(ChaffinchError):
    """The database cannot do it now: the disk is full, the file is locked or damaged."""

    exit_status = 75


class LeaseLost(StoreError):
    """Another worker has taken over what this one held; whatever it writes now is refused."""


class StoreAway(StoreError):
    """The database's server cannot be reached for now: it starts, is stopped, or is full of others."""


class PublishError(ChaffinchError):
    """A document was built and is not fit to be published; what was published before stands."""


class TemplateError(ChaffinchError):
    """A template does not compile, or does not render; the message names file and line."""

    exit_status = 78


class FetchError(ChaffinchError):
    """A page did not come."""

    exit_status = 66

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        """Seconds the server asked us to wait, for its whole host."""


class Refused(FetchError):
    """We do not go there: a private address, a scheme that is not http(s), or robots.txt says no."""


class Gone(FetchError):
    """410: the server says that it will not come back (RFC 9110 §15.5.11)."""


class Blocked(FetchError):
    """A challenge page stands in front of it; hammering would make it worse."""


class HostBusy(FetchError):
    """Its host is not to be asked yet: nothing is wrong with the page, and it is no failure to count."""


class Stopped(FetchError):
    """We were asked to stop before its turn came; nothing is wrong with it, and it is no failure to count."""


class ReadError(ChaffinchError):
    """A source came and could not be understood: a feed that is HTML, a sitemap that is not XML."""

    exit_status = 66


class ExtractError(ChaffinchError):
    """Extraction ran out of time or memory; the page stays on the shelf."""

    exit_status = 66


class MailError(ChaffinchError):
    """A message was not taken."""

    exit_status = 75

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class MailAway(MailError):
    """The server is away, or says "later" (4xx): nothing was delivered, try again."""


class MailRefused(MailError):
    """This recipient is refused for good (5xx at RCPT)."""


class MailPolicy(MailError):
    """The server refuses the sender (5.7.x): stop the whole issue and tell the owner."""


class MailUnknown(MailError):
    """The whole message was sent and no answer came: it may have been taken, so it is never sent again by itself."""
