"""Text, tables and pictures, written in Markdown, as one HTML file that looks like the report."""

import base64
from itertools import pairwise
from pathlib import Path

from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_bytes
from pipelines.reporting.page.frame import environment, framed

TABLE = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'


def document(markdown: str, folder: Path) -> str:
    """The page of a text of our own, which may hold HTML.

    Args:
        markdown: the title in its first line, then CommonMark with tables; headings of the second level make the
            navigation.
        folder: where its pictures are, SVG, which become part of the page.
    """
    from markdown_it import MarkdownIt

    title, _, text = markdown.partition("\n")
    parser = MarkdownIt("commonmark").enable("table")
    parser.add_render_rule("table_open", lambda *_: TABLE)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    tokens, sections = parser.parse(text), {}
    for token, inner in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            name = f"section-{len(sections) + 1}"
            token.attrSet("id", name)
            sections[name] = inner.content
        for picture in token.children or ():
            if picture.type == "image":
                drawn = read_bytes(folder / str(picture.attrGet("src")), PARSED_BYTES)
                picture.attrSet("src", f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode('ascii')}")
    body = parser.renderer.render(tokens, parser.options, {})
    made = environment()
    frame = framed(made, title.removeprefix("# "), "Sections")
    return made.get_template("document.html").render(**frame, sections=sections, body=body)
