"""The files of docs/cluster: what their own tools say of them."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from clones import ROOT

DOCS = ROOT / "docs/cluster"
PINNED = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())


def read(name):
    return yaml.safe_load((DOCS / name).read_text(encoding="utf-8"))


def test_ray_up_takes_its_file():
    autoscaler = pytest.importorskip("ray.autoscaler", reason="the extra `cluster` is not installed")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(autoscaler.__path__[0]) / "ray-schema.json").read_text(encoding="utf-8"))
    config = read("ray-up.yaml")
    jsonschema.validate(config, schema)
    assert config["head_node_type"] in config["available_node_types"]


# The whole schema of a RayCluster is KubeRay's; v1 of 2026-08 found nothing when these files were written.
def test_the_kubernetes_file_has_the_form_of_a_ray_cluster():
    cluster = read("kuberay.yaml")
    assert (cluster["apiVersion"], cluster["kind"]) == ("ray.io/v1", "RayCluster")
    spec = cluster["spec"]
    assert spec["rayVersion"] == PINNED["ray"]
    assert {"headGroupSpec", "workerGroupSpecs"} <= spec.keys()
    for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())
        pod = group["template"]["spec"]
        volumes = {volume["name"] for volume in pod.get("volumes", ())}
        for container in pod["containers"]:
            assert {"name", "image", "resources"} <= container.keys()
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= volumes
    for group in spec["workerGroupSpecs"]:
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
        assert group["groupName"]


def test_hadolint_finds_nothing_in_the_container_file():
    found = subprocess.run(["hadolint", DOCS / "Containerfile"], capture_output=True, text=True)
    assert (found.stdout, found.returncode) == ("", 0)
