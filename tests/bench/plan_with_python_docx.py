"""Writes paragraphs and tables with python-docx, as its documentation shows.

    python plan_with_python_docx.py BLOCKS.json OUT.docx [--plain]

BLOCKS.json is what `blocks.py` makes: a list of ["p", style, runs] and ["t", rows], a row a
list of cells, a cell a list of runs, a run [text, bold, italic]. `--plain` writes their text
alone, in the shortest way there is.
"""

import json
import sys

from docx import Document


def write_runs(paragraph, runs):
    for text, bold, italic in runs:
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None


def text(runs):
    return "".join(text for text, _, _ in runs)


def write(document, blocks, plain):
    for kind, *block in blocks:
        if kind == "p" and plain:
            document.add_paragraph(text(block[1]))
        elif kind == "p":
            write_runs(document.add_paragraph(style=block[0]), block[1])
        elif plain:
            (rows,) = block
            table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
            for there, row in zip(table.rows, rows):
                for cell, runs in zip(there.cells, row):
                    cell.text = text(runs)
        else:
            (rows,) = block
            table = document.add_table(rows=0, cols=max(map(len, rows)))
            for row in rows:
                for cell, runs in zip(table.add_row().cells, row):
                    write_runs(cell.paragraphs[0], runs)


def main(blocks, out, *options):
    document = Document()
    with open(blocks, encoding="utf-8") as file:
        write(document, json.load(file), options == ("--plain",))
    document.save(out)


main(*sys.argv[1:])
