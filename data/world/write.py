"""Write a world: the inputs of the product in one folder, the truth in a folder beside them."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import ConfigurationError
from ..quarters import shift_quarter
from .events import WARM_UP_QUARTERS, Events, draw_events
from .market import History, simulate
from .parameters import WorldParameters
from .postings import COLUMNS, EARLIER_QUARTER_FACTOR, plan_advertising, stream_postings
from .registers import Registers, demand_rows, register, seekers_rows
from .structure import Structure, form_structure
from .supply import previous_rows, supply_rows
from .truth import Truth, tell_truth
from .wording import load_wordings

README = """合成劳动力市场

本文件夹由程序模拟生成，用于检验紧缺目录的测算方法，不反映任何真实单位、个人或
重庆市劳动力市场的实际情况，不得用于决策或发布。

postings.parquet  招聘信息（最近两个季度）
demand.csv        分行业门类、分区县登记招聘人数
seekers.csv       分职业登记求职人数（部分只到中类或大类，部分未填职业）
supply.csv        培训班次
previous.csv      上一期目录
truth/            真实情况：空缺、紧缺、取证、事件和全部参数；测算程序不读取本文件夹
"""
HEADERS = {
    "demand": ("季度", "行业代码", "区县代码", "招聘人数", "来源"),
    "seekers": ("季度", "职业编码", "区县代码", "求职人数", "来源"),
    "supply": (
        "完成季度", "职业编码", "等级", "区县代码", "培训机构",
        "报名人数", "取证人数", "状态", "容量",
    ),
    "previous": ("期次", "职业编码", "紧缺等级"),
}  # fmt: skip
STREAMS = (
    "structure", "events", "market", "registers", "stated", "supply", "coverage", "postings",
)  # fmt: skip
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class World:
    """A simulated labour market in memory."""

    parameters: WorldParameters
    structure: Structure
    events: Events
    history: History
    registers: Registers
    truth: Truth


def build_world(parameters: WorldParameters) -> World:
    """Simulate a labour market with all that registers see of it and all that is true.

    Each part has a random stream of its own, so that a change in one leaves the others alone.
    """
    streams = _streams(parameters.seed)
    structure = form_structure(parameters, streams["structure"])
    events = draw_events(parameters, structure, streams["events"])
    history = simulate(parameters, structure, events, streams["market"])
    return World(
        parameters,
        structure,
        events,
        history,
        register(parameters, structure, events, history, streams["registers"]),
        tell_truth(parameters, structure, events, history),
    )


def write_world(
    folder: Path | str,
    parameters: WorldParameters,
    *,
    postings: int,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the inputs and the truth of a world.

    Parameters
    ----------
    folder : path
        Made when it is not there; files of the same names are overwritten.
    parameters : WorldParameters
    postings : int
        Postings of the last quarter; the quarter before has half as many.
    progress : callable, optional
        Called with the step and the rows written.

    Returns
    -------
    list of pathlib.Path
        The files, sorted.  Equal arguments give equal bytes.

    Raises
    ------
    ConfigurationError
        When the number of postings is negative.
    """
    if postings < 0:
        raise ConfigurationError("postings of the world", got=postings, expected="0 or more")
    folder = Path(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    world = build_world(parameters)
    files = [
        _write_csv(folder / f"{name}.csv", HEADERS[name], rows)
        for name, rows in _tables(world).items()
    ]
    files.append(_write_postings(folder / "postings.parquet", world, postings, progress))
    files += _write_truth(folder / "truth", world)
    readme = folder / "README.txt"
    readme.write_text(README, encoding="utf-8")
    return sorted([*files, readme])


def _streams(seed: int) -> dict[str, np.random.Generator]:
    children = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return {n: np.random.default_rng(child) for n, child in zip(STREAMS, children, strict=True)}


def _tables(world: World) -> dict[str, Iterable[Sequence[str]]]:
    streams = _streams(world.parameters.seed)
    return {
        "demand": demand_rows(world.registers, world.structure),
        "seekers": seekers_rows(world.registers, world.structure, streams["stated"]),
        "supply": supply_rows(
            world.registers, world.structure, _certificates(world), streams["supply"]
        ),
        "previous": previous_rows(world.registers, world.structure),
    }


def _certificates(world: World) -> np.ndarray:
    quarters = world.parameters.quarters
    return world.history.certificates[WARM_UP_QUARTERS : WARM_UP_QUARTERS + quarters]


def _write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def _write_postings(path: Path, world: World, postings: int, progress: Progress | None) -> Path:
    streams, wordings = _streams(world.parameters.seed), load_wordings()
    plans = plan_advertising(world.parameters, world.structure, world.history, streams["coverage"])
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for plan in plans:
            is_last = plan.quarter == world.parameters.last_quarter
            count = postings if is_last else round(postings * EARLIER_QUARTER_FACTOR)
            for batch in stream_postings(
                plan, world.structure, wordings,
                count=count, prefix=plan.quarter, generator=streams["postings"],
            ):  # fmt: skip
                writer.write_table(batch)
                written += len(batch)
                if progress is not None:
                    progress("postings", written)
    return path


def _write_truth(folder: Path, world: World) -> list[Path]:
    truth = world.truth
    frames = {
        "openings": truth.openings,
        "shortage": truth.shortage,
        "certificates": truth.certificates,
        "registered": _registered(world),
    }
    paths = []
    for name, frame in frames.items():
        path = folder / f"{name}.parquet"
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(table, path, compression="zstd")
        paths.append(path)
    return [*paths, _write_json(folder / "events.json", _events(world))]


def _registered(world: World) -> pd.DataFrame:
    """Registered openings and seekers by the occupation they truly are of."""
    registers, codes = world.registers, np.array(world.structure.codes)
    return pd.DataFrame(
        {
            "quarter": np.repeat(registers.quarters, len(codes)),
            "occupation_code": np.tile(codes, len(registers.quarters)),
            "openings": registers.openings.sum(axis=2).ravel(),
            "seekers": registers.seekers.ravel().round(3),
        }
    )


def _events(world: World) -> dict[str, object]:
    events, structure, registers = world.events, world.structure, world.registers
    old, new, changed = registers.split
    last, quarters = world.parameters.last_quarter, world.parameters.quarters
    return {
        "parameters": asdict(world.parameters),
        "shock_quarter": events.quarters[events.shock_step],
        "plants": [
            {
                "quarter": events.quarters[plant.step],
                "district_code": structure.districts[plant.district],
                "section": plant.section,
                "jobs": round(float(plant.jobs.sum()), 1),
            }
            for plant in events.plants
        ],
        "taxonomy_change": {
            "quarter": shift_quarter(last, changed + 1 - quarters),
            "from_code": structure.codes[old],
            "new_code": structure.codes[new],
        },
        "board_joined_quarter": last,
    }


def _write_json(path: Path, content: dict[str, object]) -> Path:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path
