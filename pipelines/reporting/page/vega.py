"""Vega, Vega-Lite and Vega-Embed as one script, which vl-convert brings along and puts together."""

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from embeddings.foundation.files import atomic_file

BUNDLED = "window.vegaEmbed = vegaEmbed;"  # with Vega and Vega-Lite, which it draws with


@cache
def vega_script() -> str:
    """The script. Putting it together takes a second, so that the user's cache keeps it for each version."""
    import pooch
    import vl_convert

    path = Path(pooch.os_cache("elman")) / f"vega-{version('vl-convert-python')}.js"
    with suppress(OSError):
        return path.read_text(encoding="utf-8")
    script = f"(() => {{{vl_convert.javascript_bundle(BUNDLED)}}})();"
    with suppress(OSError), atomic_file(path) as file:  # where nothing can be kept, it is put together again
        file.write(script)
    return script
