"""Updates plans that LibreOffice edited at random, and judges by a reader that shares nothing with khung.

    python3 tests/office/at_random.py KHUNG CATALOG [--plans N] [--first SEED] [--without WAY …] [--keep FOLDER]

KHUNG is the program, CATALOG the folder of a second edition; two more are made of the first: one
moves the last task of each group to the next, one exchanges the tasks of two groups. Each plan is
filled, edited by 15 operations that its seed alone decides, and updated to all three. Every
paragraph that people wrote carries a token. In the text as a person sees it, each token must stand
as often as before, under the heading and in the group that it stood in, unless the catalogue moved
its task; rejecting all gives the paragraphs of the input; the frame is no more out of order than
it was; and a second update changes nothing. What fails goes into FOLDER, with its operations.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import uno  # noqa: F401  makes `com.sun.star` importable
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK
from com.sun.star.uno import Exception as UnoException
from docx import Document
from docxcompose.composer import Composer
from lxml import etree
from office import Office, every, properties

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TOKEN = re.compile(r"tk\d{4}q")
NUMBERED = re.compile(r"(\d+\.\d+\. )|(\d+\. )|([IVX]+\. )")
OPERATIONS = 15
GUIDANCE, ANNEX = "hướng dẫn", "tên phụ lục"


# What a file says, to a person who accepts or rejects.


class Line:
    """A paragraph: what it says accepted (`now`) and with khung's changes rejected (`was`)."""

    def __init__(self, paragraph, row, styles):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        self.style = "normal" if style is None else styles.get(style.get(f"{W}val"), "")
        self.row = row
        self.marks = [mark.get(f"{W}name") for mark in paragraph.iter(f"{W}bookmarkStart")]
        self.now, self.now_ends = said(paragraph, lambda change: False)
        self.was, self.was_ends = said(paragraph, of_khung)
        self.first, self.first_ends = said(paragraph, lambda change: True)
        self.tokens = TOKEN.findall(self.now)

    def level(self, titles):
        """1 for a part or an annex, 3 for a group, 4 for a task; None for what is no heading."""
        if self.row is not None or not self.now or self.style == GUIDANCE:
            return None
        for text in (bare(self.was), bare(self.now)):
            if text in titles:
                return titles[text]
        if self.now.startswith("Nhiệm vụ khác") or any(m.startswith("_khung_other_") for m in self.marks):
            return 4  # of the group, not of the task before it
        if self.style == ANNEX:
            return 1
        if found := re.fullmatch(r"heading (\d)", self.style):
            return int(found[1])
        numbered = NUMBERED.match(self.now)
        if numbered and numbered[1] and self.style == "normal" and self.tokens:
            return 4
        return None


def bare(title):
    """A heading without what people typed into it."""
    return " ".join(TOKEN.sub("", title).split())


def of_khung(change):
    return change.get(f"{W}author", "").startswith("khung ") and change.get(f"{W}date") is None


def stays(change, rejects):
    """Whether what a tracked change holds is there, when those that `rejects` names are rejected."""
    return (change.tag in (f"{W}ins", f"{W}moveTo")) != rejects(change)


CHANGES = {f"{W}{kind}" for kind in ("ins", "del", "moveTo", "moveFrom")}


def there(element, rejects):
    for above in element.iterancestors():
        if above.tag in CHANGES and not stays(above, rejects):
            return False
        if above.tag == FALLBACK:
            return False
        if above.tag == f"{W}tr":
            for change in above.findall(f"{W}trPr/*"):
                if change.tag in CHANGES and not stays(change, rejects):
                    return False
    return True


def said(paragraph, rejects):
    """The words, and whether the paragraph ends here."""
    words = []
    for element in paragraph.iter(f"{W}t", f"{W}delText", f"{W}tab", f"{W}br"):
        if element.tag == f"{W}tab" and element.getparent().tag == f"{W}tabs":
            continue
        if there(element, rejects):
            words.append(element.text or "" if element.tag in (f"{W}t", f"{W}delText") else " ")
    marks = paragraph.findall(f"{W}pPr/{W}rPr/*")
    ends = all(stays(mark, rejects) for mark in marks if mark.tag in CHANGES)
    return " ".join("".join(words).split()), ends


