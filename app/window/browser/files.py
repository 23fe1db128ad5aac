"""What happens to the files of sounds: saved, renamed, thrown away and taken back, sent out and brought in. No Qt.

Every step is whole or not at all: a new file appears under its name at once or never, one that is there is never
overwritten unless it is the sound's own, and nothing is deleted: it goes to the folder `trash`.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from accel.errors import SystoleError
from app.window.browser.entry import Kind
from app.window.browser.placing import made, place, put, refused, temporary_in
from app.window.browser.reading import FOLDERS, taken_names
from app.window.session.reading import newer
from engine.library import find_model, model_knobs, open_model, user_folder
from engine.patch import Patch, read_patch, read_text, save_patch
from engine.text import plain

__all__ = [
    "Imported",
    "Texts",
    "Trashed",
    "export",
    "file_name",
    "free_title",
    "import_file",
    "is_own",
    "rename",
    "restore",
    "save",
    "save_as",
    "trash",
]

MOST_BYTES = 150
"""Of a file's name without its suffix: file systems allow 255, and copies get a number."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
_NUMBERED = re.compile(r" \d{1,6}$")


@dataclass(frozen=True)
class Texts:
    """What a person says about a sound."""

    name: str
    author: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""

    @staticmethod
    def of(patch: Patch) -> Texts:
        """Those of a patch."""
        return Texts(patch.name, patch.author, tuple(patch.tags), patch.description)

    def on(self, patch: Patch) -> Patch:
        """A patch with these."""
        return replace(patch, name=self.name, author=self.author, tags=self.tags, description=self.description)


@dataclass(frozen=True)
class Trashed:
    """What was thrown away: where it was, and where it is now."""

    path: Path
    kept: Path


@dataclass(frozen=True)
class Imported:
    """What was brought in; `is_new`: False where the same file was there already."""

    kind: Kind
    path: Path
    is_new: bool = True


def file_name(title: str) -> str:
    """A name for the file of a sound, without suffix, which every system allows; `Sound` where nothing is left."""
    text = unicodedata.normalize("NFC", title.encode("utf-8", "ignore").decode("utf-8"))
    text = "".join(each if each.isprintable() else " " for each in _FORBIDDEN.sub("-", text))
    text = text.encode("utf-8")[:MOST_BYTES].decode("utf-8", "ignore")
    text = " ".join(text.split()).strip(". -")
    if not text:
        return "Sound"
    return f"{text} sound" if text.partition(".")[0].casefold() in _RESERVED else text


def is_own(path: Path | None) -> bool:
    """Whether a file lies in the user's folder of sounds, so that it may be changed."""
    return path is not None and path.parent == user_folder() / "patches"


def save(patch: Patch, path: Path, known: Patch | None) -> Trashed | None:
    """Write a sound over its own file.

    Args:
        known: what the file should hold; if it holds something else by now, that goes to the trash first.

    Returns:
        What was found there and thrown away; None: nothing was.

    Raises:
        SystoleError: it is not one of the user's, or cannot be written.
    """
    if not is_own(path):
        raise SystoleError(f"{plain(path)}: not in your folder of sounds")
    made(path.parent)
    aside = None if not path.exists() or _holds(path, known) else trash(path)
    save_patch(patch, path)
    return aside


def _holds(path: Path, known: Patch | None) -> bool:
    try:
        return known is not None and read_patch(read_text(path), path.name) == known
    except SystoleError:
        return False


def save_as(patch: Patch) -> tuple[Path, Patch]:
    """Write a sound to a new file named after it; where the name is taken, file and sound get a number.

    Raises:
        SystoleError: it has no name, or the folder cannot be written to.
    """
    return _new_patch(replace(patch, name=_title(patch.name)))


def rename(path: Path, texts: Texts) -> tuple[Path, Patch]:
    """Say something else about one of the user's sounds; its file follows the name. A taken name gets a number.

    Raises:
        SystoleError: not the user's, broken, without a name, or not to be written; all is as it was.
    """
    if not is_own(path):
        raise SystoleError(f"{plain(path)}: not in your folder of sounds")
    patch = replace(texts.on(read_patch(read_text(path), plain(path.name))), name=_title(texts.name))
    if file_name(patch.name).casefold() == path.stem.casefold():
        save_patch(patch, path)
        return path, patch
    new, written = _new_patch(patch)
    try:
        path.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise refused(path, error, "cannot be renamed") from None
    return new, written


