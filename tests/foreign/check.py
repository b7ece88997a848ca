"""Checks and updates DOCX files that nobody here wrote.

    python3 tests/foreign/check.py KHUNG CATALOG FILES

KHUNG is the program, CATALOG the folder of the second edition, FILES the folder that fetch.py
filled. As they are, `check` says what it can and `update` refuses. Then a plan that people
edited is pasted into each, once below what it says and once around it: either `update` refuses
and says why, or it finds what it finds in the plan alone, every paragraph and table of the
foreign document is in the result byte for byte and in order, other parts of the file are the
same but for what was added to them, and a second update finds nothing.
"""

import re
import resource
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.parsers import expat

ROOT = Path(__file__).resolve().parent.parent.parent
MAIN, RECORD, STYLES = "word/document.xml", "customXml/item1.xml", "word/styles.xml"
MEMORY, SECONDS = 2 << 30, 60
# Where a foreign document goes when it is pasted into the plan: at the end of a task that the
# second edition changes.
INSIDE = b"_khung_task_e_transactions_law_"
SECTION = re.compile(rb"<w:sectPr[ >].*?</w:sectPr>", re.S)
# A start tag; `>` may stand in its attributes.
TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
MARGINALS = re.compile(rb"<w:(header|footer)Reference [^>]*/>")
# Parts that an update adds to: comments of conflicts, the record, and what names them.
GROWING = re.compile(r"\[Content_Types\]\.xml|.*\.rels|.*comments\d*\.xml|docProps/custom\.xml")


class Failure(Exception):
    pass


def demand(holds, complaint):
    if not holds:
        raise Failure(complaint)


def khung(program, *arguments):
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    command = [program, *map(str, arguments)]
    process = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, preexec_fn=limit, check=False
    )
    said = process.stdout + process.stderr
    demand(process.returncode in (0, 1, 2), f"{arguments[0]}: exit {process.returncode}: {said}")
    demand("panicked" not in said and said.strip(), f"{arguments[0]}: {said}")
    demand("lỗi của khung" not in said, f"{arguments[0]}: {said}")
    return process.returncode, said


def spans(xml):
    """Where each child of the body begins and ends, and where the body ends."""
    parser, depth, found, starts = expat.ParserCreate(), 0, [], []

    def start(name, _):
        nonlocal depth
        depth += 1
        if depth == 3 and starts:
            found.append([parser.CurrentByteIndex, None])
        elif depth == 2 and name.split(":")[-1] == "body":
            starts.append(parser.CurrentByteIndex)

    def end(name):
        nonlocal depth
        at = parser.CurrentByteIndex
        if depth == 3 and starts:
            tag = TAG.match(xml, found[-1][0])
            is_closed = tag[0].endswith(b"/>")
            found[-1][1] = tag.end() if is_closed else xml.index(b">", at) + 1
        elif depth == 2 and name.split(":")[-1] == "body":
            starts.append(at)
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    demand(len(starts) == 2 and xml.startswith(b"</", starts[1]), "no body")
    return found, starts[1]


def children(xml):
    found, end = spans(xml)
    blocks = [xml[start:stop] for start, stop in found]
    begin = found[0][0] if found else end
    return xml[:begin], blocks, xml[end:]


class Plan:
    """A plan that people edited, cut into what can be pasted."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as package:
            main, self.record = package.read(MAIN).decode(), package.read(RECORD)
            self.styles = re.findall(rb"<w:style .*?</w:style>", package.read(STYLES), re.S)
        for edit in tomllib.loads((ROOT / "tests/editions/edits.toml").read_text())["edit"]:
            demand(main.count(edit["from"]) == 1, edit["from"])
            main = main.replace(edit["from"], edit["to"])
        _, blocks, _ = children(main.encode())
        # Headers and the last page setup stay behind, as they do in Word.
        bare = lambda section: MARGINALS.sub(b"", section[0])
        self.blocks = [SECTION.sub(bare, block) for block in blocks[:-1]]

    def missing(self, styles):
        ids = lambda text: re.search(rb'w:styleId="([^"]*)"', text)[1]
        return b"".join(style for style in self.styles if b'"%s"' % ids(style) not in styles)


def paste(plan, source, target, inside):
    """Writes the file with the plan pasted into it; gives the blocks that were there."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        part = main_part(old)
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                head, blocks, tail = children(content)
                last = [blocks[-1]] if blocks and b"sectPr" in blocks[-1][:12] else []
                own = blocks[: len(blocks) - len(last)]
                if inside:
                    at = max(n for n, block in enumerate(plan.blocks) if INSIDE in block) + 1
                    pasted = [*plan.blocks[:at], *own, *plan.blocks[at:]]
                else:
                    pasted = [*own, *plan.blocks]
                content = head + b"".join([*pasted, *last]) + tail
            elif entry.filename == STYLES:
                content = content.replace(b"</w:styles>", plan.missing(content) + b"</w:styles>")
            new.writestr(entry, content)
        new.writestr("customXml/item9999.xml", plan.record)
    return own


