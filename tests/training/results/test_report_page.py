import base64
from html.parser import HTMLParser
from pathlib import Path

from training.results.report_page import Heading, Page, Paragraph, Picture, Table, html, markdown


def page(folder: Path) -> Page:
    picture = folder / "a_curve.png"
    picture.write_bytes(b"\x89PNG-ish")
    rows = [["What", "Unit", "Value"], ["A < B | C", "dB", "1.5"]]
    return Page(
        "Title & more", [Paragraph("Some <b>text</b>."), Heading("Part"), Table(rows, 2), Picture(picture, 'A "curve"')]
    )


def test_markdown_names_its_pictures(tmp_path):
    assert markdown(page(tmp_path)) == (
        "# Title & more\n\nSome <b>text</b>.\n\n## Part\n\n"
        "| What | Unit | Value |\n| --- | --- | ---: |\n| A < B \\| C | dB | 1.5 |\n\n"
        '![A "curve"](a_curve.png)\n'
    )


def test_html_holds_its_pictures_and_escapes_text(tmp_path):
    found = html(page(tmp_path))
    (tmp_path / "a_curve.png").unlink()
    assert "<h1>Title &amp; more</h1>" in found
    assert "<p>Some &lt;b&gt;text&lt;/b&gt;.</p>" in found
    assert '<td>A &lt; B | C</td><td>dB</td><td class="number">1.5</td>' in found
    assert base64.b64encode(b"\x89PNG-ish").decode() in found
    assert 'alt="A &quot;curve&quot;"' in found
    assert found.startswith("<!doctype html>")
    assert unbalanced(found) == []


def unbalanced(text: str) -> list[str]:
    """Tags that are closed in another order than they were opened, or never."""
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "img"):
                tags.append(tag)

        def handle_endtag(self, tag):
            if tags and tags[-1] == tag:
                tags.pop()
            else:
                tags.append(f"/{tag}")

    Tags().feed(text)
    return tags
