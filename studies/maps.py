"""Charts of single texts: how strongly each word counts, and what a unit says after each character."""

import json
from collections.abc import Sequence
from typing import Any

from studies.charts import COLOURS, wrapped
from studies.intervals import Row

LINE = 36  # characters of a line of text
CHARACTER, HEIGHT = 8, 20  # pixels


def heat(title: str, rows: Sequence[Row], share: str, column: str) -> Any:
    """Words below one another, and for each column a cell whose colour is the stronger the more a word counts.

    Args:
        title: over the panel; it states what the panel shows.
        rows: of each word and column: `place`, `word`, the column and the share.
        share: the field from 0, which leaves the background, to 1.
        column: the field of columns, in the order of the rows; a comma in a name breaks its line.
    """
    import altair as alt

    words = {row["place"]: row["word"] for row in rows}
    label = json.dumps(words) + "[datum.value]"
    fields = ("place", column, share)
    data = alt.Data(values=[{key: row[key] for key in fields} for row in rows])
    place = alt.Y("place:O", title=None, sort=sorted(words)).axis(labelExpr=label, ticks=False, domain=False)
    across = alt.X(f"{column}:N", title=None, sort=list(dict.fromkeys(row[column] for row in rows)))
    across = across.axis(
        orient="top", labelAngle=0, ticks=False, domain=False, labelPadding=16, labelExpr="split(datum.value, ', ')"
    )
    strength = alt.Opacity(f"{share}:Q").scale(domain=[0, 1], range=[0, 1]).legend(None)
    cells = alt.Chart(data).mark_rect(color=COLOURS[0]).encode(x=across, y=place, opacity=strength)
    return alt.layer(cells, title=wrapped(title), width=320, height=alt.Step(15))


def coloured(title: str, text: str, values: Sequence[float]) -> Any:
    """A text, each character on the colour of a value: blue above zero, orange below.

    Args:
        title: over the panel; it states what the panel shows.
        text: the text; lines are broken between words.
        values: one a character.
    """
    import altair as alt

    most = max(map(abs, values))
    cells, line, column = [], 0, 0
    for number, (character, value) in enumerate(zip(text, values, strict=True)):
        word = text[number:].split(" ")[0]
        if column + len(word) > LINE and (number == 0 or text[number - 1] == " "):
            line, column = line + 1, 0
        cells.append({
            "x": column * CHARACTER, "to": (column + 1) * CHARACTER, "y": line * HEIGHT, "below": (line + 1) * HEIGHT,
            "character": character, "strength": abs(value) / most, "side": "praise" if value > 0 else "blame",
        })  # fmt: skip
        column += 1
    size = {"width": LINE * CHARACTER, "height": (line + 1) * HEIGHT}
    base = alt.Chart(alt.Data(values=cells))
    x = alt.X("x:Q", axis=None).scale(domain=[0, size["width"]], nice=False)
    y = alt.Y("y:Q", axis=None).scale(domain=[size["height"], 0], nice=False)
    side = alt.Color("side:N").scale(domain=["praise", "blame"], range=COLOURS[:2]).legend(None)
    strength = alt.Opacity("strength:Q").scale(domain=[0, 1], range=[0, 0.75]).legend(None)
    ground = base.mark_rect(stroke=None).encode(x=x, x2="to", y=y, y2="below", color=side, opacity=strength)
    letters = base.mark_text(font="monospace", fontSize=13, dx=CHARACTER / 2, dy=HEIGHT / 2).encode(
        x=x, y=y, text="character:N"
    )
    return alt.layer(ground, letters, title=wrapped(title), **size)
