"""One tree of errors: each carries a code for scripts and a message for people.

A message answers five questions in one line: what is wrong, how many and which,
what was got, what was expected, and what to do next.  The command line prints it
and leaves with the class's exit code; nothing else ever formats an error.
"""

from collections.abc import Sequence

SHOWN_AT_MOST = 5


class JinqueError(Exception):
    """Base of every error that this product raises on purpose.

    Parameters
    ----------
    what : str
        The fault in one clause, with the table, file or option it is in.
    which : sequence of object, optional
        The offending names or values; the first five are shown and all are counted.
    got, expected : object, optional
        What was found and what would have been right.
    action : str, optional
        What the reader can do about it.

    Examples
    --------
    >>> error = InputError("unknown districts", which=["500999"], expected="a GB/T 2260 code")
    >>> print(error)
    unknown districts (1: 500999); expected a GB/T 2260 code
    >>> error.code, error.exit_code
    ('input', 3)
    """

    code = "fault"
    exit_code = 5

    def __init__(
        self,
        what: str,
        *,
        which: Sequence[object] = (),
        got: object = None,
        expected: object = None,
        action: str = "",
    ) -> None:
        self.what = what
        self.which = tuple(which)
        self.got = got
        self.expected = expected
        self.action = action
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [self.what + _enumeration(self.which)]
        if self.got is not None:
            parts.append(f"got {self.got}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        if self.action:
            parts.append(self.action)
        return "; ".join(parts)


def _enumeration(which: tuple[object, ...]) -> str:
    if not which:
        return ""
    shown = ", ".join(str(item) for item in which[:SHOWN_AT_MOST])
    more = ", …" if len(which) > SHOWN_AT_MOST else ""
    return f" ({len(which)}: {shown}{more})"


class ConfigurationError(JinqueError):
    """A configuration file or a command's options cannot be used."""

    code = "configuration"
    exit_code = 2


class InputError(JinqueError):
    """An input cannot be used: the base of all errors about data from outside."""

    code = "input"
    exit_code = 3


class MissingFileError(InputError):
    """A named file or folder is not there."""

    code = "input.missing_file"


class UnreadableFileError(InputError):
    """A file is there but its encoding, format or size cannot be accepted."""

    code = "input.unreadable_file"


class UnknownColumnsError(InputError):
    """A file has none, or not enough, of the columns that its table needs."""

    code = "input.unknown_columns"


class ContractError(InputError):
    """Rows or columns of a table break its contract."""

    code = "input.contract"


class EmptyInputError(InputError):
    """An input has no row left for what was asked, such as a quarter without postings."""

    code = "input.empty"


class UnknownCodeError(InputError, LookupError):
    """A code is not in its reference table."""

    code = "input.unknown_code"


class ReleaseExistsError(ConfigurationError):
    """A release stands where a new one was to be written; releases are never overwritten."""

    code = "configuration.release_exists"


class BrokenReleaseError(InputError):
    """A release folder is incomplete or differs from its manifest."""

    code = "input.broken_release"


class GateError(JinqueError):
    """A quality gate withheld the release."""

    code = "gate"
    exit_code = 4


class InternalError(JinqueError):
    """A fault of this program: please report it."""

    code = "fault"
    exit_code = 5
