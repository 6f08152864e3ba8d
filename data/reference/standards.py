"""What makes an occupation trainable, and what puts it outside: standards and licences."""

import pandas as pd

from .tables import reference_table

LICENSED, OUTSIDE = "licensed", "outside_training"
EXCLUDING = (LICENSED, OUTSIDE)


def load_standards() -> pd.DataFrame:
    """Load the national occupational standards (国家职业标准) and the unit each belongs to.

    Returns
    -------
    pandas.DataFrame
        Columns standard_code, occupation_name, trade_name, edition, occupation_code (empty where
        none fits), match, levels (digits, 5 = 五级 … 1 = 一级).

    Examples
    --------
    >>> standards = load_standards()
    >>> standards.loc[standards["occupation_code"] == "6-18-02-04", "edition"].tolist()
    ['2018']
    """
    return reference_table("skill_standards").frame()


def load_qualifications() -> pd.DataFrame:
    """Load the skilled part of the catalogue of qualifications (国家职业资格目录) of 2021.

    Returns
    -------
    pandas.DataFrame
        Columns item, item_name, qualification, occupation_code (empty where it spans many or
        none), match; 13 items.
    """
    return reference_table("qualifications").frame()


def load_licences() -> pd.DataFrame:
    """Load the occupations that other authorities license or that training does not lead to.

    Returns
    -------
    pandas.DataFrame
        Columns occupation_code (a code covers all units below it), occupation_name,
        reason_kind (licensed, outside_training or also_certified, which does not exclude),
        authority, licence, legal_basis, remark.
    """
    return reference_table("licensed_occupations").frame()
