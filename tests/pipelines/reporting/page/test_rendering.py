"""The report as a file: what stands in it, what does not, and that nothing in it runs but its own scripts."""

import base64
import hashlib
import json
import re

import pytest

from embeddings.foundation.errors import InputError
from pipelines.report import main
from pipelines.reporting.leaderboard import write_leaderboard
from pipelines.reporting.page import rendering
from pipelines.reporting.page.rendering import report


@pytest.fixture(scope="module")
def text(world):
    return report(*world, texts=True)


def test_it_is_one_file_of_equal_bytes_each_time_that_names_nothing_to_load(world, text):
    assert report(*world, texts=True) == text
    assert len(text.encode()) < rendering.MOST_BYTES
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"<(link|iframe|object|embed|img|base)\b|<[^>]+ (src|on\w+)=|url\(|@import", markup)
    assert not re.search(r'href="(?!#)', markup)


def test_no_script_runs_but_those_whose_hash_the_policy_names(text):
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert "default-src 'none'" in policy
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts}
    assert len(scripts) == 2
    (allowed,) = re.findall(r"script-src ([^;]+)", policy)
    assert set(allowed.split()) == hashes


def test_markup_in_texts_labels_and_configurations_is_escaped(text):
    assert "window.hacked" in text
    assert "<script>window.hacked" not in text
    assert "<img src=x" not in text
    assert "b<i>ad" not in text


def test_every_score_links_to_its_configuration_command_and_signature(text):
    rows = [row for row in re.findall(r"<tr data-kind.*?</tr>", text, re.DOTALL) if "sentiment-lstm" in row]
    (target,) = set(re.findall(r'href="#([^"]+)"', rows[0]))
    (section,) = re.findall(rf'<section class="system" id="{target}".*?</section>', text, re.DOTALL)
    assert "<code>dvc repro evaluate@sentiment-lstm</code>" in section
    assert "metric:accuracy|split:test" in section
    assert "&#34;seed&#34;: 1" in section


def test_without_texts_no_sentence_prediction_or_word_of_them_is_left(world, data_of):
    text = report(*world, texts=False)
    for word in ("secret", "review", "Oslo", "Rome", "B-PER: "):
        assert word not in text
    assert [(group["browser"], group["explained"]) for group in data_of(text)["groups"]] == [(None, None)] * 2
    assert "sentiment-lstm" in text


def test_of_a_page_that_is_too_large_examples_are_left_out(world, text, data_of, monkeypatch):
    monkeypatch.setattr(rendering, "MOST_BYTES", len(text.encode()) - 1)
    shorter = report(*world, texts=True)
    assert [len(group["browser"]["examples"]) for group in data_of(shorter)["groups"]] == [20, 20]
    assert "20 of the 40 examples" in shorter


def test_a_report_that_would_be_too_large_is_refused(world, monkeypatch):
    monkeypatch.setattr(rendering, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"expected a report of at most 1,000 bytes, got [\d,]+; list fewer runs"):
        report(*world, texts=True)


@pytest.mark.parametrize(("options", "name"), [([], "reports/report.html"), (["--without-texts"], "shared.html")])
def test_the_command_writes_it_again_and_opens_it(world, text, options, name, tmp_path, monkeypatch):
    leaderboard, places = world
    opened = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("pipelines.report.SHARED", tmp_path / "shared.html")
    write_leaderboard("reports/leaderboard.json", leaderboard)
    folders = [f"--{name}={folder}" for name, folder in vars(places).items()]
    main([*folders, *options, "--open"])
    assert opened == [(tmp_path / name).as_uri()]
    assert ((tmp_path / name).read_text() == text) == (not options)


def test_a_leaderboard_of_an_earlier_version_is_refused_with_what_to_do(world, tmp_path, capsys):
    leaderboard, places = world
    write_leaderboard(tmp_path / "leaderboard.json", leaderboard)
    board = json.loads((tmp_path / "leaderboard.json").read_text())
    for group in board["groups"]:
        group["metrics"] = ""
    (tmp_path / "leaderboard.json").write_text(json.dumps(board))
    with pytest.raises(SystemExit):
        main([f"--reports={tmp_path}", f"--data={places.data}", f"--predictions={places.predictions}"])
    assert "the leaderboard is of an earlier version; run `elman compare`" in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()
