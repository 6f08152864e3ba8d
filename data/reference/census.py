"""Employment: the census of 2020 by medium group, and the total at the end of a year.

The census uses the 大典 of 2015.  A group goes over to the edition of 2022 where the code has the
same name in both, or another name but the same place and content; the rest is told with a reason.
"""

import pandas as pd

from ..contract import REASON, Split
from ..errors import InputError
from .occupations import load_occupations
from .tables import reference_table

REGIONS = ("重庆", "全国")
SEXES = ("total", "male", "female")
SAME_NAME, RENAMED = "same name", "renamed"
# Sport went from the former to the latter, education to the former.
REGROUPED = ("4-13", "4-14")
CIVILIANS_ONLY = "7"
PERSONS_IN_10_THOUSAND = 10_000


def load_census_employment(region: str = "重庆", sex: str = "total") -> pd.DataFrame:
    """Employed persons in the long form, a sample of about 10 % of households.

    Parameters
    ----------
    region : {"重庆", "全国"}
    sex : {"total", "male", "female"}

    Returns
    -------
    pandas.DataFrame
        Columns medium_code_2015, name, employed_long_form_10pct (persons of the sample, not
        grossed up); 74 rows, one a medium group.

    Raises
    ------
    InputError
        When the region or the sex is not in the table.

    Examples
    --------
    >>> int(load_census_employment("重庆")["employed_long_form_10pct"].sum())
    1526217
    """
    if region not in REGIONS or sex not in SEXES:
        raise InputError(
            "no census employment",
            got=f"{region}, {sex}",
            expected=f"{' or '.join(REGIONS)}, {' or '.join(SEXES)}",
        )
    table = reference_table("census_employment").frame()
    chosen = table[(table["region"] == region) & (table["sex"] == sex)]
    chosen = chosen.drop(columns=["region", "sex"]).reset_index(drop=True)
    return chosen.astype({"employed_long_form_10pct": "int64"})


def census_employment_2022(region: str = "重庆", sex: str = "total") -> Split[pd.DataFrame]:
    """Census employment by medium group of the 大典 2022.

    Returns
    -------
    Split
        ``valid``: occupation_code, occupation_name, employed_long_form_10pct and basis, which is
        ``same name`` or ``renamed`` (same code, taken to be the same group); ``rejected``: the
        groups of either edition that have no counterpart, with a reason.

    Raises
    ------
    InputError
        When the region or the sex is not in the table.

    Examples
    --------
    >>> valid, rejected = census_employment_2022()
    >>> len(valid), rejected["medium_code_2015"].tolist()
    (72, ['4-13', '4-14', '3-03'])
    """
    census = load_census_employment(region, sex)
    # The eighth major group has one medium group, which the census does not write out.
    code = census["medium_code_2015"].replace("8", "8-00")
    groups = load_occupations().groups
    names = {c: group.name for c, group in groups.items() if group.level == "medium"}
    name = code.map(names)
    basis = (census["name"] == name).map({True: SAME_NAME, False: RENAMED})
    valid = census.assign(occupation_code=code, occupation_name=name, basis=basis)
    fits = name.notna() & ~code.isin(REGROUPED)
    reason = "occupations were moved between this group and another in the edition of 2022"
    new = [c for c in names if c not in set(code) and c[0] != CIVILIANS_ONLY]
    only_new = pd.DataFrame({"medium_code_2015": new, "name": [names[c] for c in new]})
    rejected = pd.concat(
        [
            census[~fits].assign(**{REASON: reason}),
            only_new.assign(**{REASON: "group of the edition of 2022 only: no figure of 2020"}),
        ],
        ignore_index=True,
    )
    columns = ["occupation_code", "occupation_name", "employed_long_form_10pct", "basis"]
    return Split(valid.loc[fits, columns].reset_index(drop=True), rejected)


def load_employed_persons(region: str = "重庆") -> pd.Series:
    """Employed persons at the end of the year, indexed by the years that are known.

    Raises
    ------
    InputError
        When no figure of the region is known.

    Examples
    --------
    >>> load_employed_persons().to_dict()
    {2021: 16682700.0, 2022: 16443700.0, 2024: 16511500.0}
    """
    table = reference_table("employed_persons").frame()
    chosen = table[table["region"] == region]
    if chosen.empty:
        known = ", ".join(table["region"].unique())
        raise InputError("no total of employed persons", got=region, expected=known)
    persons = chosen["employed_10_thousand_persons"].astype(float) * PERSONS_IN_10_THOUSAND
    return pd.Series(persons.round().to_numpy(), index=chosen["year"].astype(int).to_numpy())
