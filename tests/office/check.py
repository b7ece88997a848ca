"""Updates plans that LibreOffice itself and python-docx edited, and has LibreOffice judge.

    python3 tests/office/check.py KHUNG CATALOG OUT

KHUNG is the program, CATALOG the folder of the second edition; what becomes of the plan that
python-docx edited goes into the folder OUT, to be validated; of what LibreOffice saved, which has
errors of its own, no new ones may come. For each editor and each way of
saving: nothing that people wrote is lost or under another heading, accepting all that khung
tracked gives what `--accept` writes, rejecting it gives back what people had, paragraph for
paragraph, the same inputs give the same bytes, and a second update changes nothing.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from docx import Document
from edits import (
    CONFLICT, DELETED, EDITS, JOINED, MOVED, PLACED_ANEW, PLACES, ROWS, SPLIT,
)
from office import ODT, Office

ROOT = Path(__file__).resolve().parent.parent.parent
VALIDATOR = ROOT / ".ci/node_modules/.bin/ooxml-validator"


def edit_with_office(office, draft, out, way):
    with office.open(draft) as document:
        for operation, *words in EDITS:
            getattr(document, operation)(*words)
        if way == "odt":
            document.save(out.with_suffix(".odt"), ODT)
        else:
            document.save(out)
    if way == "odt":
        with office.open(out.with_suffix(".odt")) as document:
            document.save(out)


def edit_with_python_docx(draft, out):
    """As far as python-docx goes: it has no search, no moving, no tracked changes."""
    document = Document(draft)
    done = set()
    for operation, *words in EDITS:
        found = [p for p in paragraphs(document) if words and str(words[0]) in p.text]
        if operation == "insert_after" and not "theo-dõi" in words[1]:
            found[0].add_run(words[1])
        elif operation == "replace":
            for run in found[0].runs:
                run.text = run.text.replace(*words)
        elif operation == "add_paragraph_after":
            following = document.paragraphs[index(document, found[0]) + 1]
            following.insert_paragraph_before(words[1], found[0].style)
        elif operation == "delete_paragraph":
            found[0]._p.getparent().remove(found[0]._p)
        elif operation == "add_to_cell":
            cell = [c for c in cells(document) if words[0] in c.text][0]
            cell.paragraphs[-1].add_run(words[1])
        elif operation == "add_row_after":
            # At the table's end: there is nothing else.
            table = [t for t in document.tables if any(words[0] in c.text for c in t._cells)][0]
            table.add_row().cells[1].text = words[1]
        else:
            continue
        done.add(operation)
    assert len(done) == 6, done
    document.save(out)


def paragraphs(document):
    return document.paragraphs


def index(document, paragraph):
    return [p._p for p in document.paragraphs].index(paragraph._p)


def cells(document):
    return [cell for table in document.tables for row in table.rows for cell in row.cells]


def lines(office, path, command=None):
    with office.open(path) as document:
        if command:
            document.command(command)
            assert not document.document.Redlines.hasElements(), "tracked changes are left"
        return document.lines()


def heading_of(word, said):
    """The heading of a task that is nearest above; the word stands once."""
    (at,) = (at for at, line in enumerate(said) if word in line)
    return next(line for line in reversed(said[:at]) if re.match(r"\d+\.\d+\. ", line))


def without(title, said):
    """The lines but for those of the task with this title."""
    found = (n for n, line in enumerate(said) if re.match(rf"\d+\.\d+\. {title}", line))
    start = next(found)
    end = start + 1
    while not re.match(r"\d+\.|[IVX]+\.|Nhiệm vụ khác", said[end]):
        end += 1
    return said[:start] + said[end:]


def edited_as_told(said):
    """Checks that LibreOffice did what it was told."""
    at = {line: number for number, line in enumerate(said)}

    def place(words):
        return next(number for line, number in at.items() if words in line)

    assert SPLIT in at and DELETED not in at
    assert place(JOINED[0]) == place(JOINED[1])
    assert place(MOVED[0]) + 1 == place(MOVED[1])


def update(khung, *arguments):
    process = subprocess.run(
        [khung, "update", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert process.returncode in (0, 1), process.stderr
    return process


def faults(path):
    """What the Open XML SDK says against a file, whatever its numbers."""
    said = subprocess.run([VALIDATOR, path], capture_output=True, text=True, check=False).stdout
    return {re.sub(r"\d+", "#", error["description"]) for error in json.loads(said)["errors"]}


def judge(office, khung, catalog, edited, words, rows):
    folder = edited.parent
    tracked, plain, twice = folder / "tracked.docx", folder / "plain.docx", folder / "twice.docx"
    first = update(khung, edited, "--catalog", catalog, "-o", tracked)
    assert first.returncode == 1, f"the conflict is not told: {first.stdout}"
    update(khung, edited, "--catalog", catalog, "--accept", "-o", plain)

    new = (faults(tracked) | faults(plain)) - faults(edited)
    assert not new, f"errors that the input did not have: {new}"

    accepted = lines(office, tracked, "AcceptAllTrackedChanges")
    wanted = lines(office, plain, "AcceptAllTrackedChanges")
    wanted = [line.replace(*CONFLICT) for line in wanted]
    same(accepted, wanted, "accepting all is not what --accept writes")

    rejected = lines(office, tracked, "RejectAllTrackedChanges")
    had = lines(office, edited, "RejectAllTrackedChanges")
    # What moved stays where it is now: moves are not tracked.
    same(sorted(rejected), sorted(had), "rejecting all is not what people had")
    for title in PLACED_ANEW:
        rejected, had = without(title, rejected), without(title, had)
    # Blank lines were counted above.
    rejected, had = [*filter(str.strip, rejected)], [*filter(str.strip, had)]
    same(rejected, had, "rejecting all gives another order")

    kept = lines(office, edited, "AcceptAllTrackedChanges")
    for word in [*words, *rows]:
        demanded = sum(line.count(word) for line in kept)
        found = sum(line.count(word) for line in accepted)
        assert found == demanded == 1, f"{word} stands {found} times, not {demanded}"
    for word in words:
        heading = heading_of(word, accepted)
        assert PLACES[word] in heading, f"{word} stands under {heading}"
    for word, row in rows.items():
        at = next(at for at, line in enumerate(accepted) if word in line)
        assert any(row in line for line in accepted[at - 1 : at + 1]), f"{word}: {accepted[at]}"

    again = update(khung, tracked, "--catalog", catalog, "-o", twice)
    assert ": 0 thay đổi, 0 xung đột" in again.stdout, again.stdout
    assert twice.read_bytes() == tracked.read_bytes()
    update(khung, edited, "--catalog", catalog, "-o", folder / "same.docx")
    assert (folder / "same.docx").read_bytes() == tracked.read_bytes()
    return first.stdout.strip().splitlines()[-1]


def same(one, other, complaint):
    if one != other:
        missing, more = Counter(other) - Counter(one), Counter(one) - Counter(other)
        sys.exit(f"{complaint}\n  missing: {list(missing)[:5]}\n  more: {list(more)[:5]}")


def main(khung, catalog, out):
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder) / "home") as office:
        folder = Path(folder)
        profile = ROOT / "examples/lao-cai.toml"
        subprocess.run([khung, "build", profile, "-o", folder], check=True, stdout=subprocess.DEVNULL)
        draft = folder / "lao-cai.docx"
        for way in ["docx", "odt", "python-docx"]:
            edited = folder / way / "edited.docx"
            edited.parent.mkdir()
            places, rows = dict(PLACES), dict(ROWS)
            if way == "python-docx":
                edit_with_python_docx(draft, edited)
                del places["bổ-sung-theo-dõi"]
                rows["bổ-sung-dòng"] = ""  # anywhere
            else:
                edit_with_office(office, draft, edited, way)
                edited_as_told(lines(office, edited))
            said = judge(office, khung, catalog, edited, places, rows)
            print(f"{way}: {said}", flush=True)
        shutil.copytree(folder / "python-docx", out)


main(*sys.argv[1:])
