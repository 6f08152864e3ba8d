from .coder import Coder, CodingParameters, CodingResult
from .corpus import Corpus, code_corpus
from .evaluate import evaluate_coding
from .imputation import ImputationParameters, impute_openings
from .industry import infer_industries
from .lexicon import Lexicon
from .mask import mask
from .normalise import normalise
from .prepare import PreparationParameters, clean_texts, prepare_postings
from .reposts import RepostParameters, collapse_reposts
from .segment import ReferenceSegmenter, Segmenter
from .tabulate import contributions, openings_by_occupation, tabulate_panel
from .titles import ParsedTitle, parse_title

__all__ = [
    "Coder",
    "CodingParameters",
    "CodingResult",
    "Corpus",
    "ImputationParameters",
    "Lexicon",
    "ParsedTitle",
    "PreparationParameters",
    "ReferenceSegmenter",
    "RepostParameters",
    "Segmenter",
    "clean_texts",
    "code_corpus",
    "collapse_reposts",
    "contributions",
    "evaluate_coding",
    "impute_openings",
    "infer_industries",
    "mask",
    "normalise",
    "openings_by_occupation",
    "parse_title",
    "prepare_postings",
    "tabulate_panel",
]
