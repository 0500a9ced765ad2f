"""Small runs of some tasks, and an application that serves them."""

import pytest
from conformance_cases import DATASET, RUN, build, cell_config, examples_of, task_config

from pipelines.runs.folder import save_run
from pipelines.serving.app import create_app
from pipelines.serving.limits import Limits
from pipelines.serving.measures import Measures
from pipelines.serving.served_run import ServedRun

SERVED = ("ner", "pos_tagging", "text_classification", "multilabel_classification", "translation", "text_generation")


@pytest.fixture(scope="session")
def folders(tmp_path_factory, ten_examples, ten_entity_examples, small_vectors):
    """Run folders by the names of their tasks, which are their own."""
    found = {}
    for name in SERVED:
        examples = examples_of(name, ten_examples, ten_entity_examples)
        one_way = name == "text_generation"
        task, model = build(task_config(name), cell_config("gru", not one_way, units=4), small_vectors, examples)
        if task.predicts == "labels":  # the first one always, and no other
            task.calibration["thresholds"] = {label: float(label != task.labels[0]) for label in task.labels}
        found[name] = tmp_path_factory.mktemp(name)
        save_run(found[name], name, RUN, task, model, DATASET)
    return found


@pytest.fixture(scope="session")
def application(folders):
    """Makes an application with other limits."""

    def make(**limits):
        given, measures = Limits(**limits), Measures()
        runs = {name: ServedRun.load(folder, given, measures.batches.observe) for name, folder in folders.items()}
        return create_app(runs, given, measures, ["*"])

    return make
