"""Has Docxodus merge what two people made of a Word file, as tracked changes.

    python consolidate.py BASE.docx EDITED.docx FRESH.docx OUT.docx
"""

import sys
from pathlib import Path

from docx_scalpel import DocxDiffReviewer, docx_diff_consolidate

base, edited, fresh, out = map(Path, sys.argv[1:])
reviewers = [DocxDiffReviewer(author=one.stem, document=one.read_bytes()) for one in (edited, fresh)]
out.write_bytes(docx_diff_consolidate(base.read_bytes(), reviewers))
