"""Small numbers written in Chinese, as in 三名 or 十五人."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
CHINESE_NUMERAL = "[零〇一二两三四五六七八九十百]{1,6}"


def chinese_number(text: str) -> int | None:
    """Value of a Chinese numeral below 1,000; None when it is none.

    Examples
    --------
    >>> [chinese_number(text) for text in ("十", "二十五", "两百", "三百零六", "十十")]
    [10, 25, 200, 306, None]
    """
    total, digit, unit = 0, None, 1000
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
            continue
        scale = {"十": 10, "百": 100}.get(character)
        if scale is None or scale >= unit:
            return None
        total += (1 if digit is None else digit) * scale
        digit, unit = None, scale
    return total + (digit or 0) if text else None
