"""Times whole processes of khung against its peers and against itself, in one run.

    python tests/bench/compare.py [KHUNG]

KHUNG is the release binary (default: target/release/khung). Needs Linux and the packages of
requirements.txt. Commands that are compared run in turns. Prints a Markdown table: the median
of CPU time (user + system) and its range, the median time on the clock, the peak of memory;
below each pair what the goal says of it. Exit code 1 when a goal is missed.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON = sys.executable


class Cost:
    """Seconds of CPU, seconds on the clock and MiB of memory of every run of a command."""

    def __init__(self):
        self.cpu, self.clock, self.memory = [], [], []

    def __str__(self):
        cpu = [1000 * seconds for seconds in self.cpu]
        return (
            f"{statistics.median(cpu):.1f} ms ({min(cpu):.1f}–{max(cpu):.1f})"
            f" | {1000 * statistics.median(self.clock):.1f} ms | {max(self.memory):.0f} MiB"
        )


def run(command, cost):
    """Runs a command once; conflicts (exit code 1) are done, too."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command}: exit {process.returncode}: {said}")
    cost.clock.append(time.perf_counter() - start)
    cost.cpu.append(usage.ru_utime + usage.ru_stime)
    # At least what this script itself takes: Linux counts from before the program starts.
    cost.memory.append(usage.ru_maxrss / 1024)


def compare(times, *commands):
    """Runs commands in turns, each (name, what prepares a run, words); medians of CPU time."""
    costs = [Cost() for _ in commands]
    for _ in range(times):
        for (_, prepare, words), cost in zip(commands, costs):
            prepare()
            run(words, cost)
    for (name, _, _), cost in zip(commands, costs):
        print(f"| {name} | {cost} |", flush=True)
    return [statistics.median(cost.cpu) for cost in costs]


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


def nothing():
    """Prepares nothing."""