def trash(path: Path) -> Trashed:
    """Throw one of the user's files away, whatever is in it.

    Raises:
        SystoleError: not the user's, or it cannot be moved.
    """
    if path.parent not in [user_folder() / folder for folder, _ in FOLDERS.values()]:
        raise SystoleError(f"{plain(path)}: not yours to delete")
    try:
        return Trashed(path, place(path, made(user_folder() / "trash"), path.stem, path.suffix))
    except OSError as error:
        raise refused(path, error, "cannot be deleted") from None


def restore(trashed: Trashed) -> Path:
    """Take it back; to its place, or beside it where something else has come there.

    Raises:
        SystoleError: it is not in the trash any more, or cannot be moved.
    """
    was = trashed.path
    try:
        return place(trashed.kept, made(was.parent), was.stem, was.suffix)
    except OSError as error:
        raise refused(was, error, "cannot be taken back") from None


def free_title(title: str) -> str:
    """What a new sound of that title would be called."""
    taken = taken_names("patch")
    return next(name for name, stem in _titles(_title(title)) if stem.casefold() not in taken)


def export(patch: Patch, path: Path) -> Path:
    """Write a sound anywhere; the path with its suffix.

    Raises:
        SystoleError: it cannot be written.
    """
    path = path if path.suffix.lower() == ".toml" else path.with_name(path.name + ".toml")
    save_patch(patch, path)
    return path


def import_file(path: Path) -> Imported:
    """Bring a patch or a model into the user's folder, after checking it whole. The file itself stays where it is.

    Raises:
        SystoleError: neither of them, broken, of a model that is not here, or the folder cannot be written to.
    """
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return _import_patch(path)
    if suffix == ".safetensors":
        return _import_model(path)
    raise SystoleError(f"{plain(path.name)}: neither a sound (.toml) nor a model (.safetensors)")


def _import_patch(path: Path) -> Imported:
    text, where = read_text(path), plain(path.name)
    try:
        patch = read_patch(text, where)
    except SystoleError as error:
        raise newer(text, where) or error from None
    try:
        model = find_model(patch.model)
    except SystoleError:
        raise SystoleError(f"{where}: it needs the model {plain(patch.model)}, which is not here") from None
    patch = read_patch(text, where, model_knobs(model))
    stem = file_name(_NUMBERED.sub("", patch.name)).casefold()
    for there in (user_folder() / "patches").glob("*.toml"):
        if there.stem.casefold().startswith(stem):
            with contextlib.suppress(SystoleError):
                if read_patch(read_text(there), there.name) == patch:
                    return Imported("patch", there, is_new=False)
    return Imported("patch", save_as(patch)[0])


def _import_model(path: Path) -> Imported:
    open_model(path)
    folder = made(user_folder() / "models")
    try:
        size = path.stat().st_size
        for there in folder.glob("*.safetensors"):
            if there.stat().st_size == size and there.read_bytes() == path.read_bytes():
                return Imported("model", there, is_new=False)
        with temporary_in(folder, ".safetensors") as copy:
            shutil.copyfile(path, copy)
            stem, taken = file_name(path.stem), taken_names("model")
            return Imported("model", place(copy, folder, stem, ".safetensors", taken))
    except OSError as error:
        raise refused(path, error, "cannot be copied") from None


def _title(text: str) -> str:
    title = " ".join(text.encode("utf-8", "ignore").decode("utf-8").split())
    if not title:
        raise SystoleError("a sound needs a name")
    return title


def _titles(title: str) -> Iterator[tuple[str, str]]:
    """Titles and names of files to try, one after the other: Bell, Bell 2, Bell 3."""
    yield title, file_name(title)
    found = _NUMBERED.search(title)
    base = title[: found.start()] if found else title
    for number in itertools.count(int(found[0]) + 1 if found else 2):
        yield f"{base} {number}", f"{file_name(base)} {number}"


def _new_patch(patch: Patch) -> tuple[Path, Patch]:
    """Write to a file that was not there."""
    folder = made(user_folder() / "patches")
    taken = taken_names("patch")
    for title, stem in _titles(patch.name):
        path, named = folder / f"{stem}.toml", replace(patch, name=title)
        if stem.casefold() in taken:
            continue
        try:
            with temporary_in(folder, ".toml") as written:
                save_patch(named, written)
                put(written, path)
            return path, named
        except FileExistsError:
            continue
        except OSError as error:
            raise refused(path, error, "cannot be written") from None
    raise AssertionError("there is always another number")
