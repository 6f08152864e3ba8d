"""Bring the texts of postings into one form before anything reads them.

Postings are hostile input: every step below takes time proportional to the length of the text,
and the text is cut before the first step and after the last.
"""

import html.entities
import re
import unicodedata

import pandas as pd

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 20_000

# Mark-up may take up three quarters of a text before anything of it is lost.
_RAW_PER_CHARACTER = 4
_COMBINING_AT_MOST = 4
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_ENTITY = re.compile(
    r"&(?:amp;)*(?:#(?P<decimal>\d{1,7})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})"
    r"|(?P<name>[A-Za-z]{2,31}\d{0,2}));"
)
# Only names of real elements: List<String> in a programmer's posting is text.
_TAG = re.compile(
    r"<[/!?]?(?:a|abbr|article|b|blockquote|body|br|center|code|dd|div|dl|dt|em|font|form|h[1-6]"
    r"|head|hr|html|i|img|input|label|li|link|meta|o:p|ol|option|p|pre|s|script|section|select"
    r"|small|span|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|u|ul|video|!--|--)"
    r"(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
# Format characters, fillers, variation selectors and lone surrogates show nothing.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
# Control characters, bullets from private fonts and the empty Braille cell stand for blanks.
_BLANK = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u2800\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BLANK_IN_WORD = re.compile(
    rf" (?:(?<=(?<!\w)[{_HAN}] )(?=[{_HAN}])|(?<=[{_HAN}] )(?=[{_HAN}](?!\w)))"
)
# PDF files write these characters as radicals, which NFKC leaves alone.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
_RADICAL = re.compile("[\u2e80-\u2eff]")


def _combining_class() -> str:
    points = [c for c in range(0x300, 0x1F000) if unicodedata.combining(chr(c))]
    return "".join(chr(c) for c in points)


# Sorting a long run of combining marks is quadratic inside NFKC, so runs are cut first.
_COMBINING = _combining_class()
_COMBINING_RUN = re.compile(f"([{_COMBINING}]{{{_COMBINING_AT_MOST}}})[{_COMBINING}]+")
# A coarse class that is fast to search decides whether the exact one is needed.
_MAY_COMBINE = re.compile(
    "[\u0300-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb1e"
    "\ufe20-\ufe2f\U00010000-\U0001efff]"
)


def normalise(text: object, limit: int = DESCRIPTION_LIMIT) -> str:
    r"""Return the text in the one form that all later stages read.

    Entities and HTML tags become text, characters take their compatibility form (NFKC),
    what shows nothing is removed, blanks are folded.  A blank between Chinese characters goes
    when it parts a single character (``注 塑 工``), and stays between two words
    (``电话销售 做五休二``), where it is punctuation.  Look-alikes from other scripts stay.

    Parameters
    ----------
    text : object
        Text as scraped; anything but text counts as empty.
    limit : int
        Length of the result at most, characters.

    Returns
    -------
    str
        Text without leading or trailing blanks; empty when nothing is left.

    Notes
    -----
    Linear in the length of the text.  NFKC: Unicode Standard Annex 15.

    Examples
    --------
    >>> normalise("注 塑 工<br/>５名&nbsp;&amp;nbsp;Ｃ＋＋")
    '注塑工 5名 C++'
    >>> normalise("电工\u200b \ud800焊工", limit=2)
    '电工'
    """
    if not isinstance(text, str) or limit <= 0:
        return ""
    text = text[: limit * _RAW_PER_CHARACTER]
    if not text.isascii():
        text = _one_form(text)
    if "&" in text:
        text = _one_form(_ENTITY.sub(_character, text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = " ".join(_BLANK.sub(" ", text).split())
    if not text.isascii():
        text = _BLANK_IN_WORD.sub("", text)
    return text[:limit].rstrip()


def _one_form(text: str) -> str:
    """Remove what shows nothing and take the compatibility form of the rest."""
    text = _INVISIBLE.sub("", text)
    if unicodedata.is_normalized("NFKC", text):
        return text
    if _MAY_COMBINE.search(text):
        text = _COMBINING_RUN.sub(r"\1", text)
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_RADICALS) if _RADICAL.search(text) else text


def _character(entity: re.Match[str]) -> str:
    """Decode an entity to its character, to a blank for one that no text may hold."""
    if name := entity["name"]:
        return html.entities.html5.get(f"{name};", entity[0])
    point = int(entity["decimal"]) if entity["decimal"] else int(entity["hexadecimal"], 16)
    return chr(point) if 0 < point <= 0x10FFFF else " "


def normalise_texts(texts: pd.Series, limit: int = DESCRIPTION_LIMIT) -> pd.Series:
    """Normalise a column; each distinct text is worked on once.

    Parameters
    ----------
    texts : pandas.Series of str, shape (n,)
        Texts as scraped; may hold missing values.
    limit : int
        Length of each result at most, characters.

    Returns
    -------
    pandas.Series of str, shape (n,)
        Same index; missing stays missing and an empty result becomes missing.

    Examples
    --------
    >>> normalise_texts(pd.Series(["办 公 文 员", None])).tolist()
    ['办公文员', nan]
    """
    distinct = {text: normalise(text, limit) or None for text in texts.dropna().unique()}
    return texts.map(distinct).astype("str")