def read(path):
    with zipfile.ZipFile(path) as parts:
        body = etree.fromstring(parts.read("word/document.xml"))
        sheet = etree.fromstring(parts.read("word/styles.xml"))
    # By name: LibreOffice gives its own ids.
    styles = {
        style.get(f"{W}styleId"): style.find(f"{W}name").get(f"{W}val").lower()
        for style in sheet.iter(f"{W}style")
    }
    rows = {row: number for number, row in enumerate(body.iter(f"{W}tr"))}
    lines = []
    for paragraph in body.iter(f"{W}p"):
        row = next((rows[above] for above in paragraph.iterancestors(f"{W}tr")), None)
        lines.append(Line(paragraph, row, styles))
    return lines


def rejected(lines):
    """The paragraphs when all is rejected, in no order: what was moved stays where it is."""
    whole, open_text = [], ""
    for line in lines:
        open_text = f"{open_text} {line.first}".strip()
        if line.first_ends:
            whole.append(open_text)
            open_text = ""
    return Counter(text for text in [*whole, open_text] if text)


def frame(draft):
    """The headings of a draft with their level, and the group of each task."""
    titles, groups, group = {}, {}, None
    for line in draft:
        if (level := line.level({})) is None:
            continue
        titles.setdefault(line.now, level)
        if level < 4:
            group = line.now
        for mark in line.marks:
            if re.fullmatch(r"_khung_task_.+_1", mark):
                groups[mark] = group
    return titles, groups


class Place:
    """What stands above a line, as it was called before khung: heading, group and part.

    What stands behind a task's guidance is the group's: no task takes it along. `framed` is the
    group by the frame's headings alone; `task` is the nearest mark of a task.
    """

    def __init__(self, lines, at, titles):
        below = lines[at].level(titles) or 9
        self.heading = self.group = self.framed = self.part = None
        self.task = task_of(lines[at]) if below == 4 else None
        guided = False
        for line in reversed(lines[:at]):
            guided = guided or self.heading is None and line.style == GUIDANCE and below == 9
            level = line.level(titles)
            if level is None or level >= below:
                continue
            text = line.was or f"(new) {line.now}"
            if not (guided and level == 4):
                self.heading = self.heading or text
                if self.group is None:
                    self.task = self.task or task_of(line)
            if level <= 3:
                self.group = self.group or text
                if self.framed is None and bare(text) in titles:
                    self.framed = bare(text)
            if level == 1:
                self.part = text
                break
        # A line of a task whose heading people deleted.
        self.task = self.task or task_of(lines[at])

    def __str__(self):
        return " / ".join(str(text)[:60] for text in (self.part, self.framed, self.heading))


def task_of(line):
    marks = (re.match(r"_khung_task_(.+?)_\d+", mark) for mark in line.marks)
    return next((found[1] for found in marks if found), None)


def disorder(lines, order, wording):
    """How many pairs of neighbouring headings of the frame stand the wrong way round."""
    part, seen = "", {}
    for line in lines:
        text = bare(wording(line))
        if line.row is None and line.style in (ANNEX, "heading 1"):
            part = text
        if line.row is None and (part, text) in order:
            seen.setdefault((part, text), order[part, text])
    numbers = list(seen.values())
    return sum(one > other for at, one in enumerate(numbers) for other in numbers[at + 1 :])


def ordered(draft, known):
    """Where each heading of the second edition's draft stands, by the words of the first's."""
    order, part = {}, ""
    for number, line in enumerate(draft):
        level = line.level({})
        if level is None:
            continue
        text = known.get(line.marks[0] if line.marks else "", line.now)
        part = text if level == 1 else part
        order[part, text] = number
    return order


# What people do.


