"""A damaged lock file is recognised and replaced by its last whole copy."""

import json
import os
import subprocess
import time

import psutil
import pytest
import yaml

from embeddings.foundation.errors import InputError
from pipelines.reproduction.lockfile import LockFile, damage

LOCK = """schema: '2.0'
stages:
  prepare:
    cmd: prepare
    outs:
    - path: data
      hash: md5
      md5: 0cc175b9c0f1b6a831c399e269772661.dir
      size: 120
      nfiles: 11
  train@gru:
    cmd: train
    deps:
    - path: data
      hash: md5
      md5: 0cc175b9c0f1b6a831c399e269772661.dir
      size: 120
      nfiles: 11
    outs:
    - path: runs/gru
      hash: md5
      md5: 92eb5ffee6ae2fec3ad71c777531578f.dir
      size: 2048
      nfiles: 3
  predict@gru:
    cmd: predict
    deps:
    - path: runs/gru
      hash: md5
      md5: 92eb5ffee6ae2fec3ad71c777531578f.dir
      size: 2048
      nfiles: 3
    params:
      configs/ner.yaml:
        decoding: beam
    outs:
    - path: predictions/gru
      hash: md5
      md5: 4a8a08f09d37b73795649038408b5f33.dir
      size: 512
      nfiles: 2
"""
STAGES = {"prepare", "train@gru", "predict@gru"}


@pytest.fixture
def lock_file(tmp_path):
    (tmp_path / "tmp").mkdir()
    found = LockFile(tmp_path / "dvc.lock", tmp_path / "tmp/whole")
    found.path.write_text(LOCK, encoding="utf-8")
    found.keep()
    return found


@pytest.fixture
def damage_of(tmp_path):
    """What is wrong with a text, beside a whole one."""

    def found(text, whole, stages=STAGES):
        for name, content in (("text", text), ("whole", whole)):
            (tmp_path / name).write_text(content, encoding="utf-8")
        return damage(tmp_path / "text", tmp_path / "whole", stages)

    return found


def test_a_whole_lock_file_has_no_damage(damage_of, lock_file):
    assert damage_of(LOCK, LOCK) is None
    assert damage(lock_file.path, None, STAGES) is None


def test_every_beginning_of_a_lock_file_is_recognised(damage_of):
    for length in range(len(LOCK)):
        assert damage_of(LOCK[:length], LOCK), LOCK[:length][-60:]


def test_of_a_new_stage_a_beginning_is_recognised_or_is_one_that_dvc_runs_again(damage_of):
    """Without hashes of its outs, DVC takes a stage for stale; it comes from its cache."""
    before = LOCK[: LOCK.index("  predict@gru:")]
    for length in range(len(before), len(LOCK)):
        if not damage_of(LOCK[:length], before):
            assert "outs" not in yaml.safe_load(LOCK[:length])["stages"].get("predict@gru", ()), LOCK[:length][-60:]


def test_a_lock_file_may_lack_stages_that_there_are_no_longer(damage_of):
    fewer = LOCK[: LOCK.index("  predict@gru:")]
    assert damage_of(fewer, LOCK, STAGES - {"predict@gru"}) is None
    assert damage_of(fewer, LOCK) == "it lacks 1 of its stages, predict@gru among them"


def test_a_damaged_lock_file_is_replaced_by_its_copy_and_that_is_said(lock_file):
    lock_file.path.write_text(LOCK[:700], encoding="utf-8")
    (line,) = lock_file.repair(STAGES)
    assert line.startswith(f"{lock_file.path}: it ")
    assert "replaced by its last whole copy" in line
    assert lock_file.path.read_text(encoding="utf-8") == LOCK
    assert lock_file.repair(STAGES) == []


def test_a_whole_lock_file_is_copied(lock_file):
    changed = LOCK.replace("512", "513")
    lock_file.path.write_text(changed, encoding="utf-8")
    assert lock_file.repair(STAGES) == []
    assert lock_file.copy.read_text(encoding="utf-8") == changed


def test_a_damaged_lock_file_without_a_copy_is_refused_in_one_line(lock_file):
    lock_file.copy.unlink()
    lock_file.path.write_text(LOCK[:700], encoding="utf-8")
    with pytest.raises(InputError, match=r"dvc\.lock: expected a whole lock file, it is cut; git"):
        lock_file.repair(STAGES)


def test_a_lock_file_that_was_removed_stays_so_and_its_copy_goes(lock_file):
    lock_file.path.unlink()
    assert lock_file.repair(STAGES) == []
    assert not lock_file.path.exists()
    assert not lock_file.copy.exists()


def test_a_cut_list_of_readers_and_writers_is_removed(lock_file):
    lock_file.read_write_lock.write_text('{"write": {"/da', encoding="utf-8")
    (line,) = lock_file.repair(STAGES)
    assert "rwlock" in line
    assert not lock_file.read_write_lock.exists()


def test_readers_and_writers_that_were_killed_are_released(lock_file):
    """Those that run stay; of the others DVC would go on to say that they are busy."""
    ended = subprocess.Popen(["true"])
    while psutil.Process(ended.pid).status() != psutil.STATUS_ZOMBIE:  # it has ended, and nobody has waited for it
        time.sleep(0.01)
    runs, killed = {"pid": os.getpid(), "cmd": "dvc repro"}, {"pid": ended.pid, "cmd": "dvc repro"}
    content = {"write": {"/a": runs, "/b": killed}, "read": {"/c": [runs, killed], "/d": [killed]}}
    lock_file.read_write_lock.write_text(json.dumps(content), encoding="utf-8")
    assert lock_file.repair(STAGES) == []
    left = json.loads(lock_file.read_write_lock.read_text(encoding="utf-8"))
    assert left == {"write": {"/a": runs}, "read": {"/c": [runs]}}
    ended.wait()


def test_a_process_that_began_after_the_list_was_written_is_another_one_of_the_same_number(lock_file):
    content = {"write": {"/a": {"pid": os.getpid(), "cmd": "dvc repro"}}}
    lock_file.read_write_lock.write_text(json.dumps(content), encoding="utf-8")
    os.utime(lock_file.read_write_lock, (1e9, 1e9))
    lock_file.repair(STAGES)
    assert json.loads(lock_file.read_write_lock.read_text(encoding="utf-8")) == {"write": {}}
