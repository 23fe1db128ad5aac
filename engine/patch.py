"""Patches: a sound as a TOML file, checked whole against the parameter table and the model's knobs.

    schema = 1
    name = "Glass bell"
    author = "Systole"
    tags = ["bell"]
    description = "..."
    model = "waveshaping"
    [knobs]
    timbre = 0.3
    [amp]
    decay = 2.5
    [[modulation]]
    source = "velocity"
    target = "timbre"
    amount = 0.4

Every error is one line that names the file, the field and what is allowed. What a file leaves out has the
table's default, so that a patch says only what makes it special.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accel.atomic import atomic_path
from accel.errors import SystoleError
from engine.parameters import GROUPS, TABLE, Parameter, Value, knob_parameter, parameter
from engine.text import plain
from engine.vocabulary import ROWS, SOURCES, target_names

__all__ = ["SCHEMA", "ModulationRow", "Patch", "load_patch", "patch_text", "read_patch", "save_patch"]

SCHEMA = 1
MAX_BYTES = 1 << 20
_TEXTS = ("name", "author", "description", "model")
_TOP = ("schema", *_TEXTS, "tags", "knobs", *GROUPS, "modulation")


@dataclass(frozen=True)
class ModulationRow:
    """One row of the matrix; amount -1..1, whose meaning depends on the target (`vocabulary.TARGETS`)."""

    source: str
    target: str
    amount: float


@dataclass(frozen=True)
class Patch:
    """A sound: a model, where its knobs stand, and how it is played.

    Attributes:
        model: name or path of the model (see `library.find_model`).
        knobs: knob id -> 0..1; knobs not named stand at the model's default.
        parameters: parameter id -> value as people write it; those not named have the table's default.
        modulation: at most eight rows.
    """

    name: str
    model: str
    author: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    knobs: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    modulation: tuple[ModulationRow, ...] = ()

    def value(self, id: str) -> Value:
        """Value of a parameter, its default where the patch is silent."""
        entry = parameter(id)
        return self.parameters[id] if id in self.parameters else entry.decode(entry.default)

    def number(self, id: str) -> float:
        """The same as the engine stores it (choices as their index)."""
        return parameter(id).encode(self.value(id))


class _Reader:
    """Checks one parsed document; `where` is the file name that every message begins with."""

    def __init__(self, document: Mapping[str, Any], where: str, knobs: Sequence[Parameter] | None) -> None:
        self.document = document
        self.where = plain(where)
        self.knobs = None if knobs is None else {knob.name: knob for knob in knobs}

    def fail(self, text: str) -> SystoleError:
        return SystoleError(f"{self.where}: {plain(text)}")

    def only(self, table: Any, name: str, allowed: Sequence[str]) -> Mapping[str, Any]:
        """`table` if it is one and holds no key beside `allowed`."""
        if not isinstance(table, Mapping):
            raise self.fail(f"{name} must be a table")
        for key in table:
            if key not in allowed:
                prefix = f"{name}." if name else ""
                raise self.fail(f"unknown key {prefix}{key}; allowed: {', '.join(allowed) or 'none'}")
        return table

    def read(self) -> Patch:
        self.only(self.document, "", _TOP)
        schema = self.document.get("schema")
        if type(schema) is not int or schema != SCHEMA:
            raise self.fail(f"schema is {schema!r}; allowed: {SCHEMA}")
        texts = {key: self._text(key) for key in _TEXTS}
        for key in ("name", "model"):
            if not texts[key].strip():
                raise self.fail(f"{key} is missing; it must be a text that is not empty")
        tags = self.document.get("tags", [])
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise self.fail("tags must be a list of texts")
        return Patch(
            tags=tuple(tags),
            knobs=self._knobs(),
            parameters=self._parameters(),
            modulation=self._modulation(),
            **texts,
        )

    def _text(self, key: str) -> str:
        text = self.document.get(key, "")
        if not isinstance(text, str):
            raise self.fail(f"{key} must be a text")
        return text

    def _checked(self, entry: Parameter, value: Any) -> Value:
        try:
            return entry.decode(entry.encode(value))
        except SystoleError as error:
            raise self.fail(str(error)) from None

    def _knobs(self) -> dict[str, float]:
        table = self.document.get("knobs", {})
        if self.knobs is None:
            if not isinstance(table, Mapping):
                raise self.fail("knobs must be a table")
            known = {key: knob_parameter(key, key, "", 0.5, 0) for key in table}
        else:
            self.only(table, "knobs", list(self.knobs))
            known = self.knobs
        return {key: float(self._checked(known[key], value)) for key, value in table.items()}

    def _parameters(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for group in GROUPS:
            entries = {entry.name: entry for entry in TABLE if entry.group == group}
            table = self.only(self.document.get(group, {}), group, list(entries))
            for key, value in table.items():
                found[f"{group}.{key}"] = self._checked(entries[key], value)
        return found

    def _modulation(self) -> tuple[ModulationRow, ...]:
        rows = self.document.get("modulation", [])
        if not isinstance(rows, list) or len(rows) > ROWS:
            raise self.fail(f"modulation must be a list of at most {ROWS} tables")
        return tuple(self._row(row, f"modulation[{index}]") for index, row in enumerate(rows, 1))

    def _row(self, row: Any, name: str) -> ModulationRow:
        keys = ("source", "target", "amount")
        self.only(row, name, keys)
        for key in keys:
            if key not in row:
                raise self.fail(f"{name}.{key} is missing")
        targets = target_names(list(self.knobs)) if self.knobs is not None else None
        for key, allowed in (("source", list(SOURCES)), ("target", targets)):
            if not isinstance(row[key], str) or (allowed is not None and row[key] not in allowed):
                raise self.fail(f"{name}.{key}: {row[key]!r} is not allowed; one of {', '.join(allowed or ())}")
        amount = row["amount"]
        if isinstance(amount, bool) or not isinstance(amount, (int, float)) or not -1 <= amount <= 1:
            raise self.fail(f"{name}.amount: {amount!r} is not allowed; -1 to 1")
        return ModulationRow(row["source"], row["target"], float(amount))


def read_patch(text: str, where: str, knobs: Sequence[Parameter] | None = None) -> Patch:
    """Parse and check a patch.

    Args:
        text: the TOML document.
        where: name that every message begins with.
        knobs: the model's knobs (`library.model_knobs`); None skips the check of knob names.

    Raises:
        SystoleError: one line naming file, field and what is allowed.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise SystoleError(f"{plain(where)}: not valid TOML: {plain(error)}") from None
    return _Reader(document, where, knobs).read()


