"""Census of 2020: employment of Chongqing and the nation by medium group of the 大典 2015."""

import pandas as pd

from ..errors import InputError
from .tables import reference_table

REGIONS = ("重庆", "全国")
SEXES = ("total", "male", "female")


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
