"""Small csv files, workbooks and parquet files for the tests of the readers."""

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter


def write_csv(path: Path, *rows: Sequence[object], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def write_workbook(path: Path, *rows: Sequence[object], sheet: str = "数据") -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, datetime.date):
                    worksheet.write_datetime(at, place, value, day)
                else:
                    worksheet.write(at, place, value)
    return path


def write_parquet(path: Path, *rows: Sequence[object]) -> Path:
    columns = {
        str(name): pa.array([None if row[at] is None else str(row[at]) for row in rows[1:]])
        for at, name in enumerate(rows[0])
    }
    pq.write_table(pa.table(columns), path)
    return path
