# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ./test works with, all of it outside the checkout: virtualenvs, real Pythons, copies of the checkout, logs."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STALE_SECONDS = 14 * 24 * 3600
# What ansible-test, and a target of a module run, may be: checked by the sanity tests "compile" and "import".
TARGET_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
# A user's own settings of these tools must not decide whether our tests pass.
FOREIGN_SETTINGS = ("ANSIBLE_", "MOLECULE_", "MYPY", "RUFF_", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYENV_VERSION", "CONDA_")


class Unavailable(Exception):
    """Something that a part needs cannot be had here; the text is one sentence for the user."""


@dataclass(frozen=True)
class Venv:
    """A virtualenv: which requirements files it holds, and for which Python (None: the one that runs this)."""

    name: str
    requirements: tuple[str, ...]
    constrained: bool = True
    python: str | None = None
    options: tuple[str, ...] = ()


MAIN = Venv("main", ("runtime.txt", "test.txt"))
LANGGRAPH = Venv("langgraph", ("langgraph.txt",))
TARGET = Venv("target", ("target.txt",), constrained=False, python="3.9")
IMPORTER = Venv("importer", ("importer.txt",), constrained=False)
SSLYZE = Venv("sslyze", ("sslyze.txt",), constrained=False)
CORE_2_20 = Venv("core-2.20", ("compat-2.20.txt",), constrained=False)
CORE_2_22 = Venv("core-2.22", ("compat-2.22.txt",), constrained=False, python="3.13", options=("--prerelease=allow",))


class Workshop:
    """The cache folder and what is in it. Safe to use from several threads and several ./test at once."""

    def __init__(self, cache: Path, uv: Path) -> None:
        self.cache = cache
        self.uv = uv
        self.key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        cache.mkdir(parents=True, exist_ok=True)
        self.logs = self._new_log_folder()
        self.environment = self._clean_environment()

    def venv(self, wanted: Venv, extra_requirements: t.Sequence[Path] = (), log: t.TextIO | None = None) -> Path:
        """The folder of that virtualenv, built when there is none yet for these requirements and this Python."""
        python = sys.executable if wanted.python is None else self.python(wanted.python)
        if python is None:
            raise Unavailable(f"no Python {wanted.python} was found")
        files = [ROOT / "requirements" / name for name in wanted.requirements]
        if wanted.constrained:
            files.append(ROOT / "requirements" / "constraints.txt")
        version = subprocess.run([python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=True).stdout
        digest = hashlib.sha256("\0".join([version, *wanted.options, *(path.read_text() for path in [*files, *extra_requirements])]).encode())
        folder = self.cache / "venvs" / f"{wanted.name}-{digest.hexdigest()[:12]}"
        folder.parent.mkdir(exist_ok=True)
        with self.locked(f"venv-{wanted.name}"):
            if not self._is_good(folder):
                self._build(folder, python, wanted, extra_requirements, log)
            (folder / "ready").touch()
            self._forget_stale(wanted.name)
        return folder

    def python(self, version: str) -> str | None:
        """The path of a real Python of that version ("3.9"), or None. Shims that do not run are not real."""
        candidates = [path for folder in os.get_exec_path() if (path := Path(folder) / f"python{version}").is_file()]
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        candidates += sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
        check = "import sys, venv; print(sys.executable, '%d.%d' % sys.version_info[:2])"
        for candidate in candidates:
            result = subprocess.run([candidate, "-c", check], capture_output=True, text=True, check=False)
            if result.returncode == 0 and result.stdout.split()[-1] == version:
                return result.stdout.split()[0]
        found = subprocess.run([self.uv, "python", "find", "--managed-python", version], capture_output=True, text=True, check=False)
        return found.stdout.strip() if found.returncode == 0 else None

    def pythons_on_path(self) -> Path:
        """A folder with python3.9, python3.10 ...: those that really run, to be put before PATH."""
        folder = self.cache / "pythons"
        with self.locked("pythons"):
            folder.mkdir(exist_ok=True)
            for version in TARGET_PYTHONS:
                link, real = folder / f"python{version}", self.python(version)
                link.unlink(missing_ok=True)
                if real:
                    link.symlink_to(real)
        return folder

    def copy_of_checkout(self, purpose: str) -> Path:
        """The checkout as a real folder ansible_collections/langops/langgraph: what git tracks or would track, nothing else."""
        base = self.cache / "copies" / f"{self.key}-{purpose}"
        target = base / "ansible_collections" / "langops" / "langgraph"
        wanted = tracked_files()
        for path in sorted(target.rglob("*"), reverse=True):
            name = str(path.relative_to(target))
            # tests/output is what ansible-test leaves: its caches are worth keeping.
            if (path.is_file() or path.is_symlink()) and name not in wanted and not name.startswith("tests/output/"):
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        for name in wanted:
            source, copy = ROOT / name, target / name
            if not os.path.lexists(copy) or _stamp(source) != _stamp(copy):
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                shutil.copy2(source, copy, follow_symlinks=False)
        return target

    @contextlib.contextmanager
    def locked(self, name: str) -> t.Iterator[None]:
        """Only one thread of one ./test at a time."""
        (self.cache / "locks").mkdir(exist_ok=True)
        with (self.cache / "locks" / name).open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _build(self, folder: Path, python: str, wanted: Venv, extra: t.Sequence[Path], log: t.TextIO | None) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        arguments: list[str | Path] = [self.uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *wanted.options]
        for path in [*(ROOT / "requirements" / name for name in wanted.requirements), *extra]:
            arguments += ["--requirements", path]
        if wanted.constrained:
            arguments += ["--constraints", ROOT / "requirements" / "constraints.txt"]
        create: list[str | Path] = [self.uv, "venv", "--quiet", "--no-project", "--python", python, folder]
        for command in (create, arguments):
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment, check=False)
            if log:
                log.write(result.stdout)
            if result.returncode:
                raise Unavailable(f"the virtualenv '{wanted.name}' could not be made: {result.stdout.strip()}")

    @staticmethod
    def _is_good(folder: Path) -> bool:
        """A virtualenv outlives the Python that it was made with: try it."""
        python = folder / "bin" / "python"
        return (folder / "ready").exists() and python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0

    def _forget_stale(self, name: str) -> None:
        for marker in (self.cache / "venvs").glob(f"{name}-????????????/ready"):
            if time.time() - marker.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(marker.parent, ignore_errors=True)

    def _new_log_folder(self) -> Path:
        base = self.cache / "logs" / self.key
        base.mkdir(parents=True, exist_ok=True)
        for old in sorted(path for path in base.iterdir() if path.is_dir() and not path.is_symlink())[:-9]:
            shutil.rmtree(old, ignore_errors=True)
        folder = base / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        folder.mkdir()
        return folder

    def _clean_environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
        return kept | {
            "LC_ALL": "C.UTF-8",
            "PYTHONPYCACHEPREFIX": str(self.cache / "pycache"),
            "ANSIBLE_HOME": str(self.cache / "ansible-home"),
            "ANSIBLE_REMOTE_TMP": str(self.cache / "ansible-home" / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "NO_COLOR": "1",
            "UV_NO_PROGRESS": "1",
        }


def tracked_files() -> list[str]:
    """Files that git tracks or would track, except the symlink by which the checkout finds itself as a collection."""
    command = ["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in listed.split("\0") if name and not name.startswith("collections/") and (ROOT / name).is_file()})


def _stamp(path: Path) -> tuple[float, int, int]:
    status = path.lstat()
    return status.st_mtime, status.st_size, status.st_mode
