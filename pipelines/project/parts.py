"""Parts of files that a command writes, between lines that are written by hand."""

import re
from typing import NamedTuple

from embeddings.foundation.errors import InputError


class Part(NamedTuple):
    """Where a part stands: how the line before it begins and the line after it; without one, down to the end."""

    before: str
    after: str = ""

    def find(self, text: str, where: object) -> slice:
        """The place of the part in a text.

        Raises:
            InputError: one of the two lines is missing; `where` names the text.
        """
        end = f"^{re.escape(self.after)}" if self.after else r"\Z"
        found = re.search(rf"^{re.escape(self.before)}.*\n((?:.*\n)*?){end}", text, re.MULTILINE)
        if not found:
            before, after = self.before.strip(), self.after.strip()
            raise InputError(f"{where}: expected the line {before!r}, and below it {after!r}; put them back")
        return slice(*found.span(1))

    def replace(self, text: str, content: str, where: object) -> str:
        """The text with other content in the part."""
        found = self.find(text, where)
        return text[: found.start] + content + text[found.stop :]
