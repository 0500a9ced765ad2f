"""Messages of a command."""

import logging
import subprocess
import sys
from pathlib import Path

from embeddings.foundation.messages import show_messages


def test_a_message_goes_to_standard_error_once_and_a_warning_says_so(capsys):
    show_messages()
    show_messages()
    logging.getLogger("pipelines.a").info("three words")
    logging.getLogger("embeddings.b").warning("a.txt:3: %s", "a word twice")
    logging.getLogger("other").info("nothing")
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "three words\nwarning: a.txt:3: a word twice\n")


def test_a_message_holds_nothing_that_a_terminal_would_obey(capsys):
    show_messages()
    logging.getLogger("pipelines.a").info("the label \x1b[2J, \u202egood\nis rare")
    assert capsys.readouterr().err == "the label \\x1b[2J, \\u202egood\nis rare\n"


def test_a_library_is_silent_but_for_warnings():
    code = "import logging; log = logging.getLogger('embeddings.c'); log.info('quiet'); log.warning('loud')"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert (done.stdout, done.stderr) == ("", "loud\n")
