"""Log lines of a long job: now and then, and none from a silent one."""

import pytest

from training.run.progress import Progress


def test_text_is_made_only_when_it_is_shown(capsys):
    made = []

    def text():
        made.append(len(made))
        return f"text {made[-1]}"

    with Progress("job", interval=3600.0) as shown:
        for step in range(5):
            shown.update(step / 4, text)
        shown.note("done")
    assert made == [0]
    assert capsys.readouterr().err == "job:   0.0 % text 0\njob: done\n"


def test_a_silent_one_shows_nothing(capsys):
    with Progress("job", interval=0.0, silent=True) as shown:
        shown.update(0.5, lambda: pytest.fail("asked for text"))
        shown.note("done")
    assert capsys.readouterr() == ("", "")
