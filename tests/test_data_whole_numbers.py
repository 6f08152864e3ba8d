"""Numbers as options: whole ones of any kind are taken, everything else is refused clearly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigurationError
from data.whole_numbers import is_real, whole_number, whole_numbers


@given(st.integers(-50, 50), st.sampled_from([int, np.int8, np.int64, np.array]))
def test_whole_numbers_of_any_kind_become_int_within_the_range(value, kind):
    if -10 <= value <= 10:
        number = whole_number(kind(value), "horizon", -10, 10)
        assert number == value
        assert type(number) is int
    else:
        with pytest.raises(ConfigurationError, match="-10 to 10"):
            whole_number(kind(value), "horizon", -10, 10)


@pytest.mark.parametrize(
    "value", [1.0, 1.5, np.float64(1), "1", None, True, np.True_, [1], np.array([1, 2]), 10**30]
)
def test_what_is_not_whole_is_refused_by_name(value):
    with pytest.raises(ConfigurationError, match=r"horizon; got .* expected a whole number"):
        whole_number(value, "horizon", 0, 100)


@pytest.mark.parametrize("values", [(), 80, None, "80", (80.5,), (80, True), (0,)])
def test_lists_that_are_none_or_hold_another_thing_are_refused(values):
    with pytest.raises(ConfigurationError, match="levels"):
        whole_numbers(values, "levels", 1, 99)
    assert whole_numbers(np.array([80, 95]), "levels", 1, 99) == (80, 95)


def test_real_numbers_are_of_their_range_and_no_texts():
    assert all(is_real(value, 0, 1) for value in (0, 0.5, np.float32(1), np.int64(1)))
    for wrong in (-0.1, 1.1, float("nan"), float("inf"), True, np.True_, "0.5", None, 0.5j, [0.5]):
        assert not is_real(wrong, 0, 1)
    assert is_real(float("inf"), 0, float("inf"))
