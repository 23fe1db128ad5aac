"""A report's content, and the same content as Markdown beside its pictures or as one HTML file that holds them.

Markdown is what a repository's pages show; the HTML file opens anywhere, without a network, and can be sent on.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

__all__ = ["Block", "Heading", "Page", "Paragraph", "Picture", "Table", "html", "markdown", "markdown_table"]


@dataclass(frozen=True)
class Heading:
    """Of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Plain text, no markup."""

    text: str


@dataclass(frozen=True)
class Table:
    """Heading and rows of equal length; columns from `left` on are numbers."""

    rows: Sequence[Sequence[str]]
    left: int = 1


@dataclass(frozen=True)
class Picture:
    """A PNG file; its title is what stands for it where it cannot be seen."""

    path: Path
    title: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Page:
    """A title and what follows it."""

    title: str
    blocks: Sequence[Block]


STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .15rem .8rem; text-align: left; border-bottom: 1px solid #8884; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; background: white; }
""".strip()


def markdown(page: Page) -> str:
    """The page as Markdown; pictures by their file names, so it belongs into their folder."""
    return "\n\n".join([f"# {page.title}", *(_markdown(block) for block in page.blocks)]) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"## {block.text}"
        case Paragraph():
            return block.text
        case Table():
            return markdown_table(block.rows, block.left)
        case Picture():
            return f"![{block.title}]({block.path.name})"


def markdown_table(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Heading and rows as a Markdown table; columns from `left` on are numbers."""
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    rule = ["---" if column < left else "---:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body))


def html(page: Page) -> str:
    """The page as one HTML document with its pictures inside.

    Raises:
        OSError: a picture cannot be read.
    """
    body = "\n".join(_html(block) for block in page.blocks)
    title = escape(page.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h2>{escape(block.text)}</h2>"
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Table():
            head, *body = block.rows
            rows = "\n".join(_html_row(row, "td", block.left) for row in body)
            return (
                f"<table>\n<thead>\n{_html_row(head, 'th', block.left)}\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
            )
        case Picture():
            data = base64.b64encode(block.path.read_bytes()).decode("ascii")
            title = escape(block.title, quote=True)
            return f'<figure><img src="data:image/png;base64,{data}" alt="{title}"></figure>'


def _html_row(row: Sequence[str], tag: str, left: int) -> str:
    classes = ["" if column < left else ' class="number"' for column in range(len(row))]
    cells = (f"<{tag}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(classes, row, strict=True))
    return f"<tr>{''.join(cells)}</tr>"
