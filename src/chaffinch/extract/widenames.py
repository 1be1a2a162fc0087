"""The names of Chinese, Japanese and Korean lines, where no capitals tell them."""

from __future__ import annotations

import re

from chaffinch.extract import creditwords

_NOBODY = re.compile(creditwords.pattern("wide nobody"))
_WIDE = "\u2e80"
"""From here on scripts have no capitals, and most no blanks between words."""
_NAME = re.compile(
    r"(?:[\u4e00-\u9fff々]{2,5}|[\uac00-\ud7af]{2,4}"
    r"|(?=[^a-z]{2})[\u4e00-\u9fff々\u3040-\u30ff]{2,10}(?:[・·=＝][\u30a0-\u30ff]{1,10}){0,4}"
    r"|[\u4e00-\u9fff]{1,6}(?:·[\u4e00-\u9fff]{1,6}){1,4})"
)
_SUFFIX = re.compile(
    r"(?:报道|報導|報道|記者|记者|编译|編譯|객원기자|선임기자|객원|전문|기자|특파원|さん|氏|综合|綜合|撮影|著)+$"
)
_CREDIT = re.compile(
    r"^[【\[［(（〔]?\s?(?:[\w.・]{0,12}?[=＝](?:\w{2,10}\s)?)?(?P<before>(?:本报|本報)?[记記]者)?\s?[:：/／]?\s?"
    r"(?P<name>[\u4e00-\u9fff々]{2,4}|[\uac00-\ud7af]{2,4}|[\u4e00-\u9fff々]{1,3}[\u3040-\u309f]{1,4})\s?"
    r"(?P<after>記者|(?<=\s)(?:报道|報導|報道|文)|기자|특파원|논설위원|선임기자|編集委員)?"
    r"(?:\s?[/／|｜].{0,16}|\s\S{1,40}@\S{1,40})?[】\]］)）〕]?$"
)
_KOREAN = re.compile(
    "[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금"
    r"옥육인맹제모탁국은용][\uac00-\ud7af]{2}"
)
"""A surname, and a name of two syllables."""
_DESKS = ("부", "팀", "의")
"""In what a Korean desk ends: `경제부`; so does "of today"."""
_HAN_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤裴殷岳俞齐尚温季庞樊兰游翟柳柯欧易施洪阮"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸賈韋鄒閻賴簡涂詹"
)
_HAN_NAME = rf"[{_HAN_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_HAN_NAMES = rf"{_HAN_NAME}(?:[\s、，,/]+{_HAN_NAME}){{0,4}}"
_HAN_REPORTER = re.compile(
    rf"(?:(?:采写|采寫|撰文|文)\s?[/:：]?\s?)?[\u4e00-\u9fff]{{0,10}}[记記]者[\s:：]+(?P<names>{_HAN_NAMES})"
)
"""`南江晚报记者 王小雨 李晓明`"""
_HAN_DATELINE = re.compile(
    rf"(?:[讯訊电電]|报道|報道|報導)\s?[（(]\s?[\u4e00-\u9fff]{{0,8}}[记記]者[\s:：]?(?P<names>{_HAN_NAMES})(?:\s[\u4e00-\u9fff]{{2,4}})?\s?[)）]"
)
"""`南江晚报讯（记者 王小雨）`"""
_DATELINE = 60
"""Characters in which a dateline ends."""
_HAN_OTHERS = re.compile(
    r"[\s、，,/]+(?:通[讯訊]员|通訊員|摄影|攝影|实习生|整合|整理|综合|編輯|编辑|发自|\S*报[道导]|[图文](?=[\s/／]|$)).*$"
)
"""Behind the reporters others are named, or what they did and where."""
_HAN_QUOTES = re.compile(r"[据據]|来源|來源|转自")
"""Before a dateline that is another newspaper's."""
_BRACKETED = re.compile(r"[［\[]([\u4e00-\u9fff々]{2,4})[，,][^，,］\]]{2,20}[］\]]?$")
"""`［真鍋涼，Tech Online］`"""
_LONGEST = 60
"""Characters of a line that credits somebody in Chinese, Japanese or Korean."""


def is_wide(text: str) -> bool:
    """Whether it begins in Chinese, Japanese or Korean: there rubrics look like names."""
    return text[:1] >= _WIDE


def is_name(piece: str) -> bool:
    """Whether it is one name and nothing else."""
    return bool(_NAME.fullmatch(piece)) and not _NOBODY.search(piece)


def first(text: str) -> tuple[list[str], str]:
    """The names that a text begins with, without what reporters are called, and what follows them."""
    names: list[str] = []
    pieces = [piece for piece in re.split(r"[、,，/／&＆\s　]+|和|与", text) if piece]
    for at, piece in enumerate(pieces):
        name = _SUFFIX.sub("", piece.strip("()（）【】[]"))
        if not name:
            continue
        if not is_name(name):
            return names, "".join(pieces[at:])
        names.append(name)
    return names, ""


def credited(piece: str) -> str:
    """The name of a Chinese, Japanese or Korean line such as `記者林佩珊／台北報導`, `한서윤 기자`."""
    if not piece or len(piece) > _LONGEST or max(piece) < _WIDE:
        return ""
    if bracketed := _BRACKETED.match(piece):
        return "" if _NOBODY.search(bracketed[1]) else bracketed[1]
    match = _CREDIT.match(piece)
    if not match or not (match["before"] or match["after"]) or _NOBODY.search(match["name"]):
        return ""
    return "" if match["name"].endswith(_DESKS) else match["name"]


def reporter(piece: str) -> str:
    """The name of a line such as `한서윤 기자` or `南江晚报记者 王小雨` and no other.

    On pages much else is written so: a Korean name is known by its surname, Chinese ones by the blank before them.
    """
    if "기자" in piece:
        name = credited(piece)
        return name if _KOREAN.fullmatch(name) else ""
    found = _HAN_REPORTER.fullmatch(_HAN_OTHERS.sub("", piece)) if len(piece) <= _LONGEST else None
    return _listed(found["names"]) if found else ""


def in_dateline(paragraph: str) -> str:
    """The reporters whom a Chinese article names where it begins: `南江晚报讯（记者 王小雨）`."""
    found = None if _HAN_QUOTES.match(paragraph) else _HAN_DATELINE.search(paragraph[:_DATELINE])
    return _listed(found["names"]) if found else ""


def _listed(said: str) -> str:
    each = re.split(r"[\s、，,/]+", said)
    is_nobody = any(_NOBODY.search(name) or name.endswith(("摄", "攝")) for name in each)
    return "" if is_nobody else ", ".join(each)
