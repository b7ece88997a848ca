"""Times khung against its peers and against itself, whole processes and stages, in one run.

    python tests/bench/compare.py [KHUNG]

KHUNG is the release binary (default: target/release/khung). Needs Linux, cargo and the packages
of requirements.txt, and room for 10,000 plans. Commands that are compared run in turns. Prints a
Markdown table: the median of CPU time (user + system) and its range, the median time on the
clock, the peak of memory; below each pair what the goal says of it. Then the stages of one plan,
as tests/bench/stages.rs times them. Exit code 1 when a goal is missed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON = sys.executable


class Cost:
    """Seconds of CPU, seconds on the clock and MiB of memory of every run of a command."""

    def __init__(self):
        self._cpu, self._clock, self._memory = [], [], []

    def add(self, command):
        """Runs the command once more."""
        words = [PYTHON, "-I", "-S", HERE / "measure.py", *command]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{command[:9]}: {done.stderr}")
        cpu, clock, memory = map(float, done.stdout.split())
        self._cpu.append(cpu)
        self._clock.append(clock)
        self._memory.append(memory / 1024)

    @property
    def cpu(self):
        return statistics.median(self._cpu)

    @property
    def clock(self):
        return statistics.median(self._clock)

    @property
    def memory(self):
        return max(self._memory)

    def __str__(self):
        spread = f"{1000 * min(self._cpu):.1f}–{1000 * max(self._cpu):.1f}"
        times = f"{1000 * self.cpu:.1f} ms ({spread}) | {1000 * self.clock:.1f} ms"
        return f"{times} | {self.memory:.0f} MiB"


def compare(times, *commands):
    """Runs commands in turns, each (name, a file or folder that goes before a run, words)."""
    costs = [Cost() for _ in commands]
    for _ in range(times):
        for (_, made, words), cost in zip(commands, costs):
            clear(made)
            cost.add(words)
    for (name, made, _), cost in zip(commands, costs):
        clear(made)
        print(f"| {name} | {cost} |", flush=True)
    return costs


def clear(made):
    if made.is_dir():
        shutil.rmtree(made)
    made.unlink(missing_ok=True)


class Goals:
    """What was to be reached, and whether it was."""

    def __init__(self):
        self.missed = 0

    def at_least(self, what, value, goal):
        self._tell(what, value, "≥", goal, value >= goal)

    def at_most(self, what, value, goal):
        self._tell(what, value, "≤", goal, value <= goal)

    def _tell(self, what, value, sign, goal, is_met):
        self.missed += not is_met
        word = "met" if is_met else "**missed**"
        print(f"| {what}: **{value:.2f}**, goal {sign} {goal}: {word} | | | |", flush=True)


def quiet(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def one_plan(khung, times, folder, goals):
    out, kept = folder / "out", folder / "kept"
    profile = ROOT / "examples/lao-cai.toml"
    quiet(khung, "build", profile, "-o", kept)
    blocks, written = folder / "blocks.json", folder / "peer.docx"
    quiet(PYTHON, HERE / "blocks.py", kept / "lao-cai.docx", blocks)
    pandoc = subprocess.check_output(
        [PYTHON, "-c", "import pypandoc; print(pypandoc.get_pandoc_path())"], text=True
    ).strip()
    edition = export(khung, folder / "changed")
    province = edition / "province.toml"
    province.write_text(province.read_text("utf-8").replace("Xây dựng", "Lập"), "utf-8")
    edited, updated = folder / "edited.docx", folder / "updated.docx"
    quiet(PYTHON, HERE / "edit.py", kept / "lao-cai.docx", edited, "9")

    peer = [PYTHON, HERE / "plan_with_python_docx.py", blocks, written]
    markdown = [pandoc, kept / "lao-cai.md", "-f", "gfm", "-o", written]
    build, with_runs, bare, other, update = compare(
        times,
        ("one plan, DOCX and Markdown", out, [khung, "build", profile, "-o", out]),
        ("python-docx: its paragraphs, tables and runs", written, peer),
        ("python-docx: their bare text", written, [*peer, "--plain"]),
        ("pandoc: DOCX from our Markdown", written, markdown),
        (
            "update of an edited DOCX",
            updated,
            [khung, "update", edited, "--catalog", edition, "-o", updated],
        ),
    )
    goals.at_least("python-docx / khung", with_runs.cpu / build.cpu, 20)
    goals.at_least("python-docx, bare text / khung", bare.cpu / build.cpu, 20)
    goals.at_least("pandoc / khung", other.cpu / build.cpu, 10)
    goals.at_most("update / build", update.cpu / build.cpu, 3)


def many_plans(khung, folder, count, goals):
    """Plans side by side: on one thread and on two; this many, and a tenth of them."""
    out = folder / "many"
    words = [khung, "build", "--all", "agencies", "-o", out]
    one, two = compare(
        3,
        ("93 plans, one thread", out, ["env", "RAYON_NUM_THREADS=1", *words]),
        ("93 plans, two threads", out, ["env", "RAYON_NUM_THREADS=2", *words]),
    )
    goals.at_least("one thread / two threads, on the clock", one.clock / two.clock, 1.7)

    profiles = folder / "profiles"
    profiles.mkdir()
    names = [profiles / f"p{number}.toml" for number in range(count)]
    for name in names:
        name.write_text('agency = "Lào Cai"\n', "utf-8")
    few, many = compare(
        1,  # minutes
        (f"{count // 10} plans", out, [khung, "build", *names[: count // 10], "-o", out]),
        (f"{count} plans", out, [khung, "build", *names, "-o", out]),
    )
    goals.at_least("time for ten times the plans", many.cpu / few.cpu, 9)
    goals.at_most("time for ten times the plans", many.cpu / few.cpu, 11)
    goals.at_most("memory for ten times the plans", many.memory / few.memory, 1.1)


def many_tasks(khung, times, folder, goals):
    """A catalogue of 100 and of 1,000 tasks: drafted; each changed, a third edited, updated."""
    profile = folder / "lao-cai.toml"
    profile.write_text('agency = "Lào Cai"\n', "utf-8")
    out = folder / "drafts"
    build = [khung, "build", profile, "-o", out]
    old = {tasks: grow(export(khung, folder / f"old{tasks}"), tasks) for tasks in (100, 1000)}
    shipped, _, draft = compare(
        times,
        ("draft with the shipped catalogue", out, build),
        ("draft with 100 tasks", out, [*build, "--catalog", old[100]]),
        ("draft with 1,000 tasks", out, [*build, "--catalog", old[1000]]),
    )
    goals.at_most("draft with 1,000 tasks / shipped", draft.cpu / shipped.cpu, 40)

    updated, consolidated = folder / "updated.docx", folder / "consolidated.docx"
    updates, peers = [], []
    for tasks, edition in old.items():
        base, fresh, edited = (folder / f"{side}{tasks}" for side in ("base", "fresh", "edited"))
        edited = edited.with_suffix(".docx")
        quiet(*build[:-1], base, "--catalog", edition)
        quiet(PYTHON, HERE / "edit.py", base / "lao-cai.docx", edited, "3")
        province = edition / "province.toml"
        text = province.read_text("utf-8").replace("actions = [", 'actions = [\n    "Rà soát hằng quý.",')
        province.write_text(text, "utf-8")
        quiet(*build[:-1], fresh, "--catalog", edition)
        words = [khung, "update", edited, "--catalog", edition, "-o", updated]
        updates.append((f"update of {tasks} tasks", updated, words))
        sides = (base / "lao-cai.docx", edited, fresh / "lao-cai.docx", consolidated)
        words = [PYTHON, HERE / "consolidate.py", *sides]
        peers.append((f"Docxodus Consolidate: the same {tasks} tasks", consolidated, words))
    few, many, peer = compare(3, *updates, peers[0])
    goals.at_most("update of 1,000 tasks, seconds", many.cpu, 1)
    goals.at_most("update of 1,000 tasks / 100", many.cpu / few.cpu, 11)
    goals.at_least("Docxodus / update, 100 tasks", peer.cpu / few.cpu, 3)
    (peer,) = compare(1, peers[1])  # minutes
    goals.at_least("Docxodus / update, 1,000 tasks", peer.cpu / many.cpu, 3)


def stages(folder, goals):
    """Where the time of one plan goes, once it runs: medians of what criterion measures."""
    command = ["cargo", "bench", "--locked", "--bench", "stages", "--", "--quiet"]
    environment = {**os.environ, "CRITERION_HOME": str(folder)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)

    def medians(group):
        files = (folder / group).glob("*/new/estimates.json")
        return {
            file.parts[-3]: json.loads(file.read_text())["median"]["point_estimate"] / 1e6
            for file in sorted(files, key=lambda file: file.stat().st_mtime)
        }

    for group in ("draft", "update"):
        times = medians(group)
        for name, time in times.items():
            share = "" if name in ("catalogue", "templates") else f"{100 * time / times['whole']:.0f} %"
            print(f"| {group}: {name} | {time:.2f} ms | {share} | |")
        if group == "draft":
            goals.at_most("draft / floor, in memory", times["whole"] / times["floor"], 3)


def export(khung, folder):
    """The folder of the exported edition."""
    quiet(khung, "catalog", "export", folder)
    return next((folder / "catalog").iterdir())


def grow(edition, tasks):
    """Makes the tasks of provinces this many, by copies under other ids."""
    path = edition / "province.toml"
    head, *entries = path.read_text("utf-8").split("[[task]]\n")
    for number in range(len(entries), tasks):
        copied = entries[number % len(entries)].replace('id = "', f'id = "x{number}-', 1)
        name = copied.split('"')[1][:24].rstrip("-")
        entries.append(copied.replace(copied.split('"')[1], name, 1))
    path.write_text("[[task]]\n".join([head, *entries]), "utf-8")
    for sample in edition.glob("sample-*"):
        sample.unlink()
    return edition


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("khung", nargs="?", default=ROOT / "target/release/khung")
    arguments.add_argument("--times", type=int, default=7, help="runs of each small command")
    arguments.add_argument("--plans", type=int, default=10000, help="plans; and a tenth of them")
    arguments = arguments.parse_args()
    khung, goals = Path(arguments.khung).resolve(), Goals()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        print("| | CPU: median (range) | clock | memory |\n|---|---|---|---|")
        one_plan(khung, arguments.times, folder, goals)
        many_tasks(khung, arguments.times, folder, goals)
        many_plans(khung, folder, arguments.plans, goals)
        print("\n| stage of one plan, in memory | CPU: median | of the whole | |\n|---|---|---|---|")
        stages(folder / "criterion", goals)
    return goals.missed > 0


sys.exit(main())
