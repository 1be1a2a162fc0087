"""What a source's server says beside the page."""

from chaffinch.model import Page, SourceState, Validators
from chaffinch.sources.visit import visit

URL = "https://quay.example/feed"


class Telling:
    """A fetcher whose answers have one `Link` header."""

    def __init__(self, link: str) -> None:
        self._link = link

    def get(self, url: str, validators: Validators | None = None) -> Page:
        return Page(url, b"", headers={"link": self._link})


def test_a_hub_is_found_among_other_links() -> None:
    told = '<https://quay.example/>; rel="self", <https://hub.example/>; rel="hub"'

    assert visit(URL, SourceState(), Telling(told)).state.hub == "https://hub.example/"


def test_a_header_without_end_holds_nobody_up() -> None:
    assert visit(URL, SourceState(), Telling("<" * 100_000)).state.hub is None
