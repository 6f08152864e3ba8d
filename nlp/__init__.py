from .coder import Coder
from .coding_result import CodingParameters, CodingResult
from .corpus import Corpus, code_corpus
from .evaluate import Evaluation, EvaluationParameters, evaluate, evaluate_coding
from .explain import Explanation, explain
from .imputation import ImputationParameters, impute_openings
from .industry import infer_industries
from .lexicon import Lexicon
from .mask import mask
from .normalise import normalise
from .posting import Posting
from .prepare import PreparationParameters, clean_texts, prepare_postings
from .reposts import RepostParameters, collapse_reposts
from .segment import ReferenceSegmenter, Segmenter
from .swapped import agreement_of_title_and_description
from .tabulate import contributions, openings_by_occupation, tabulate_panel
from .titles import ParsedTitle, parse_title

__all__ = [
    "Coder",
    "CodingParameters",
    "CodingResult",
    "Corpus",
    "Evaluation",
    "EvaluationParameters",
    "Explanation",
    "ImputationParameters",
    "Lexicon",
    "ParsedTitle",
    "Posting",
    "PreparationParameters",
    "ReferenceSegmenter",
    "RepostParameters",
    "Segmenter",
    "agreement_of_title_and_description",
    "clean_texts",
    "code_corpus",
    "collapse_reposts",
    "contributions",
    "evaluate",
    "evaluate_coding",
    "explain",
    "impute_openings",
    "infer_industries",
    "mask",
    "normalise",
    "openings_by_occupation",
    "parse_title",
    "prepare_postings",
    "tabulate_panel",
]
