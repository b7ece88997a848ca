"""Adds a word to every N-th paragraph of a DOCX that has a sentence.

    python edit.py PLAN.docx OUT.docx N
"""

import sys

from docx import Document

plan, out, every = sys.argv[1:]
document = Document(plan)
sentences = [paragraph for paragraph in document.paragraphs if len(paragraph.text) > 40]
for paragraph in sentences[:: int(every)]:
    paragraph.add_run(" bổ-sung")
document.save(out)
