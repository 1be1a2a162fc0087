"""Who wrote an article, as one line of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import unescape
from itertools import islice

from chaffinch.extract.punctuation import STOPS
from chaffinch.text import count_words, one_line

_BY = r"by|von|par|por|da|door|przez|автор"
_DONE = (
    "written|posted|published|reported|authored|created|contributed|compiled|story|words|text|article|guide|insights"
    "|geschrieben|verfasst|beitrag|rédigé|écrit|publié|escrito|publicado|scritto|pubblicato|geschreven|geplaatst|napisane"
)
_SURELY = (
    rf"(?:this (?:article|post|story|guide) (?:is|was) )?(?:{_DONE})\s*(?:{_BY}|from)"
    r"|(?:автор статьи|автор|autor(?:in|a|es)?|authors?|auteurs?|autore|yazar|yazan|tekst|a cura di)\b\s*(?=:|/)"
    r"|\(?reporting by|作者|文\s*[/:：]|记者|記者|著者|執筆者|نویسنده|بقلم"
)
_LABEL = re.compile(
    rf"^\s*(?:(?:(?:{_SURELY})|(?:{_BY}|autor|author|reviewed by|edited by))(?:\s*[:：/-]\s*|\s+|$)"
    rf"|(?:(?:{_DONE})\s+)?by(?=(?-i:[A-ZÀ-Þ][a-zß-ÿ])))",
    re.IGNORECASE,
)
"""What stands before a name; "By" may be glued to it."""
_OTHERS = re.compile(r"\s*(?:reviewed|edited)", re.IGNORECASE)
_DONE_OTHERWISE = re.compile(
    r"(?:review|edit|check|photo(?:s|graph)?|approv|illustrat|powered|present|sponsor|verif|translat)\w*\W*(?:by)?\W*$",
    re.IGNORECASE,
)
_SURE_LABEL = re.compile(rf"^\s*(?:{_SURELY})(?![^\W\d_A-ZÀ-Þ])", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januar|februar|märz|mai|juni|juli|okt|dez|mrt|mei|janv|févr|avr"
    r"|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|ott)[^\W\d_]{0,7}\.?"
)
_TAIL = re.compile(
    r"\s*(?:(?:责任编辑|责编|编辑|审核|校对|来源|編集)\s*[:：]"
    r"|[|•·⋅]|\s[-–—]\s|[-–—]$|\b(?:last )?(?:published|updated|posted)\b|\bon (?=\w+,? (?:\w+ )?\d|\d)"
    rf"|(?<!\w)\d{{1,2}}[./-]\w{{1,4}}[./-]|\b{_MONTH}\s+\d|\b\d{{1,2}}\.?\s+{_MONTH}\b|\b\d{{4}}\b|\d+ min|@\w"
    r"|\(?\S+@\S+).*$",
    re.IGNORECASE,
)
"""What follows a name: a rubric, a date, an address, who edited it."""
_ROLES = (
    "advis[eo]r|analyst|attorney|author|blogger|ceo|cfo|chief|cmo|co-?founder|columnist|consultant|contributor|coo"
    "|correspondent|cto|desk|director|editor|editor-in-chief|engineer|expert|founder|head|journalist|manager|officer"
    "|photographer|president|producer|professor|redakteur(?:in)?|reporter|specialist|strategist|writer"
)
_ROLE = re.compile(
    rf"(?:[\w-]+(?:\.[\w-]{{2,}})* ){{0,5}}(?:{_ROLES})s?\b|(?:guest|special to|staff|for the)\b"
    r"|(?:[\w-]+ ){2,6}(?:institute|network|university)\b",
    re.IGNORECASE,
)
"""What somebody is, and where; no part of a name."""
_OTHER_WORK = re.compile(r";\s*(?:additional|editing|writing)\b.*", re.IGNORECASE)
"""What agencies say behind a reporter's name of who did something else."""
_IN_A_PLACE = re.compile(r"\s+in [A-ZÀ-Þ][^;,&]*?(?=$|[;,&]|\s+and\b)")
_HOUSE = re.compile(
    r"(?:special )?(?:to |for )?(?:the )?(?:associated press|ap|afp|reuters|upi|dpa|efe|ansa|npr|cnn|bbc|bloomberg"
    r"|usa today sports|[\w.-]+\.(?:com|co\.uk|net|org|de|es|fr|it|nl|pl|ru)"
    r"|(?:[\w.&'’-]+ ){1,4}(?:news(?: desk| service| staff)?|times|today|tribune|herald|gazette|chronicle|magazine"
    r"|network|report|bureau|desk)|(?:cnn|ap|abc|cbs|nbc|fox) (?:wire|radio|sports)"
    r"|(?:sports )?staff(?: writer| reporter)?)(?: sports)?(?: staff)?(?: writer)?",
    re.IGNORECASE,
)
"""An agency, a newspaper, a desk: nobody's name, though bylines end in one."""
_AGENCY = re.compile(r"(?:the )?(?:associated press|ap|afp|reuters|upi|dpa|efe|ansa)", re.IGNORECASE)
_WIDE_HOUSE = re.compile(
    r"(?:报|報|网|網|社|新闻|新聞|科技|财经|在线|频道|周刊|杂志|电视台|客户端|编辑部|編集部)$|^(?:网易|新浪|搜狐|腾讯)"
)
_IN_BRACKETS = re.compile(r"\s*\((?:[\w-]+ )?(?:writer|editor|reporter|correspondent|blog)\)$", re.IGNORECASE)
_AND = r"(?:\s*[,;،、]\s*(?:(?:and|und|et|y|e|en|i|и|ve|و)\s+|&\s*)?|\s+(?:and|und|et|y|e|en|i|и|ve)\s+|\s*&\s*)"
_BETWEEN = re.compile(_AND)
_JOIN = re.compile(
    r"^\s*(?P<and>[,;،、]\s*(?:and|und|et|y|e|en|i|и|ve|&)(?=\s|$)|[,;،、&]|(?:and|und|et|y|e|en|i|и|ve)(?=\s|$))\s*(?P<rest>.*)$"
)
_NOBODY = frozenset((
    "admin", "administrator", "anonymous", "author", "authors", "blog", "by", "comment", "comments", "contributor",
    "editor", "featured", "guest author", "guest", "home", "menu", "news", "none", "null", "redaktion", "share",
    "sponsored", "staff writer", "staff", "the author", "undefined", "unknown", "user", "webmaster", "written by",
    "name", "佚名", "匿名", "原创", "小编", "未知", "版权声明", "管理员", "编辑", "编辑部", "责任编辑", "本站",
))  # fmt: skip
_NO_NAME = frozenset((
    "about", "add", "all", "article", "articles", "click", "comments", "company", "contact", "customer", "estimated",
    "explore", "fact", "fact-checked", "filed", "follow", "for", "fri", "friday", "get", "guide", "here", "how", "in",
    "join", "jump", "last", "learn", "leave", "listen", "medically", "meet", "modified", "mon", "monday", "more", "no",
    "on", "our", "posted", "posts", "published", "read", "reading", "recent", "related", "reviewed", "sat", "saturday",
    "save", "search", "see", "share", "sign", "skip", "spotlight", "stories", "subscribe", "sun", "sunday", "table",
    "tags", "this", "thu", "thursday", "to", "topics", "tue", "tuesday", "updated", "updates", "view", "visit", "wed",
    "wednesday", "what", "when", "why", "with", "you", "your",
))  # fmt: skip
"""What a line begins with that is no name."""
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
"""Tags, of which some sites' tools write a link to the author's page into the name."""
_BETWEEN_LINKS = re.compile(r"</a>\s*(?=<a\b)", re.IGNORECASE)
_HANDLE = re.compile(r"^[a-z]|[\d._@]|[a-z][A-Z]")
_PARTICLES = frozenset((
    "a", "af", "al", "and", "at", "aus", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "des", "di",
    "do", "dos", "du", "e", "ein", "el", "en", "et", "för", "für", "i", "ibn", "in", "la", "le", "mac", "och", "of",
    "or", "s", "ten", "ter", "the", "to", "und", "van", "vom", "von", "y", "zu", "zum", "zur",
))  # fmt: skip
"""What is written small within names."""
_MANY, _LONGEST = 40, 2000
"""Names, and characters of one, that are looked at."""
_STOPPED = re.compile(rf"[{STOPS}]$")
_MOST_WORDS = 9
_A_FEW = 7
"""Words; behind a label a line of more tells something."""
_SKIPPED = 3
"""Pieces of text before a name: a label, initials, a date."""
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?]$|[!?]|\.\s+[a-zß-ÿ]|[{}<>]")


