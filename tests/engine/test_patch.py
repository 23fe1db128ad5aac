"""Patches: what loads, what is refused and in which words, and that saving gives the same patch back."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from engine.library import find_model, find_patch, list_models, list_patches, model_knobs
from engine.parameters import GROUPS, TABLE, knob_parameter, parameter
from engine.patch import ModulationRow, Patch, load_patch, patch_text, read_patch, save_patch
from engine.vocabulary import SOURCES, TARGETS

KNOBS = [knob_parameter("cutoff", "Cutoff", "", 0.5, 0), knob_parameter("shape", "Shape", "", 0.5, 1)]
HEAD = 'schema = 1\nname = "X"\nmodel = "va"\n'


def test_table_is_sound() -> None:
    assert len({entry.id for entry in TABLE}) == len(TABLE)
    for entry in TABLE:
        assert entry.group in GROUPS and entry.low <= entry.default <= entry.high and entry.help.endswith(".")
        assert entry.encode(entry.decode(entry.default)) == entry.default
        assert entry.at(0) == entry.low and entry.at(1) == pytest.approx(entry.high)
        assert entry.at(entry.travel(entry.default)) == pytest.approx(entry.default)
        assert entry.curve == "linear" or entry.low > 0


def test_defaults_where_the_file_is_silent() -> None:
    patch = read_patch(HEAD, "x.toml", KNOBS)
    assert patch.value("voice.mode") == "poly" and patch.value("voice.polyphony") == 12
    assert patch.number("lfo1.shape") == 0 and patch.knobs == {} and patch.modulation == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ("schema", "1")),
        ('schema = 2\nname = "X"\nmodel = "va"', ("schema", "2")),
        ('schema = 1\nmodel = "va"', ("name",)),
        ('schema = 1\nname = "X"', ("model",)),
        ('schema = 1\nname = 3\nmodel = "va"', ("name", "text")),
        (HEAD + "colour = 1", ("colour", "allowed")),
        (HEAD + "tags = [1]", ("tags",)),
        (HEAD + "knobs = 3", ("knobs",)),
        (HEAD + "[knobs]\nfoo = 0.5", ("knobs.foo", "cutoff")),
        (HEAD + "[knobs]\ncutoff = 1.5", ("knobs.cutoff", "0 to 1")),
        (HEAD + "[knobs]\ncutoff = nan", ("knobs.cutoff", "0 to 1")),
        (HEAD + '[knobs]\ncutoff = "a"', ("knobs.cutoff", "number")),
        (HEAD + "[knobs]\ncutoff = true", ("knobs.cutoff", "number")),
        (HEAD + "[amp]\nattack = 0.0", ("amp.attack", "0.001 to 20 s")),
        (HEAD + "[amp]\nattack = inf", ("amp.attack", "0.001 to 20 s")),
        (HEAD + "[amp]\nattak = 0.1", ("amp.attak", "attack")),
        (HEAD + "[voice]\npolyphony = 2.5", ("voice.polyphony", "whole")),
        (HEAD + "[voice]\npolyphony = 33", ("voice.polyphony", "1 to 32")),
        (HEAD + '[voice]\nmode = "duo"', ("voice.mode", "legato")),
        (HEAD + "[voice]\nmode = 1", ("voice.mode", "legato")),
        (HEAD + "modulation = 1", ("modulation",)),
        (HEAD + '[[modulation]]\nsource = "env2"\ntarget = "cutoff"', ("modulation[1].amount",)),
        (HEAD + '[[modulation]]\nsource = "x"\ntarget = "cutoff"\namount = 1', ("modulation[1].source", "env2")),
        (HEAD + '[[modulation]]\nsource = "env2"\ntarget = "x"\namount = 1', ("modulation[1].target", "voice.pitch")),
        (HEAD + '[[modulation]]\nsource = "env2"\ntarget = "shape"\namount = 2', ("modulation[1].amount", "-1 to 1")),
        (HEAD + '[[modulation]]\nsource = "env2"\ntarget = "shape"\namount = 1\nx = 1', ("modulation[1].x",)),
        (HEAD + '[[modulation]]\nsource = "env2"\ntarget = "shape"\namount = 1\n' * 9, ("modulation", "8")),
        ("schema = [", ("TOML",)),
    ],
)
def test_refusals_name_file_field_and_what_is_allowed(body: str, words: tuple[str, ...]) -> None:
    with pytest.raises(SystoleError) as caught:
        read_patch(body, "bad.toml", KNOBS)
    line = str(caught.value)
    assert line.startswith("bad.toml: ") and "\n" not in line
    assert all(word in line for word in words), line


def number_for(entry):
    if entry.kind == "choice":
        return st.sampled_from(entry.choices)
    if entry.kind == "integer":
        return st.integers(int(entry.low), int(entry.high))
    return st.floats(entry.low, entry.high)


texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
patches = st.builds(
    Patch,
    name=texts.filter(str.strip),
    model=texts.filter(str.strip),
    author=texts,
    description=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    knobs=st.fixed_dictionaries({}, optional={"cutoff": st.floats(0, 1), "shape": st.floats(0, 1)}),
    parameters=st.fixed_dictionaries({}, optional={entry.id: number_for(entry) for entry in TABLE}),
    modulation=st.lists(
        st.builds(
            ModulationRow, st.sampled_from(list(SOURCES)), st.sampled_from([*TARGETS, "cutoff"]), st.floats(-1, 1)
        ),
        max_size=8,
    ).map(tuple),
)


@given(patches)
@settings(max_examples=60, deadline=None)
def test_text_gives_the_same_patch_back(patch: Patch) -> None:
    assert read_patch(patch_text(patch), "x.toml", KNOBS) == patch


@given(st.text(max_size=120))
@settings(max_examples=80, deadline=None)
def test_random_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SystoleError) as caught:
        read_patch(text, "x.toml", KNOBS)
    assert "\n" not in str(caught.value)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["attack", "source", "x"]), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["schema", "name", "model", "tags", "knobs", "amp", "voice", "modulation"]), values)
)
@settings(max_examples=150, deadline=None)
def test_documents_of_any_shape_are_refused_or_read(document) -> None:
    from engine.patch import _Reader

    try:
        _Reader(document, "x.toml", KNOBS).read()
    except SystoleError as error:
        assert "\n" not in str(error)


def test_save_and_load(home: Path) -> None:
    patch = Patch("Mine", "tiny", knobs={"knob0": 0.5}, parameters={"amp.attack": 0.25, "voice.mode": "mono"})
    target = home / "patches" / "mine.toml"
    save_patch(patch, target)
    assert load_patch("mine") == load_patch(target) == patch
    assert tomllib.loads(target.read_text())["schema"] == 1
    assert sorted(path.name for path in target.parent.iterdir()) == ["mine.toml", "tiny.toml"]


def test_save_refuses_what_would_not_load(home: Path) -> None:
    target = home / "patches" / "bad.toml"
    with pytest.raises(SystoleError, match="attack"):
        save_patch(Patch("Bad", "tiny", parameters={"amp.attack": math.nan}), target)
    assert not target.exists()
    with pytest.raises(SystoleError, match="cannot be written"):
        save_patch(Patch("Bad", "tiny"), home / "nowhere" / "x.toml")


@pytest.mark.parametrize(("data", "text"), [(b"", "empty"), (b"\xff\xfe", "UTF-8"), (b"a" * (2 << 20), "larger")])
def test_unreadable_files(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(SystoleError, match=text):
        load_patch(path)


def test_missing_names_list_what_there_is(home: Path) -> None:
    with pytest.raises(SystoleError, match=r"nothing: no such patch; there are: .*tiny"):
        load_patch("nothing")
    with pytest.raises(SystoleError, match=r"no such model; there are: .*tiny"):
        find_model("nothing")
    with pytest.raises(SystoleError, match="no such patch file"):
        find_patch("some/where.toml")
    with pytest.raises(SystoleError, match="not a file"):
        find_patch(home / "patches")
    with pytest.raises(SystoleError):
        find_patch("a\0b")
    (home / "patches" / "orphan.toml").write_text('schema = 1\nname = "O"\nmodel = "gone"\n')
    with pytest.raises(SystoleError, match=r"orphan.toml: model: gone: no such model"):
        load_patch("orphan")


def test_library_lists_broken_files_with_their_reason(home: Path) -> None:
    (home / "patches" / "broken.toml").write_text("schema = 7\n")
    (home / "models" / "broken.safetensors").write_bytes(b"nonsense")
    patches_by_name = {entry.name: entry for entry in list_patches()}
    assert patches_by_name["broken"].patch is None and "schema" in (patches_by_name["broken"].error or "")
    assert patches_by_name["tiny"].patch is not None and patches_by_name["tiny"].origin == "user"
    models = {entry.name: entry for entry in list_models()}
    assert models["broken"].program is None and models["broken"].error
    assert [knob.name for knob in model_knobs(models["tiny"].path)] == ["knob0", "knob1"]


def test_user_files_hide_factory_files(home: Path) -> None:
    (home / "patches" / "bass.toml").write_text('schema = 1\nname = "Mine"\nmodel = "tiny"\n')
    assert load_patch("bass").name == "Mine"
    assert [entry.origin for entry in list_patches() if entry.name == "bass"] == ["user"]


@pytest.mark.parametrize("text", ["a\nb", "a\r\x1b[2Jb", "\u2028", "\x00"])
def test_messages_stay_on_one_line_whatever_a_file_calls_things(home: Path, text: str) -> None:
    key = "".join(f"\\u{ord(c):04x}" for c in text)
    bodies = [f'"{key}" = 1', f'[knobs]\n"{key}" = 0.5', f'[knobs]\n"{key}" = 7', f'[amp]\n"{key}" = 1',
              f'[[modulation]]\nsource = "{key}"\ntarget = "x"\namount = 0', f'[voice]\nmode = "{key}"',
              f'["{key}"]\n["{key}"]']  # fmt: skip
    calls = [lambda body=body, knobs=knobs: read_patch(HEAD + body, f"{text}.toml", knobs)
             for body in bodies for knobs in (KNOBS, None)]  # fmt: skip
    calls += [lambda: find_patch(text), lambda: find_model(text), lambda: parameter(text), lambda: load_patch(text)]
    (home / "patches" / "strange.toml").write_text(f'schema = 1\nname = "O"\nmodel = "{key}"\n')
    calls.append(lambda: load_patch("strange"))
    refused = 0
    for call in calls:
        try:
            call()
        except SystoleError as error:
            refused += 1
            assert str(error).isprintable(), str(error)
    assert refused >= len(calls) - 2  # without a model's knobs, any knob name may be right


def test_unknown_parameter_names_its_group() -> None:
    with pytest.raises(SystoleError, match=r"amp.x: unknown parameter; allowed: attack, decay"):
        parameter("amp.x")