def main_part(package):
    relations = package.read("_rels/.rels").decode("utf-8", "replace")
    for relation in re.findall(r"<Relationship [^>]*>", relations):
        if re.search(r'Type="[^"]*/officeDocument"', relation):
            return re.search(r'Target="/?([^"]*)"', relation)[1]
    raise Failure("no main part")


def grew(old, new):
    """Tells whether something was put in at one place, or into a root that closed itself."""
    at = next((n for n, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    return len(new) >= len(old) and (new.endswith(old[at:]) or old[at:].strip() == b"/>")


def compare(before, after, own):
    """What the update did to the file, beside the plan in it."""
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        part = main_part(old)
        names = set(new.namelist())
        for entry in old.infolist():
            name = entry.filename
            demand(name in names, f"{name} is gone")
            was, now = old.read(name), new.read(name)
            if name == part or name == "customXml/item9999.xml":
                continue
            if GROWING.fullmatch(name):
                demand(grew(was, now), f"{name} lost something")
            else:
                demand(was == now, f"{name} changed")
                packed = lambda entry: (entry.date_time, entry.compress_size, entry.comment)
                demand(packed(entry) == packed(new.getinfo(name)), f"{name} was packed anew")
        _, blocks, _ = children(new.read(part))
    lost = Counter(own) - Counter(blocks)
    demand(not lost, f"{lost.total()} of {len(own)} blocks changed: {[*lost][:1]}")
    rest = iter(blocks)
    demand(all(block in rest for block in own), "blocks stand in another order")


def as_it_is(program, path, folder):
    copy = folder / path.name
    content = path.read_bytes()
    copy.write_bytes(content)
    khung(program, "check", copy)
    code, said = khung(program, "update", copy)
    demand(code == 2 and path.name in said, f"update: exit {code}: {said}")
    demand(copy.read_bytes() == content, "the file was touched")
    copy.unlink()
    return said


def pasted(program, catalog, expected, plan, path, folder, inside):
    place = "inside" if inside else "below"
    before, after, twice = (folder / f"{path.stem}-{place}-{n}.docx" for n in range(3))
    try:
        own = paste(plan, path, before, inside)
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, UnicodeDecodeError, Failure) as error:
        return f"not pasted: {type(error).__name__}"
    code, said = khung(program, "update", before, "--catalog", catalog, "-o", after)
    if code == 2:
        demand(before.name in said and not after.exists(), f"refused: {said}")
        return "refused:" + said.split(before.name, 1)[1].lstrip(":").rstrip()
    demand(summary(said) == expected, f"{place}: {summary(said)}, not {expected}")
    compare(before, after, own)
    if inside:
        _, tried = khung(program, "update", before, "--catalog", catalog, "--dry-run")
        demand(summary(tried) == expected, f"{place}: --dry-run: {tried}")
        khung(program, "check", after, "--catalog", catalog)
    _, again = khung(program, "update", after, "--catalog", catalog, "-o", twice)
    demand(": 0 thay đổi, 0 xung đột" in again, f"{place}: again: {again}")
    demand(twice.read_bytes() == after.read_bytes(), f"{place}: a second update changed something")
    for made in (before, after, twice):
        made.unlink()
    return "updated"


def summary(said):
    # Behind it may stand warnings, as of a signature.
    line = next(line for line in said.splitlines() if " → " in line and "danh mục" in line)
    return line.split(": ", 1)[-1]


def main(program, catalog, files):
    files = sorted(files.iterdir())
    counts, failed = Counter(), []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        folder = Path(folder)
        khung(program, "build", ROOT / "examples/lao-cai.toml", "-o", folder)
        plan = Plan(folder / "lao-cai.docx")
        alone = paste_alone(plan, folder / "lao-cai.docx", folder / "alone.docx")
        expected = summary(khung(program, "update", alone, "--catalog", catalog, "--dry-run")[1])
        print(f"the plan alone: {expected}")

        def judge(path):
            try:
                as_it_is(program, path, folder)
                for inside in (False, True):
                    yield pasted(program, catalog, expected, plan, path, folder, inside)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed.append(path.name)
                print(f"{path.name}: {failure}", flush=True)

        for results in threads.map(lambda path: [*judge(path)], files):
            counts.update(results)
    print(f"{len(files)} files")
    for what, count in counts.most_common():
        print(f"{count:5} {what}")
    demand(counts["updated"] > len(files) * 9 // 5, "hardly any file was updated")
    if failed:
        sys.exit(f"{len(failed)} failed: {', '.join(failed)}")


def paste_alone(plan, draft, target):
    """The plan itself, with its edits."""
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == MAIN:
                head, blocks, tail = children(content)
                content = head + b"".join([*plan.blocks, blocks[-1]]) + tail
            new.writestr(entry, content)
    return target


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
