"""What of a title names the job, and what is slogan, benefit, wage or headcount."""

import re
from dataclasses import dataclass

SEGMENTS_AT_MOST = 8

_RECRUITING = (
    "急招聘|急招|急聘|诚聘|诚招|直招|高薪聘请?|高薪诚聘|特聘|招聘|招募|招收|热招|长期招|大量招|聘请"
)
_BENEFITS = (
    "包吃包住|包吃住|包食宿|包住宿?|提供食宿|管吃住|五险一金|六险一金|七险一金|社保(?![专经会代])|双休|单休|做五休二|"
    "朝九晚[五六]|带薪培训|免费培训|报销车费|无责任?底薪|保底|月薪过万|年薪|月薪|底薪|高薪资?|高提成|"
    "提成|高待遇|待遇优厚?|高福利|晋升快?|奖金|年终奖|日结|周结|转正|可兼职|可实习|长白班"
)
_CONDITIONS = (
    "无需经验|无经验|零经验|不限经验|经验不限|应届毕业生|应届生|实习生|实习|兼职|全职|暑假工|寒假工|"
    "若干名?|数名|多名|男女不限|性别不限|工作地点|急急急?"
)
_NUMBER = r"\d{1,6}(?:\.\d)?"
_PER = "/(?:月|天|日|小?时)"
_WAGE = rf"{_NUMBER}(?:[-~至]{_NUMBER})?(?:[k千万元w]{{1,2}}(?:{_PER})?|{_PER})\+?"
_AMOUNTS = rf"{_WAGE}|\d{{1,4}}[名人]|\d{{3,6}}\+?"
_DECORATION = re.compile("|".join((_RECRUITING, _BENEFITS, _CONDITIONS, _AMOUNTS)))
# 招普工 is an invitation; 招商, 招生, 招标 are work.  【急】 stands alone, 急诊 does not.
_INVITATION = re.compile(r"^招(?![商生标聘投租])|^聘(?!用)|^急$")
_BREAKS = re.compile(r"[^0-9a-z\u4e00-\u9fff+#.]+")


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """A title cut into the parts that may name a job, in their order.

    Parameters
    ----------
    segments : tuple of str
        Parts between punctuation, without decoration; the first names the job that counts
        when several are advertised.
    """

    segments: tuple[str, ...]


def parse_title(title: str) -> ParsedTitle:
    """Strip decoration from a normalised title and cut it at its punctuation.

    Parameters
    ----------
    title : str
        Title as `nlp.normalise.normalise` returns it.

    Examples
    --------
    >>> parse_title("诚聘储备店长(餐饮)包吃住").segments
    ('储备店长', '餐饮')
    >>> parse_title("月薪5千+急招电焊工10名").segments
    ('电焊工',)
    """
    plain = _DECORATION.sub(" ", title.lower())
    segments = (_INVITATION.sub("", part.strip(".+#")) for part in _BREAKS.split(plain))
    return ParsedTitle(tuple(part for part in segments if part)[:SEGMENTS_AT_MOST])
