"""What all pages share: the frame of their HTML with style and navigation, and a policy by which nothing is loaded."""

import base64
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def environment() -> "Environment":
    """Jinja's, with the templates beside this file; what they are given is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("pipelines.reporting.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def source(made: "Environment", name: str) -> str:
    """The text of a file beside the templates."""
    assert made.loader is not None
    return made.loader.get_source(made, name)[0]


def framed(made: "Environment", title: str, contents_of: str, scripts: Sequence[str] = ()) -> dict[str, Any]:
    """What `frame.html` is given: no script runs but these.

    Args:
        made: from `environment`.
        title: of the page.
        contents_of: what the navigation lists, for who cannot see it.
        scripts: of the page.
    """
    hashes = [_hash(script) for script in scripts]
    style = source(made, "report.css")
    return {"title": title, "contents_of": contents_of, "style": style, "scripts": scripts, "script_hashes": hashes}


def _hash(script: str) -> str:
    """As a content security policy names a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
