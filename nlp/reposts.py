"""Collapse the advertisements of one vacancy: boards let employers post it again and again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.errors import ConfigurationError, UnknownColumnsError

from .minhash import MinHashParameters, near_duplicates

REQUIRED_COLUMNS = (
    "posting_id", "source", "title", "description", "employer", "district_code", "openings",
    "posted_on",
)  # fmt: skip
DESCRIPTION_COMPARED = 1_000
# Below this length a description is a phrase that many employers share.
DESCRIPTION_TELLING = 20

_CONTACT = re.compile(
    r"(?:联系|手机|咨询|招聘|报名)?(?:电话|热线|人|方式|手机|邮箱|微信|QQ|qq)?号?[:：;]?\s?\[[^\[\]]{1,4}\]"
    r"(?:先生|女士|小姐|经理|老师|主管)?"
)
_NO_LETTER = re.compile(r"[\W\d_]+")
_LEGAL_FORM = re.compile(r"(?:股份|有限|责任)*公司$")
# What titles say to attract, not to name the work.
_SLOGAN = re.compile(
    r"月薪|月入|年薪|日薪|底薪|高薪|薪资|工资|薪酬|无责任?|提成|奖金|年终奖|补贴|餐补|房补|"
    r"[包管](?:吃|住|食宿)+|提供(?:食宿|住宿|吃住|房源)|有?住宿|免费(?:食宿|吃住)|[五六]险[一二]?金?|"
    r"(?:周末)?双休|做[五六]休[一二]|朝九晚[五六]|带薪(?:年假|培训)?|长白班|不加班|可?预支|[日周月]结|"
    r"待遇[优好]?厚?|轻松|自由|晋升|无需经验|无经验|接受小白|应届(?:毕业)?生|急|诚|热|直|"
    r"招[聘收]?|聘[请用]?|若干|数名|多名|名企|厂家|[一二三四五六七八九十]+[千万]|过万|[千万]元?|元|名|的来吧"
)
_OCCUPATION = re.compile(
    r"工|员|师|手|长|经理|主[管任]|总监|助理|代表|顾问|司机|保安|客服|销|会计|出纳|厨|干部|操作|"
    r"翻译|专家|保洁|保姆|阿姨|月嫂|老师|医生|护[士理]|编[辑程]|设计|开发|程序|运营|前台|秘书?|行政|"
    r"人事|采购|仓管|[质品]检|测试|收银|导购|店|学徒|实习|推广|策划|业务|财务|督导|教练|文案|内勤|"
    r"接待|坐席|经纪|快递|跟单|维[护修]|检验|打[包磨]|主持|代理|渠道|调研|技术|管理|市场|客户|[a-z]{3}"
)
# Shorter titles that hold none of these words name work all the same (后勤, 公关, 剪板).
SLOGAN_LETTERS = 6


@dataclass(frozen=True, slots=True)
class RepostParameters:
    """When two advertisements are one vacancy.

    Parameters
    ----------
    window_days : int
        An advertisement within so many days of the last sight of the vacancy is a repost.
        Sixty days: DESIGN, section 5, after the practice of online job vacancy statistics.
    comparison : MinHashParameters
        How similar the descriptions have to be.

    Raises
    ------
    ConfigurationError
        When the window is negative.
    """

    window_days: int = 60
    comparison: MinHashParameters = field(default_factory=MinHashParameters)

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ConfigurationError(
                "window of reposts", got=self.window_days, expected="0 days at least"
            )


def collapse_reposts(
    postings: pd.DataFrame, parameters: RepostParameters | None = None
) -> pd.DataFrame:
    """Say of each advertisement which vacancy it is for.

    One vacancy is: the same employer (by the letters of its name, without the legal form), the
    same district, a near-identical description, and the same title once digits, punctuation and
    words that only attract are removed.  Employers use one description for many jobs, so titles
    must agree; where two titles name no work at all (``想高工资的来吧``), the same headcount
    stands in for them.  Without a description the headcount has to agree besides the title.
    Without an employer the source takes its place, and then a telling description is needed.

    Parameters
    ----------
    postings : pandas.DataFrame, n rows
        Parsed postings (`data.tables.PARSED_POSTINGS`); ``closed_on`` may be absent.
    parameters : RepostParameters, optional

    Returns
    -------
    pandas.DataFrame, n rows
        The postings with ``vacancy_id`` (the posting_id of the first sight: the earliest day,
        then the smallest identifier), ``is_repost``, ``first_seen``, ``last_seen`` and
        ``times_advertised``.  The result does not depend on the order of the rows.

    Raises
    ------
    UnknownColumnsError
        When a column is missing.

    Notes
    -----
    Time is nearly linear in the length of the texts, also within an employer of thousands of
    advertisements (`near_duplicates`).

    Examples
    --------
    >>> ads = pd.DataFrame({
    ...     "posting_id": ["2", "1", "3"], "source": "board", "title": ["急聘电工", "电工", "电工"],
    ...     "description": "维护配电设备", "employer": ["甲有限公司", "甲", "甲"],
    ...     "district_code": "500107", "openings": 3.0,
    ...     "posted_on": pd.to_datetime(["2026-02-01", "2026-01-05", "2026-06-01"])})
    >>> collapse_reposts(ads)[["vacancy_id", "is_repost"]].values.tolist()
    [['1', True], ['1', False], ['3', False]]
    """
    parameters = parameters or RepostParameters()
    missing = [name for name in REQUIRED_COLUMNS if name not in postings.columns]
    if missing:
        raise UnknownColumnsError("the postings to collapse lack columns", which=missing)
    sights = _sights(postings)
    sights["content"] = _contents(postings, parameters)
    vacancies = _vacancies(sights, parameters.window_days).set_axis(postings.index)
    return pd.concat([postings, vacancies], axis=1)


def _sights(postings: pd.DataFrame) -> pd.DataFrame:
    """List identifier, first and last day of each advertisement."""
    posted = pd.to_datetime(postings["posted_on"])
    seen_to = posted
    if "closed_on" in postings.columns:
        closed = pd.to_datetime(postings["closed_on"]).astype(posted.dtype)
        seen_to = closed.where(closed > posted, posted)
    return pd.DataFrame(
        {
            "posting_id": postings["posting_id"].astype("str").to_numpy(),
            "posted": posted.to_numpy(),
            "seen_to": seen_to.to_numpy(),
        }
    )


def _contents(postings: pd.DataFrame, parameters: RepostParameters) -> np.ndarray:
    """Give one number to all advertisements of the same content."""
    description = _each_distinct(postings["description"], _letters)
    headcount = postings["openings"].astype("float64").fillna(0).astype("str").astype(object)
    blocks = _blocks(postings, description)
    groups = near_duplicates(blocks.tolist(), description.tolist(), parameters.comparison)
    core = _each_distinct(postings["title"], _title_core)
    slogan = core.eq("")
    title = core.where(
        ~slogan, _each_distinct(postings["title"], _letters).where(description.eq(""), "")
    )
    needed = headcount.where(slogan | description.eq(""), "")
    keys = pd.DataFrame({"group": groups, "title": title.to_numpy(), "needed": needed.to_numpy()})
    return keys.groupby(["group", "title", "needed"], sort=True).ngroup().to_numpy()


def _blocks(postings: pd.DataFrame, description: pd.Series) -> pd.Series:
    """Key of the advertisements among which one vacancy can recur."""
    employer = _each_distinct(postings["employer"], _employer_letters)
    source = postings["source"].astype(object).where(postings["source"].notna(), "")
    identifier = postings["posting_id"].astype(object)
    anonymous = ("source " + source).where(
        description.str.len() >= DESCRIPTION_TELLING, "posting " + identifier
    )
    place = postings["district_code"].astype(object).where(postings["district_code"].notna(), "")
    return ("employer " + employer).where(employer.ne(""), anonymous) + " " + place


def _each_distinct(texts: pd.Series, function: Callable[[str], str]) -> pd.Series:
    """Apply a function of text to each distinct text; missing counts as empty."""
    codes, distinct = pd.factorize(texts)
    values = np.array([*(function(text) for text in distinct), ""], dtype=object)
    return pd.Series(values[codes], texts.index, dtype=object)


def _letters(text: str) -> str:
    """Keep the letters of a text, without digits, contact tokens and punctuation."""
    beginning = text[: 2 * DESCRIPTION_COMPARED]
    if "[" in beginning:
        beginning = _CONTACT.sub("", beginning)
    return _NO_LETTER.sub("", beginning).lower()[:DESCRIPTION_COMPARED]


def _employer_letters(name: str) -> str:
    return _LEGAL_FORM.sub("", _letters(name))


def _title_core(title: str) -> str:
    """Keep the letters of a title that name work; empty for a mere slogan."""
    letters = _letters(title)
    core = _SLOGAN.sub("", letters)
    is_slogan = not _OCCUPATION.search(core) and len(letters) >= SLOGAN_LETTERS
    return "" if is_slogan else core or letters


def _vacancies(sights: pd.DataFrame, window_days: int) -> pd.DataFrame:
    """Cut the advertisements of each content into vacancies where the window is exceeded."""
    index = sights.index
    ordered = sights.sort_values(["content", "posted", "posting_id"], kind="stable")
    by_content = ordered.groupby("content", sort=False)
    last_sight = by_content["seen_to"].cummax().shift()
    starts = ~ordered["content"].duplicated() | (
        ordered["posted"] - last_sight > pd.Timedelta(days=window_days)
    )
    by_vacancy = ordered.groupby(starts.cumsum().to_numpy(), sort=False)
    return pd.DataFrame(
        {
            "vacancy_id": by_vacancy["posting_id"].transform("first"),
            "is_repost": ~starts,
            "first_seen": by_vacancy["posted"].transform("first"),
            "last_seen": by_vacancy["seen_to"].transform("max"),
            "times_advertised": by_vacancy["posting_id"].transform("size"),
        }
    ).reindex(index)