def joined(names: Iterable[str]) -> str:
    """The names, each once and cleaned, with commas between; empty where nobody is named."""
    found: list[str] = []
    said = (_OTHER_WORK.sub("", _BETWEEN_LINKS.sub(";", unescape(unescape(name[:_LONGEST])))) for name in names)
    for name in islice((each for line in said for each in line.split(";")), _MANY):
        clean = cleaned(name)
        if clean and clean.lower() not in (known.lower() for known in found):
            found.append(clean)
    persons = [name for name in found if not _ROLE.match(name)]
    return ", ".join((persons or found)[:8])


def cleaned(name: str) -> str:
    """The name without "By", roles, dates and addresses around it; empty where it is no name."""
    name = one_line(_MARKUP.sub(" ", unescape(name)))
    if name.startswith(("http:", "https:", "//", "@")) or len(name) > 200:
        return ""
    label = _LABEL.match(name)
    name = _OTHER_WORK.sub("", name[label.end() :] if label else name)
    if label and "reporting" in label[0].lower():
        name = _IN_A_PLACE.sub("", name)
    name = _TAIL.sub("", name).strip(" ,;:|–—-·•/")
    name = re.sub(r"(?:,?\s(?:am|at|el|em|for|il|in|le|on|op))+$|\s+(?=,)", "", _without_house(_without_roles(name)))
    if (
        not name
        or name.lower() in _NOBODY
        or name.endswith(("报道", "报导", "報導", "報道"))
        or len(name.split()) > 2 * _MOST_WORDS
        or not any(map(str.isalpha, name))
    ):
        return ""
    return name


