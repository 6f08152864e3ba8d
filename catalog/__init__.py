from .build import Ranking, build_draft, rank_occupations
from .coherence import CoherentForecast, forecast_coherently
from .configuration import Configuration, read_configuration
from .demand import demand_by_occupation, demand_by_section
from .demand_series import DemandSeries, demand_series
from .diff import diff_releases, render_diff
from .draft import Draft
from .fonts import chinese_font
from .grade import GradeParameters, grade_occupations
from .indicators import Market, form_indicators
from .inputs import Inputs, apply_corrections, previous_grades, read_inputs
from .outlook import Outlook, form_outlook
from .publish import publish
from .register import Register, form_register
from .requirements import RequirementsAccount, requirements_account
from .run import load_coder, read_corpus, run
from .score import ScoreParameters, score_occupations
from .supply import code_courses
from .vacancy_ratio import spread_seekers, vacancy_ratios
from .verify import VerificationReport, verify_release

__all__ = [
    "CoherentForecast",
    "Configuration",
    "DemandSeries",
    "Draft",
    "GradeParameters",
    "Inputs",
    "Market",
    "Outlook",
    "Ranking",
    "Register",
    "RequirementsAccount",
    "ScoreParameters",
    "VerificationReport",
    "apply_corrections",
    "build_draft",
    "chinese_font",
    "code_courses",
    "demand_by_occupation",
    "demand_by_section",
    "demand_series",
    "diff_releases",
    "forecast_coherently",
    "form_indicators",
    "form_outlook",
    "form_register",
    "grade_occupations",
    "load_coder",
    "previous_grades",
    "publish",
    "rank_occupations",
    "read_configuration",
    "read_corpus",
    "read_inputs",
    "render_diff",
    "requirements_account",
    "run",
    "score_occupations",
    "spread_seekers",
    "vacancy_ratios",
    "verify_release",
]
