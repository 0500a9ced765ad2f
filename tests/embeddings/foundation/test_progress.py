import time

from embeddings.foundation.progress import Progress


def test_the_last_epoch_tells_the_speed(capsys):
    with Progress(epochs=2, words=100) as progress:
        time.sleep(0.1)
        progress.on_epoch_end(None)  # sooner than a second: not told
        progress.on_epoch_end(None)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("epoch 2 of 2: ")
    speed = int(line.split(": ")[1].split(" words/s")[0].replace(",", ""))
    assert 0 < speed <= 2_000  # 200 words in a tenth of a second, or in more on a busy machine


def test_a_long_epoch_tells_the_time_left(capsys):
    with Progress(epochs=3, words=100, interval_seconds=0.2) as progress:
        progress.on_epoch_end(None)
        time.sleep(0.5)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith("in epoch 2 of 3, ") and line.endswith(" s left") for line in lines)
