"""A lock file of which one entry is written has the bytes that DVC gives it."""

import pytest
from dvc.utils.serialize import dumps_yaml, modify_yaml

from pipelines.reproduction.lock_entries import entries, modifier


def entry(command, md5="0cc175b9c0f1b6a831c399e269772661", **more):
    return {"cmd": command, "deps": [{"path": "data", "hash": "md5", "md5": md5, "size": 120}], **more}


LONG = "python -m pipelines.train --runs configs/runs.yaml --run é --configs configs --data data --output runs/longest"
STAGES = {
    "prepare": entry("prepare"),
    "train@lstm": entry(LONG, params={"configs/ner.yaml": {"model": {"units": 64}, "none": None, "list": [1, 0.5]}}),
    "yes": entry("first\n\nsecond: 'line'\n"),  # a name in quotes, and a text of several lines
    "1": entry([LONG, "true"]),
    "evaluate": entry("echo 1e-05"),
}
LOCK = dumps_yaml({"schema": "2.0", "stages": {name: STAGES[name] for name in ("prepare", "train@lstm", "evaluate")}})


def written(tmp_path, before, changed, of_dvc=False):
    """What is in a lock file after some of its stages have changed, and whether DVC had to write the whole."""
    path, wholes = tmp_path / "dvc.lock", []
    if before is not None:
        path.write_text(before, encoding="utf-8")

    def whole(*of_file, **options):
        wholes.append(of_file)
        return modify_yaml(*of_file, **options)

    with (modify_yaml if of_dvc else modifier(whole))(str(path)) as content:
        content.setdefault("schema", "2.0")
        content.setdefault("stages", {}).update(changed)
    return path.read_text(encoding="utf-8"), bool(wholes)


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("before", [LOCK, dumps_yaml({"schema": "2.0", "stages": STAGES})], ids=["three", "all"])
def test_the_bytes_are_those_of_dvc(tmp_path, name, before):
    changed = {name: {**STAGES[name], "outs": entry("", md5="92eb5ffee6ae2fec3ad71c777531578f.dir")["deps"]}}
    found, by_dvc = written(tmp_path, before, changed)
    assert found != before
    assert found == written(tmp_path, before, changed, of_dvc=True)[0]
    assert not by_dvc


def test_what_stands_beside_the_stages_is_written_by_dvc(tmp_path):
    path, datasets = tmp_path / "dvc.lock", {"datasets": [{"name": "d"}]}
    path.write_text(LOCK, encoding="utf-8")
    with modifier(modify_yaml)(str(path)) as content:
        content.update(datasets)
    assert path.read_text(encoding="utf-8") == LOCK + dumps_yaml(datasets)


def test_keys_in_another_order_are_written_as_dvc_does(tmp_path):
    changed = {"prepare": dict(reversed(STAGES["prepare"].items()))}
    found, by_dvc = written(tmp_path, LOCK, changed)
    assert (found, by_dvc) == (written(tmp_path, LOCK, changed, of_dvc=True)[0], False)
    assert found != LOCK


@pytest.mark.parametrize(
    "before",
    [
        None,
        "",
        LOCK.replace("  evaluate:", "  # by hand\n  evaluate:"),
        LOCK.replace("'2.0'", '"2.0"'),
        LOCK + "datasets: []\n",
        LOCK.removesuffix("\n"),
        LOCK.replace("  evaluate:", "  ? evaluate\n  :"),
        LOCK.replace("  prepare:\n    cmd: prepare", "  prepare: {cmd: prepare}\n  other:\n    cmd: prepare"),
    ],
    ids=["none", "empty", "comment", "quotes", "datasets", "cut", "mark of a key", "in braces"],
)
def test_a_file_of_another_form_is_left_to_dvc(tmp_path, before):
    assert entries(before or "") == []
    found, by_dvc = written(tmp_path, before, {"prepare": STAGES["evaluate"]})
    assert by_dvc
    assert found == written(tmp_path, before, {"prepare": STAGES["evaluate"]}, of_dvc=True)[0]


def test_a_file_whose_stage_is_interrupted_stays_as_it_is(tmp_path):
    path = tmp_path / "dvc.lock"
    path.write_text(LOCK, encoding="utf-8")

    def interrupted():
        with modifier(modify_yaml)(str(path)) as content:
            content["stages"]["prepare"] = STAGES["yes"]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text(encoding="utf-8") == LOCK
    assert list(tmp_path.iterdir()) == [path]