def load_patch(path_or_name: str | os.PathLike[str]) -> Patch:
    """Load a patch by path or by name (user folder first, then factory) and check it against its model.

    Raises:
        SystoleError: not found, not readable, not valid, or its model is missing.
    """
    from engine.library import find_model, find_patch, model_knobs

    path = find_patch(path_or_name)
    text = read_text(path)
    patch = read_patch(text, str(path))  # tells the model, whose knobs the second reading needs
    try:
        model = find_model(patch.model)
    except SystoleError as error:
        raise SystoleError(f"{plain(path)}: model: {error}") from None
    return read_patch(text, str(path), model_knobs(model))


def read_text(path: Path) -> str:
    """The file's UTF-8 text, at most 1 MiB.

    Raises:
        SystoleError: missing, a folder, too large, not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be read: {error.strerror or error}") from None
    if not data.strip():
        raise SystoleError(f"{plain(path)}: the file is empty")
    if len(data) > MAX_BYTES:
        raise SystoleError(f"{plain(path)}: larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SystoleError(f"{plain(path)}: not UTF-8 text (byte {error.start})") from None


def _toml(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "nan"
    return str(value)


def patch_text(patch: Patch) -> str:
    """The patch as TOML, in the order of the table; `read_patch` gives an equal patch back."""
    head = {"schema": SCHEMA, "name": patch.name, "author": patch.author, "tags": patch.tags}
    head |= {"description": patch.description, "model": patch.model}
    lines = [f"{key} = {_toml(value)}" for key, value in head.items()]
    if patch.knobs:
        lines += ["", "[knobs]", *(f"{_toml(key)} = {_toml(float(value))}" for key, value in patch.knobs.items())]
    for group in GROUPS:
        entries = [entry for entry in TABLE if entry.group == group and entry.id in patch.parameters]
        if entries:
            lines += ["", f"[{group}]", *(f"{e.name} = {_toml(patch.parameters[e.id])}" for e in entries)]
    for row in patch.modulation:
        lines += ["", "[[modulation]]", f"source = {_toml(row.source)}", f"target = {_toml(row.target)}"]
        lines.append(f"amount = {_toml(float(row.amount))}")
    return "\n".join(lines) + "\n"


def save_patch(patch: Patch, path: str | os.PathLike[str]) -> None:
    """Write a patch (temporary file, then rename) after checking that it would load again.

    Raises:
        SystoleError: the patch is not valid, or the folder is missing or not writable.
    """
    text = patch_text(patch)
    read_patch(text, str(path))
    try:
        with atomic_path(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be written: {error.strerror or error}") from None
