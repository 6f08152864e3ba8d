"""Replace personal data in the texts of postings by tokens before anything stores them.

What is masked: mobile and landline numbers, e-mail addresses, WeChat and QQ accounts, identity
and bank card numbers, names of contact persons.  Wages, dates, hours and product models stay.
"""

import re
from collections.abc import Callable

PHONE, EMAIL, WECHAT, QQ = "[电话]", "[邮箱]", "[微信]", "[QQ]"
IDENTITY_CARD, BANK_CARD, NAME = "[身份证]", "[银行卡]", "[姓名]"

# The hundred commonest surnames of the household register hold 85 % of the people
# (公安部《二〇二〇年全国姓名报告》); the rarer ones here are those that postings show beside them.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤柳尤祝费华单穆柯梅齐翁庄葛童颜倪聂喻章俞温施牛殷岳鲁左翟焦"
)
_COMPOUND_SURNAMES = "欧阳|司马|上官|诸葛|令狐|皇甫|夏侯|尉迟|东方|慕容"
_SURNAME = rf"(?:{_COMPOUND_SURNAMES}|[{_SURNAMES}])"
_HONORIFIC = (
    "先生|女士|小姐|经理|老师|主管|主任|师傅|助理|总监|厂长|店长|老板|HR"
    r"|总(?![部监务公])|工(?=\W|\d|$)"
)
_HAN = "\u4e00-\u9fff"
_COLON = r"[:：;；]?\s{0,3}"
_ACCOUNT = r"[A-Za-z][-_A-Za-z0-9]{5,19}(?![-_A-Za-z0-9])|[1-9]\d{4,10}(?!\d)"
_LOCAL_PART = r"[A-Za-z0-9_%+.-]{1,64}"
_DOMAIN = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

# Longer numbers come first, so that no part of a card is taken for a telephone.
_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"{_LOCAL_PART}[@＠]{_DOMAIN}"), EMAIL),
    (
        re.compile(
            r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
            r"\d{3}[\dXx](?!\d)"
        ),
        IDENTITY_CARD,
    ),
    (
        re.compile(r"(?<!\d)(?:62\d\d|4\d{3}|5[1-5]\d\d)(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"),
        BANK_CARD,
    ),
    (
        re.compile(
            r"(?<!\d)(?:\(?\+?(?:00)?86\)?[- ]?)?1[3-9]\d([- ]?)\d{4}\1\d{4}(?!\d)"
            r"|(?<!\d)1[3-9]\d{2}[- ]\d{3}[- ]\d{4}(?!\d)"
        ),
        PHONE,
    ),
    (
        re.compile(
            r"(?<![\d.])(?:\(0\d{2,3}\)[- ]?|(?:\+?86[- ]?)?0\d{2,3}[-— ]?)[2-9]\d{6,7}"
            r"(?:[-转]\d{1,5})?(?!\d)"
            r"|(?<!\d)[48]00[- ]?(?:\d{3}[- ]?\d{4}|\d{4}[- ]?\d{3})(?!\d)"
        ),
        PHONE,
    ),
    (
        re.compile(
            rf"((?:电话|手机|热线|座机|固话|联系方式|联系|致电|咨询|(?i:tel|phone))号?码?{_COLON})"
            r"[2-9]\d{2,3}[- ]?\d{4}(?:[-转]\d{1,5})?(?!\d)"
        ),
        rf"\1{PHONE}",
    ),
    (
        re.compile(
            rf"((?i:(?<![a-z])qq|扣扣|企鹅)\s{{0,3}}(?:账号|帐号|群号|号码|群|号)?{_COLON})"
            r"[1-9]\d{4,11}(?!\d)"
        ),
        rf"\1{QQ}",
    ),
    (
        re.compile(
            rf"((?i:微信|薇信|威信|wechat|weixin|(?<![a-z])[vw]x|(?<![a-z])v信)"
            rf"(?:公众)?(?:账号|帐号|同号|号码|号|id)[:：;；]?\s{{0,3}}"
            rf"|(?i:微信|薇信|威信|wechat|weixin|(?<![a-z])[vw]x|(?<![a-z])v信)[:：;；]\s{{0,3}}"
            rf"|[加+](?i:微信?|薇信|威信|v信?|wx|vx){_COLON})(?:{_ACCOUNT})"
        ),
        rf"\1{WECHAT}",
    ),
    (
        re.compile(r"((?i:微信|wechat|weixin|(?<![a-z])wx)\s{0,3})[1-9]\d{5,10}(?!\d)"),
        rf"\1{WECHAT}",
    ),
    (
        re.compile(
            rf"((?:联系人|招聘人|经办人|对接人|接待人|招聘负责人|联系){_COLON})"
            rf"{_SURNAME}[{_HAN}]{{0,2}}?(?=\s{{0,3}}(?:{_HONORIFIC}))"
        ),
        rf"\1{NAME}",
    ),
    (
        re.compile(
            rf"((?:联系人|招聘人|经办人|对接人|接待人|招聘负责人){_COLON})"
            rf"{_SURNAME}[{_HAN}]{{1,2}}(?![{_HAN}])"
        ),
        rf"\1{NAME}",
    ),
    (
        re.compile(
            rf"((?:联系人|招聘人|经办人|对接人|接待人)[:：;；]\s{{0,3}})"
            rf"{_SURNAME}[{_HAN}]{{1,2}}(?=联系|电话|手机|地址|微信|邮箱|QQ)"
        ),
        rf"\1{NAME}",
    ),
    (
        re.compile(rf"(?<![{_HAN}]){_SURNAME}[{_HAN}]{{0,2}}?(?=\s{{0,3}}(?:先生|女士|小姐))"),
        NAME,
    ),
)
# Most texts hold neither five digits in a row of numbers nor a contact word.
_SUSPECT = re.compile(
    r"\d[\d -]{4}|[@＠]|微信|薇信|威信|[vV]信|[vVwW][xX]|(?i:wechat|weixin|qq)|扣扣|企鹅"
    r"|加[vV微]|联系|经办|对接人|接待人|招聘人|负责人|先生|女士|小姐"
)


def mask(text: str) -> str:
    """Return the text with personal data replaced by tokens such as ``[电话]``.

    Parameters
    ----------
    text : str
        Text of a posting, best normalised before (`nlp.normalise`).

    Returns
    -------
    str
        The same text where nothing personal was found; masking it again changes nothing.

    Notes
    -----
    Linear in the length of the text: every repetition is bounded.  Numbers are taken for
    telephones by their form (Chinese numbering plan: mobiles 1[3-9] and nine digits, area codes
    with 0, service numbers 400 and 800) or by the word before them; so ``3000-5000``,
    ``2015-03-12`` and ``6205-2RS`` stay.

    Examples
    --------
    >>> mask("联系人:张经理 13812345678 微信号:zhang_hr88，月薪3000-5000")
    '联系人:[姓名]经理 [电话] 微信号:[微信]，月薪3000-5000'
    """
    if not _SUSPECT.search(text):
        return text
    for pattern, token in _RULES:
        text = pattern.sub(token, text)
    return text
