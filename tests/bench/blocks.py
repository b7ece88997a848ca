"""Takes the paragraphs and tables out of a DOCX, for a peer to write them.

    python blocks.py PLAN.docx BLOCKS.json
"""

import json
import sys

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph


def runs(paragraph):
    return [[run.text, bool(run.bold), bool(run.italic)] for run in paragraph.runs]


def cell(element):
    """The runs of all paragraphs of a cell."""
    return [run for paragraph in element.p_lst for run in runs(Paragraph(paragraph, None))]


def blocks(path):
    known = {style.name for style in Document().styles}
    for block in Document(path).iter_inner_content():
        if isinstance(block, Table):
            yield ["t", [[cell(one) for one in row.tc_lst] for row in block._tbl.tr_lst]]
        else:
            name = block.style.name
            yield ["p", name if name in known else "Normal", runs(block)]


with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(list(blocks(sys.argv[1])), out)
