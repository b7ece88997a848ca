"""Runs khung.exe under Wine: the story of a plan on a drafter's Windows.

    python3 tests/wine/check.py KHUNG KHUNG_EXE CATALOG

KHUNG is the program of this system, CATALOG the folder of the second edition. Both programs
make the same bytes and say the same in UTF-8, through pipes and on a console; names and
folders may be Vietnamese, plans have CRLF; names that Windows reserves, and files that another
program holds open, are refused with the reason, and stay.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "examples/lao-cai.toml"
CC = "x86_64-w64-mingw32-gcc"
PLAN = "kế hoạch Lào Cai"
EDITS = [("làng, xã, tổ", "làng, xóm, tổ"), ("CỘNG HÒA", "CỘNG HOÀ")]


class Windows:
    """A new Windows with khung.exe, in a folder."""

    def __init__(self, folder, exe):
        self.work = folder / "Hồ sơ năm 2024"
        self.work.mkdir()
        self.bin = folder / "bin"
        self.bin.mkdir()
        shutil.copy(exe, self.bin / "khung.exe")
        for source, *options in [
            ("bcryptprimitives", "-shared", "-o", "bcryptprimitives.dll", "-ladvapi32"),
            ("hold", "-municode", "-o", "hold.exe"),
        ]:
            command = [CC, "-Wall", "-Werror", HERE / f"{source}.c", *options]
            subprocess.run(command, cwd=self.bin, check=True)
        self.environment = os.environ | {
            "WINEPREFIX": str(folder / "prefix"), "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8",
        }
        self.environment.pop("DISPLAY", None)
        self.run("wineboot", "--init", check=True)

    def run(self, *command, check=False):
        return subprocess.run(
            ["wine", *map(str, command)], cwd=self.work, env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=check,
        )

    def khung(self, *arguments):
        """The exit code of a command, and what it says."""
        process = self.run(self.bin / "khung.exe", *arguments)
        return process.returncode, (process.stdout + process.stderr).decode("utf-8")

    def console(self, *arguments):
        """What a command says on a console, as its screen shows it."""
        main, other = pty.openpty()
        command = ["wine", str(self.bin / "khung.exe"), *arguments]
        with subprocess.Popen(
            command, cwd=self.work, env=self.environment | {"TERM": "xterm"},
            stdin=other, stdout=other, stderr=other, start_new_session=True,
        ) as process:
            os.close(other)
            said = b""
            try:
                while more := os.read(main, 65536):
                    said += more
            except OSError:
                pass  # the other end is closed
            assert process.wait(timeout=60) == 0
        os.close(main)
        # The console moves its cursor instead of writing spaces.
        return re.sub(r"\x1b\[[\d;?]*[A-Za-z]|\s", "", said.decode("utf-8"))

    @contextmanager
    def held(self, name, *how):
        """Another program has the file open."""
        process = subprocess.Popen(
            ["wine", self.bin / "hold.exe", name, *how], cwd=self.work,
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        assert process.stdout.readline().strip() == b"held"
        yield
        process.communicate()

    def files(self):
        files = (path for path in self.work.rglob("*") if path.is_file())
        return {str(path.relative_to(self.work)): path.read_bytes() for path in files}

    def refuses(self, *arguments, because):
        before = self.files()
        code, said = self.khung(*arguments)
        assert code == 2 and because in said, (arguments, code, said)
        assert self.files() == before, arguments


def entries(path):
    """The bytes of a file; of a Word file, whose entries were copied, all but the system that
    each names: the zip crate writes the one it runs on."""
    if path.suffix != ".docx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as package:
        return [
            (entry.filename, entry.date_time, entry.compress_size, entry.external_attr,
             entry.comment, package.read(entry))
            for entry in package.infolist()
        ]


def same(windows, khung, here, command, *names, ends=0):
    """The same command on both systems: exit code, words but for the slashes, and files."""
    code, said = windows.khung(*command)
    process = subprocess.run([khung, *command], cwd=here, capture_output=True, check=False)
    expected = (process.stdout + process.stderr).decode("utf-8")
    assert code == process.returncode == ends, (command, code, process.returncode, said)
    assert said.replace("\\", "/") == expected, (command, said, expected)
    for name in names:
        read = entries if command[0] in ("update", "finalize") else Path.read_bytes
        assert read(windows.work / name) == read(here / name), name
    print(f"khung {command[0]}: {code}, {len(names)} files, the same")


def story(windows, khung, here, catalog):
    for folder in (windows.work, here):
        shutil.copy(EXAMPLE, folder / f"{PLAN}.toml")
        shutil.copytree(catalog, folder / "danh mục")
    plans = [f"kết quả/{PLAN}.docx", f"kết quả/{PLAN}.md"]
    same(windows, khung, here, ["build", f"{PLAN}.toml", "-o", "kết quả"], *plans)
    ends = ("docx", "md")
    samples = [f"mẫu/sample-{of}.{end}" for of in ("province", "ministry") for end in ends]
    same(windows, khung, here, ["sample", "-o", "mẫu"], *samples)
    for folder in (windows.work, here):
        plan = folder / plans[1]
        text = plan.read_text(encoding="utf-8")
        for old, new in EDITS:
            assert old in text, old
            text = text.replace(old, new, 1)
        plan.write_text(text, encoding="utf-8", newline="\r\n")
    for plan in plans:
        update = ["update", plan, "--catalog", "danh mục"]
        # The edits are in the Markdown: one over the very word that the second edition corrects.
        ends = int(plan.endswith(".md"))
        same(windows, khung, here, update, plan, f"{plan}.bak", ends=ends)
        same(windows, khung, here, update, plan)
    updated = (windows.work / plans[1]).read_bytes()
    assert updated.count(b"\n") == updated.count(b"\r\n") and EDITS[1][1].encode() in updated
    same(windows, khung, here, ["check", plans[0], "--catalog", "danh mục"])
    same(windows, khung, here, ["finalize", samples[0]], samples[0].replace(".", "-trinh-ky."))
    same(windows, khung, here, ["list", "deadlines", "--for", "Lào Cai"])
    same(windows, khung, here, ["list", "tasks", "--for", "Lao Kai"], ends=1)


def paths(windows):
    """Backslashes and drives."""
    plan = (windows.work / "kết quả" / f"{PLAN}.docx").read_bytes()
    for drive in (f"Z:{windows.work}".replace("/", "\\"), "C:\\Kế hoạch"):
        update = ["update", f".\\kết quả\\{PLAN}.docx", "--catalog", ".\\danh mục"]
        code, said = windows.khung(*update, "-o", f"{drive}\\mới.docx")
        assert code == 0 and f"{drive}\\mới.docx: " in said, said
    moved = Path(windows.environment["WINEPREFIX"]) / "drive_c/Kế hoạch/mới.docx"
    assert moved.read_bytes() == (windows.work / "mới.docx").read_bytes() == plan
    print("paths: backslashes and drives")


def names(windows):
    plan = f"kết quả/{PLAN}.docx"
    for name, because in [
        ("CON", "thiết bị"), ("nul.docx", "thiết bị"), ("kết quả\\aux\\a.docx", "thiết bị"),
        ("COM1.docx", "thiết bị"), ("ab:c.docx", "ký tự"), ("hỏi?.docx", "ký tự"),
        ("cuối.\\a.docx", "dấu chấm"), ("cuối \\a.docx", "dấu cách"),
        ("q:\\a.docx", "không tìm thấy"), ("a:b.docx", "không tìm thấy"),
    ]:
        if name.endswith(".docx"):
            update = ["update", plan, "--catalog", "danh mục"]
            windows.refuses(*update, "-o", name, because=because)
        windows.refuses("build", f"{PLAN}.toml", "-o", name, because=because)
        windows.refuses("update", name, because=because)
    print("names: refused")


def held(windows):
    """A plan that the next catalogue would change, open in another program or in Word."""
    shutil.copy(windows.work / f"kết quả/{PLAN}.docx.bak", windows.work / "tệp.docx")
    update = ["update", "tệp.docx", "--catalog", "danh mục"]
    because = "khung: tệp.docx: đang mở trong chương trình khác. Đóng tệp rồi chạy lại."
    for how in ([], ["none"]):
        with windows.held("tệp.docx", *how):
            windows.refuses(*update, because=because)
            windows.refuses("finalize", "tệp.docx", because=because)
    shutil.copy(windows.work / f"{PLAN}.toml", windows.work / "tệp.toml")
    with windows.held("tệp.docx"):
        windows.refuses("build", "tệp.toml", because=because)
    lock = windows.work / "~$tệp.docx"
    lock.write_bytes(b"")
    windows.refuses(*update, because="xóa ~$tệp.docx")
    lock.unlink()
    code, said = windows.khung(*update)
    assert code == 0 and "tệp.docx (bản cũ: tệp.docx.bak)" in said, said
    print("held by another program: refused")


def console(windows):
    said = windows.console("list", "units", "--for", "BYT")
    for words in ("Đơn vị", "Cục Chuyển đổi số quốc gia", "Số nhiệm vụ"):
        assert re.sub(r"\s", "", words) in said, (words, said)
    print("console: Vietnamese")


def main():
    khung, exe, catalog = map(Path.resolve, map(Path, sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder:
        windows = Windows(Path(folder), exe)
        here = Path(folder) / "here"
        here.mkdir()
        try:
            story(windows, khung, here, catalog)
            paths(windows)
            names(windows)
            held(windows)
            console(windows)
        finally:
            subprocess.run(["wineserver", "-k"], env=windows.environment, check=False)


main()