def is_house(name: str) -> bool:
    """Whether it names an agency, a newspaper or its desk, and no person."""
    return _HOUSE.fullmatch(name) is not None or _WIDE_HOUSE.search(name) is not None


def is_agency(name: str) -> bool:
    """Whether it names an agency whose reports newspapers take over."""
    return _AGENCY.fullmatch(name) is not None


def is_line(line: str) -> bool:
    """Whether a line of text says who wrote it: `By Ann Other`, `Von Max Muster`, `作者：王小雨`."""
    found = _LABEL.match(line)
    rest = line[found.end() :] if found else ""
    words = rest.split()
    if not 1 <= len(words) <= _A_FEW or _STOPPED.search(rest):
        return False
    begins = words[0][:1]
    has_no_case = begins.isalpha() and begins.lower() == begins.upper()
    return begins.isupper() or (has_no_case and count_words(rest) <= _A_FEW and _SURE_LABEL.match(line) is not None)


def begins(text: str, *, strictly: bool = False) -> bool:
    """Whether a run of text begins as a byline does; `strictly`: as nothing else does, "Written by" and the like."""
    found = _LABEL.match(text)
    if not found or _OTHERS.match(text) or (strictly and not _SURE_LABEL.match(text)):
        return False
    rest = text[found.end() :]
    return not rest or not rest[:1].islower()


def ends_otherwise(text: str) -> bool:
    """Whether what stands before a "by" says that it is not of who wrote: "Medically reviewed"."""
    return _DONE_OTHERWISE.search(text[-60:]) is not None


def is_handle(name: str) -> bool:
    """Whether it is how somebody signs in somewhere, not what they are called: `j.smith2`."""
    return " " not in name and name.isascii() and _HANDLE.search(name) is not None


def name_in(pieces: Sequence[str], *, at_once: bool = False) -> str:
    """The byline that runs of text in a row make: a label, one name, others that follow with "and".

    `at_once` wants the name first, or right behind its label.
    """
    skipped = 0
    for at, piece in enumerate(pieces):
        name = cleaned(piece)
        if is_name(name) and not _are_initials(piece, pieces[at + 1 : at + 2]):
            return name + _others(pieces[at + 1 :]) if name == _LABEL.sub("", one_line(piece)).strip() else name
        if (label := _LABEL.match(piece)) and not piece[label.end() :].strip(" :"):
            continue
        skipped += 1
        if at_once or skipped > _SKIPPED:
            break
    return ""


def _are_initials(piece: str, following: Sequence[str]) -> bool:
    """Whether it stands for a portrait: `MQ` before "Mara Quill"."""
    return piece.isupper() and any("".join(word[:1] for word in next_one.split()) == piece for next_one in following)


def _others(pieces: Iterable[str]) -> str:
    said = glue = ""
    for piece in pieces:
        rest = piece
        if not glue:
            if not (found := _JOIN.match(piece)):
                break
            glue = f"{found['and']} " if found["and"][0] in ",;،、" else f" {found['and']} "
            rest = found["rest"]
            if not rest.strip():
                continue
        name = cleaned(rest)
        if not is_name(name) or _ROLE.match(rest):
            break
        said, glue = f"{said}{glue}{name}", ""
    return said


def is_name(text: str) -> bool:
    """Whether it can be a name, or several of them."""
    words = text.split()
    if not words or len(words) > 2 * _MOST_WORDS or _SENTENCE.search(text) or any(map(str.isdigit, text)):
        return False
    if words[0].lower().strip(":,") in _NO_NAME or text.lower() in _NOBODY or len(text) < 2:
        return False
    if any(word[:1].islower() and word.strip(",.") not in _PARTICLES for word in words):
        return False
    return all(0 < len(part.split()) <= 6 and not part[:1].islower() for part in _BETWEEN.split(text) if part)


def people(text: str) -> list[str]:
    """The names of a byline one by one."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _without_roles(name: str) -> str:
    parts = re.split(r"(,\s+)", name)
    for at in range(2, len(parts), 2):
        if _ROLE.match(parts[at]):
            return "".join(parts[: at - 1])
    return name


def _without_house(name: str) -> str:
    """The name without the newspaper behind it: `Ann Other, Quay Times`."""
    name = _IN_BRACKETS.sub("", name)
    person, comma, house = name.rpartition(", ")
    return person if comma and is_house(house) and not is_house(person) else name