def quiet(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def one_plan(khung, times, folder, goals):
    out, kept = folder / "out", folder / "kept"
    profile = ROOT / "examples/lao-cai.toml"
    quiet(khung, "build", profile, "-o", kept)
    blocks = folder / "blocks.json"
    quiet(PYTHON, HERE / "blocks.py", kept / "lao-cai.docx", blocks)

    def cleared():
        shutil.rmtree(out, ignore_errors=True)

    build = ("one plan, DOCX and Markdown", cleared, [khung, "build", profile, "-o", out])
    peer = [PYTHON, HERE / "plan_with_python_docx.py"]
    styled = ("python-docx: its paragraphs, tables and runs", nothing, [*peer, blocks, folder / "p.docx"])
    plain = ("python-docx: their bare text", nothing, [*peer, blocks, folder / "p.docx", "--plain"])
    ours, with_runs, bare = compare(times, build, styled, plain)
    goals.at_least("python-docx / khung", with_runs / ours, 20)
    goals.at_least("python-docx, bare text / khung", bare / ours, 20)

    pandoc = subprocess.check_output(
        [PYTHON, "-c", "import pypandoc; print(pypandoc.get_pandoc_path())"], text=True
    ).strip()
    words = [pandoc, kept / "lao-cai.md", "-f", "gfm", "-o", folder / "pandoc.docx"]
    ours, other = compare(times, build, ("pandoc: DOCX from our Markdown", nothing, words))
    goals.at_least("pandoc / khung", other / ours, 10)

    edition = export(khung, folder / "changed")
    province = edition / "province.toml"
    province.write_text(province.read_text("utf-8").replace("Xây dựng", "Lập"), "utf-8")
    edited, updated = folder / "edited.docx", folder / "updated.docx"
    quiet(PYTHON, HERE / "edit.py", kept / "lao-cai.docx", edited, "9")
    words = [khung, "update", edited, "--catalog", edition, "-o", updated]

    def without():
        updated.unlink(missing_ok=True)

    ours, update = compare(times, build, ("update of an edited DOCX", without, words))
    goals.at_most("update / build", update / ours, 3)


def many_plans(khung, folder, count, goals):
    """Plans side by side: on one thread and on two, and ten times as many."""
    out = folder / "many"

    def cleared():
        shutil.rmtree(out, ignore_errors=True)

    words = [khung, "build", "--all", "agencies", "-o", out]
    one = ("93 plans, one thread", cleared, ["env", "RAYON_NUM_THREADS=1", *words])
    two = ("93 plans, two threads", cleared, ["env", "RAYON_NUM_THREADS=2", *words])
    clocks = []
    for pair in (one, two):
        cost = Cost()
        for _ in range(3):
            cleared()
            run(pair[2], cost)
        print(f"| {pair[0]} | {cost} |", flush=True)
        clocks.append(statistics.median(cost.clock))
    goals.at_least("one thread / two threads, on the clock", clocks[0] / clocks[1], 1.7)

    profiles = folder / "profiles"
    profiles.mkdir()
    names = [profiles / f"p{number}.toml" for number in range(count * 10)]
    for name in names:
        name.write_text('agency = "Lào Cai"\n', "utf-8")
    costs = []
    for number in (count, count * 10):
        cost = Cost()
        cleared()
        run([khung, "build", *names[:number], "-o", out], cost)
        print(f"| {number} plans | {cost} |", flush=True)
        costs.append(cost)
    cleared()
    goals.at_most("time for ten times the plans", costs[1].cpu[0] / costs[0].cpu[0], 11)
    goals.at_most("memory for ten times the plans", costs[1].memory[0] / costs[0].memory[0], 1.5)


def many_tasks(khung, times, folder, goals):
    """A catalogue of 100 and of 1,000 tasks: drafted; each changed, a third edited, updated."""
    profile = folder / "lao-cai.toml"
    profile.write_text('agency = "Lào Cai"\n', "utf-8")
    shipped = compare(
        times,
        ("draft with the shipped catalogue", nothing, [khung, "build", profile, "-o", folder / "t0"]),
    )[0]
    updates = {}
    for tasks in (100, 1000):
        edition = grow(export(khung, folder / f"old{tasks}"), tasks)
        out = folder / f"t{tasks}"
        words = [khung, "build", profile, "-o", out, "--catalog", edition]

        def cleared(out=out):
            shutil.rmtree(out, ignore_errors=True)

        draft = compare(3, (f"draft with {tasks} tasks", cleared, words))[0]
        edited, updated = folder / f"edited{tasks}.docx", folder / f"updated{tasks}.docx"
        quiet(PYTHON, HERE / "edit.py", out / "lao-cai.docx", edited, "3")
        province = edition / "province.toml"
        text = province.read_text("utf-8").replace("actions = [", 'actions = [\n    "Rà soát hằng quý.",')
        province.write_text(text, "utf-8")
        words = [khung, "update", edited, "--catalog", edition, "-o", updated]

        def without(updated=updated):
            updated.unlink(missing_ok=True)

        updates[tasks] = compare(3, (f"update of {tasks} tasks", without, words))[0]
    goals.at_most("draft with 1,000 tasks / shipped", draft / shipped, 40)
    goals.at_most("update of 1,000 tasks, seconds", updates[1000], 1)
    goals.at_most("update of 1,000 tasks / 100", updates[1000] / updates[100], 11)


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
    arguments.add_argument("--times", type=int, default=11, help="runs of each small command")
    arguments.add_argument("--plans", type=int, default=1000, help="plans; and ten times as many")
    arguments = arguments.parse_args()
    khung, goals = Path(arguments.khung).resolve(), Goals()
    print("| | CPU: median (range) | clock | memory |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        one_plan(khung, arguments.times, Path(folder), goals)
        many_tasks(khung, arguments.times, Path(folder), goals)
        many_plans(khung, Path(folder), arguments.plans, goals)
    return goals.missed > 0


sys.exit(main())