class Hands:
    """Edits an open document at random; tells what it did."""

    def __init__(self, writer, chance, folder, first_token):
        self.writer, self.chance, self.folder = writer, chance, folder
        self.document, self.text = writer.document, writer.document.Text
        self.token_number = first_token
        self.blocks = [
            (block, block.String, block.ParaStyleName)
            for block in every(self.text)
            if block.supportsService("com.sun.star.text.Paragraph")
        ]
        self.tables = [t for t in every(self.text) if t.supportsService("com.sun.star.text.TextTable")]
        self.log = []

    def edit(self, ways):
        while len(self.log) < OPERATIONS:
            way = self.chance.choice(ways)
            try:
                told = getattr(self, way)()
            except UnoException:
                told = None
            if told:
                self.log.append(f"{way}: {told}")

    def token(self):
        self.token_number += 1
        return f"tk{self.token_number:04}q"

    def pick(self, style=None):
        """A paragraph of text, or of a style; its number, too."""
        fits = [
            number
            for number, (_, text, of) in enumerate(self.blocks)
            if text.strip() and (of.startswith(style) if style else of in WRITTEN) and number > 12
        ]
        number = self.chance.choice(fits)
        block = self.blocks[number][0]
        block.String  # is it still there?
        return number, block

    def whole(self, block):
        cursor = self.text.createTextCursorByRange(block.Start)
        cursor.gotoEndOfParagraph(True)
        return cursor

    def below(self, block, text, style=None):
        cursor = self.whole(block)
        cursor.collapseToEnd()
        self.text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        if style:
            cursor.ParaStyleName = style
        self.text.insertString(cursor, text, False)
        return cursor

    def name(self, number):
        return repr(self.blocks[number][1][:50])

    def type_words(self):
        number, block = self.pick()
        token, words = self.token(), block.String
        cursor = self.text.createTextCursorByRange(block.Start)
        cursor.goRight(self.chance.choice([len(words), words.find(" ") + 1]), False)
        self.text.insertString(cursor, f" {token} ", False)
        return f"{token} in {self.name(number)}"

    def type_in_heading(self):
        number, block = self.pick("Heading")
        token = self.token()
        self.text.insertString(block.End, f" {token}", False)
        return f"{token} in {self.name(number)}"

    def type_line_anew(self):
        number, block = self.pick()
        token = self.token()
        self.whole(block).String = f"Viết lại cả dòng này {token}."
        return f"{token} for {self.name(number)}"

    def type_paragraph(self):
        number, block = self.pick()
        token = self.token()
        self.below(block, f"Đoạn mới của người soạn {token}.")
        return f"{token} below {self.name(number)}"

    def type_own_task(self):
        """Before a group's heading, as the last of the group before."""
        number, _ = self.pick("Heading 3")
        block = self.blocks[number - 1][0]
        title, words = self.token(), self.token()
        style = self.chance.choice(["Heading 4", "Standard"])
        cursor = self.below(block, f"6.9. Nhiệm vụ riêng {title}", style)
        self.text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        cursor.ParaStyleName = "Standard"
        self.text.insertString(cursor, f"Việc phải làm {words}.", False)
        return f"{title}, {words} ({style}) before {self.name(number)}"

    def delete_line(self):
        number, block = self.pick()
        cursor = self.whole(block)
        cursor.gotoNextParagraph(True)
        cursor.String = ""
        return self.name(number)

    def delete_heading(self):
        number, block = self.pick("Heading")
        cursor = self.whole(block)
        cursor.gotoNextParagraph(True)
        cursor.String = ""
        return self.name(number)

    def split(self):
        number, block = self.pick()
        words = block.String
        cursor = self.text.createTextCursorByRange(block.Start)
        cursor.goRight(words.find(" ", len(words) // 2) + 1, False)
        self.text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        return self.name(number)

    def join(self):
        number, block = self.pick()
        if self.blocks[number + 1][2] not in WRITTEN:
            return None
        cursor = self.whole(block)
        cursor.collapseToEnd()
        cursor.goRight(1, True)
        cursor.String = " "
        return self.name(number)

    def move_line(self):
        (number, block), (after, target) = self.pick(), self.pick()
        if number == after:
            return None
        cursor = self.whole(block)
        cursor.gotoNextParagraph(True)
        target = self.whole(target)
        target.gotoNextParagraph(False)
        self.writer.move(cursor, target)
        return f"{self.name(number)} behind {self.name(after)}"

    def move_task(self):
        """A task with all that is below its heading, before another task."""
        (number, block), (before, target) = self.pick("Heading 4"), self.pick("Heading 4")
        end = next(
            n for n in range(number + 1, len(self.blocks)) if self.blocks[n][2].startswith("Heading")
        )
        if number <= before <= end:
            return None
        cursor = self.text.createTextCursorByRange(block.Start)
        cursor.gotoRange(self.blocks[end][0].Start, True)
        self.writer.move(cursor, target.Start)
        return f"{self.name(number)} before {self.name(before)}"

    def heading_to_bold(self):
        number, block = self.pick("Heading")
        block.ParaStyleName = "Standard"
        block.CharWeight = 150.0
        return self.name(number)

    def line_to_heading(self):
        number, block = self.pick()
        block.ParaStyleName = style = self.chance.choice(["Heading 3", "Heading 4", "Heading 5"])
        return f"{self.name(number)} to {style}"

    def merge_cells(self):
        table = self.chance.choice(self.tables)
        row = self.chance.randint(1, table.Rows.Count)
        cursor = table.createCursorByCellName(f"B{row}")
        cursor.goRight(1, True)
        return cursor.mergeRange() and f"B and C of row {row} of {table.Name}"

    def insert_row(self):
        table = self.chance.choice(self.tables)
        row = self.chance.randint(1, table.Rows.Count)
        token = self.token()
        table.Rows.insertByIndex(row, 1)
        table.getCellByName(f"B{row + 1}").String = f"dòng mới {token}"
        return f"{token} behind row {row} of {table.Name}"

    def paste_html(self):
        number, block = self.pick()
        title, words, cell = self.token(), self.token(), self.token()
        page = self.folder / "paste.html"
        level = self.chance.choice([3, 4, 5])
        page.write_text(
            f"<html><meta charset=utf-8><body><h{level}>Mục dán {title}</h{level}><p>Chữ dán {words}</p>"
            f"<table border=1><tr><td>1</td><td>ô dán {cell}</td></tr></table><p>hết</p></body></html>"
        )
        cursor = self.below(block, "")
        cursor.insertDocumentFromURL(page.as_uri(), properties(FilterName="HTML (StarWriter)"))
        return f"h{level} {title}, {words}, {cell} below {self.name(number)}"

    def track_or_not(self):
        on = not self.document.RecordChanges
        self.writer.track(on)
        return "on" if on else "off"


# What people write in, by LibreOffice's names.
WRITTEN = ("Standard", "Gạch đầu dòng", "Gạch cộng")
WAYS = [
    "type_words", "type_words", "type_in_heading", "type_line_anew", "type_paragraph",
    "type_paragraph", "type_own_task", "delete_line", "delete_heading", "split", "join",
    "move_line", "move_task", "heading_to_bold", "line_to_heading", "merge_cells", "insert_row",
    "paste_html", "track_or_not",
]


def fill(draft, chance, out):
    """Writes into a third of the slots; tells how many tokens that took."""
    document, number = Document(draft), 0
    for text in document.element.body.iter(f"{W}t"):
        paragraph = next(text.iterancestors(f"{W}p"))
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "Guidance":
            continue
        if "[CẦN BỔ SUNG" in (text.text or "") and chance.random() < 0.3:
            number += 1
            text.text = re.sub(r"\[CẦN BỔ SUNG[^]]*\]?", f"đã điền tk{number:04}q", text.text, count=1)
    document.save(out)
    return number


def append_copy(path, draft):
    """As those do who keep the empty draft for reference."""
    composer = Composer(Document(path))
    composer.append(Document(draft))
    composer.save(path)
    return "append_copy: the empty draft, with docxcompose"


def move_paragraphs(path, chance):
    document = Document(path)
    body = [p for p in document.paragraphs if TOKEN.search(p.text) and not p.style.name.lower().startswith("heading")]
    told = []
    for one in chance.sample(body, min(3, len(body))):
        other = chance.choice([p for p in body if p is not one])
        other._p.addnext(one._p)
        told.append(f"{one.text[:40]!r} behind {other.text[:40]!r}")
    document.save(path)
    return f"move_paragraphs with python-docx: {'; '.join(told)}"


def make_plan(office, draft, seed, folder, without):
    """The edited plan and what was done to it, all decided by the seed."""
    chance = random.Random(seed)
    filled, edited = folder / "filled.docx", folder / "edited.docx"
    tokens = fill(draft, chance, filled)
    with office.open(filled) as writer:
        hands = Hands(writer, chance, folder, tokens)
        writer.track(seed % 2 == 1)
        hands.edit([way for way in WAYS if way not in without])
        writer.track(False)
        writer.save(edited)
    log = [f"tracked: {seed % 2 == 1}", *hands.log]
    if seed % 5 == 0 and "append_copy" not in without:
        log.append(append_copy(edited, draft))
    if seed % 5 == 3 and "move_paragraphs" not in without:
        log.append(move_paragraphs(edited, chance))
    return edited, log


# What is asked of an update.


class Edition:
    """A second edition: its catalogue, and what its draft says."""

    def __init__(self, khung, catalog, profile, first, folder):
        self.name, self.catalog = catalog.name, catalog
        run(khung, "build", profile, "--catalog", catalog, "-o", folder / catalog.name)
        draft = read(folder / catalog.name / "lao-cai.docx")
        titles, groups = frame(draft)
        self.first_titles, first_groups = frame(first)
        known = {line.marks[0]: line.now for line in first if line.marks and line.level({})}
        self.titles = titles | self.first_titles
        self.order = ordered(draft, known)
        # The group of each task that goes to another.
        self.moved = {
            task.removeprefix("_khung_task_").removesuffix("_1"): known.get(self._mark(draft, group), group)
            for task, group in groups.items()
            if task in first_groups and first_groups[task] != group
        }

    @staticmethod
    def _mark(draft, title):
        return next(
            (line.marks[0] for line in draft if line.now == title and line.marks
             and line.marks[0].startswith("_khung_group_")), ""
        )


def judge(khung, edited, edition, folder):
    """What is wrong with the update of a plan, and how many tokens were looked for."""
    updated, twice = folder / "updated.docx", folder / "twice.docx"
    for left in (updated, twice):
        left.unlink(missing_ok=True)
    process = run(khung, "update", edited, "--catalog", edition.catalog, "-o", updated, may_fail=True)
    told = process.stdout + process.stderr
    if process.returncode not in (0, 1) or "lỗi của khung" in told or not updated.exists():
        return [f"exit {process.returncode}: {told.strip()[-400:]}"], 0
    wrong = []
    before, after = read(edited), read(updated)
    titles = edition.titles
    stood = {token: at for at, line in enumerate(before) for token in line.tokens}
    stands = {token: at for at, line in enumerate(after) for token in line.tokens}
    often = Counter(token for line in before for token in line.tokens)
    now_often = Counter(token for line in after for token in line.tokens)
    for token in sorted(often | now_often):
        if often[token] != now_often[token]:
            wrong.append(f"{token} stands {now_often[token]} times, not {often[token]}")
        elif often[token] == 1:
            wrong += misplaced(token, before, stood[token], after, stands[token], edition)
    had, has = rejected(before), rejected(after)
    if had != has:
        wrong.append(f"rejecting: missing {[*(had - has)][:3]}, more {[*(has - had)][:3]}")
    was = disorder(before, edition.order, lambda line: line.now)
    now = disorder(after, edition.order, lambda line: line.was if line.now else "")
    if now > was:
        wrong.append(f"the frame's disorder grows from {was} to {now}")
    again = run(khung, "update", updated, "--catalog", edition.catalog, "-o", twice, may_fail=True)
    if again.returncode not in (0, 1) or ": 0 thay đổi" not in again.stdout:
        wrong.append(f"a second update: {(again.stdout + again.stderr).strip()[-300:]}")
    elif twice.read_bytes() != updated.read_bytes():
        wrong.append("a second update changes bytes")
    return wrong, len(often)


def misplaced(token, before, stood, after, stands, edition):
    was, now = (Place(*at, edition.titles) for at in ((before, stood), (after, stands)))
    if before[stood].row is not None:
        one, other = (
            {t for line in lines if line.row == lines[at].row for t in line.tokens}
            for lines, at in ((before, stood), (after, stands))
        )
        if one != other:
            return [f"{token} stood in a row with {sorted(one)}, now {sorted(other)}"]
    goes = edition.moved.get(was.task)
    # A task's title has only its group above it.
    same_heading = now.heading == was.heading or was.heading == was.group
    if same_heading and ((now.part, now.framed) == (was.part, was.framed) or goes and now.framed == goes):
        return []
    return [f"{token} stood under {was}, now {now}{f' (the catalogue: {goes})' if goes else ''}"]


def second_editions(khung, folder):
    """Two more catalogues, made of the one in the program by its text."""
    made = []
    for name in ("last-tasks-move", "groups-exchanged"):
        run(khung, "catalog", "export", folder / "export" / name)
        source = next((folder / "export" / name / "catalog").iterdir())
        catalog = folder / "editions" / name
        shutil.copytree(source, catalog, ignore=shutil.ignore_patterns("sample-*"))
        edition = catalog / "edition.toml"
        text, count = re.subn(r'(?m)^version = .*$', 'version = "2024.90"', edition.read_text())
        assert count == 1, name
        edition.write_text(text)
        province = catalog / "province.toml"
        head, *tasks = re.split(r"(?m)^(?=\[\[task\]\]$)", province.read_text())
        sections = [re.search(r'(?m)^section = "(.*)"$', task)[1] for task in tasks]
        groups = list(dict.fromkeys(sections))
        goes = list(sections)
        if name == "last-tasks-move":
            for at, group in enumerate(groups):
                own = [n for n, section in enumerate(sections) if section == group]
                if len(own) > 1:
                    goes[own[-1]] = groups[(at + 1) % len(groups)]
        else:
            exchanged = {"institutions": "society", "society": "institutions"}
            goes = [exchanged.get(section, section) for section in sections]
        assert goes != sections, name
        province.write_text(head + "".join(
            re.sub(r'(?m)^section = .*$', f'section = "{section}"', task, count=1)
            for task, section in zip(tasks, goes)
        ))
        made.append(catalog)
    return made


def run(*command, may_fail=False):
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=not may_fail, timeout=120
    )


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("khung", type=Path)
    asked.add_argument("catalog", type=Path)
    asked.add_argument("--plans", type=int, default=10)
    asked.add_argument("--first", type=int, default=1, help="the seed of the first plan")
    asked.add_argument("--without", nargs="+", choices=sorted({*WAYS, "append_copy", "move_paragraphs"}), default=[])
    asked.add_argument("--keep", type=Path, help="where files go that fail")
    asked = asked.parse_args()
    failures = tokens = updates = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        profile = folder / "lao-cai.toml"
        profile.write_text('agency = "Lào Cai"\n')
        run(asked.khung, "build", profile, "-o", folder)
        draft = folder / "lao-cai.docx"
        first = read(draft)
        editions = [
            Edition(asked.khung, catalog, profile, first, folder)
            for catalog in [asked.catalog, *second_editions(asked.khung, folder)]
        ]
        with Office(folder / f"home-{folder.name}") as office:
            for seed in range(asked.first, asked.first + asked.plans):
                edited, log = make_plan(office, draft, seed, folder, asked.without)
                bad = False
                for edition in editions:
                    wrong, count = judge(asked.khung, edited, edition, folder)
                    tokens, updates = tokens + count, updates + 1
                    for complaint in wrong:
                        print(f"seed {seed}, {edition.name}: {complaint}", flush=True)
                    failures += len(wrong)
                    bad = bad or bool(wrong)
                    if wrong and asked.keep:
                        kept = asked.keep / f"{seed}-{edition.name}"
                        kept.mkdir(parents=True, exist_ok=True)
                        for name in ("edited.docx", "updated.docx"):
                            if (folder / name).exists():
                                shutil.copy(folder / name, kept)
                        (kept / "log").write_text("\n".join([*log, "", *wrong, ""]))
                if bad:
                    print("".join(f"    {done}\n" for done in log), end="", flush=True)
                elif (seed - asked.first) % 10 == 9:
                    print(f"seed {seed}: {tokens} tokens so far", flush=True)
    print(
        f"{asked.plans} plans of {OPERATIONS} operations, {updates} updates, {tokens} tokens: "
        f"{failures} failures"
    )
    sys.exit(1 if failures else 0)


main()
