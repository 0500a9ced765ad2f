"""The command in a process of its own: it ends when it is told to, and what it accepted is answered."""

import json
import signal
import socket
from contextlib import ExitStack
from threading import Thread
from urllib.request import Request, urlopen

import pytest
from served import serving

import pipelines
from pipelines.decoding.sampling import Sampler
from pipelines.serve import main


def post(port, path, body):
    """An answer, to be read and closed."""
    headers = {"Content-Type": "application/json"}
    return urlopen(Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), headers), timeout=60)


def test_what_was_accepted_is_answered_after_sigterm(folders):
    asked = {"prompt": "a ", "length": 1500, "seed": 2}
    with serving(folders["text_generation"]) as (process, port), ExitStack() as open_answers:
        answers = (post(port, "/runs/text_generation/generate", asked) for _ in range(3))
        writing = [open_answers.enter_context(answer) for answer in answers]
        read = [answer.read(1) for answer in writing]
        process.send_signal(signal.SIGTERM)
        read = [(first + answer.read()).decode() for first, answer in zip(read, writing, strict=True)]
        rest = process.communicate(timeout=60)[1]
        assert process.wait(10) in (0, -signal.SIGTERM)
    run = pipelines.load(folders["text_generation"])
    expected = run.task.detokenize.beginning("a ") + "".join(run.generate("a ", Sampler(2), 1500))
    assert read == [expected] * 3
    assert "Traceback" not in rest


def test_clients_at_the_same_time_get_their_own_answers_and_one_may_go_away(folders):
    found = {}

    def ask(number):
        text = f"I like {number} cats ."
        with post(port, "/runs/ner/predict", {"texts": text}) as answer:
            found[number] = json.load(answer)["predictions"][0]

    with serving(folders["ner"], folders["text_generation"]) as (process, port):
        with post(port, "/runs/text_generation/generate", {"length": 2000}) as leaves:
            leaves.read(1)
        threads = [Thread(target=ask, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.communicate(timeout=60)[1]
    run = pipelines.load(folders["ner"])
    for number, row in found.items():
        alone = next(run.predict([f"I like {number} cats ."]))
        assert (row["id"], row["source_tokens"], row["tags"]) == ("0", list(alone["source_tokens"]), alone["tags"])
    assert len(found) == 40


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    assert end.value.code == 2
    return capsys.readouterr().err


def test_what_cannot_be_served_is_refused_in_one_line(folders, tmp_path, capsys):
    ner = folders["ner"]
    assert "expected runs of different names, got 'ner' twice; leave one out" in refused(capsys, ner, ner)
    assert "--texts: expected a whole number of at least 1, got '0'" in refused(capsys, ner, "--texts", 0)
    assert "--port: expected 0 to 65535, got 70000" in refused(capsys, ner, "--port", 70000)
    assert "config.json" in refused(capsys, tmp_path)


def test_a_port_that_is_taken_is_refused_in_one_line(folders, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(capsys, folders["ner"], "--port", port)
    assert f"--port: 127.0.0.1:{port} cannot be listened on (Address already in use); choose another" in said
