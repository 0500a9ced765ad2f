"""Chains of stages: what runs at the same time, and what begins first."""

from pipelines.reproduction.chains import Chain, chains, patterns, stale_chains

# Two datasets; the vectors read one of them; two runs, of which one reads both; a page of everything.
NEEDS = {
    "prepare@news": [],
    "prepare@ner": [],
    "vectors": ["prepare@news"],
    "baseline@ner": ["prepare@ner"],
    "train@gru": ["prepare@ner", "vectors"],
    "train@sru": ["vectors"],
    "predict@gru": ["train@gru", "prepare@ner"],
    "predict@sru": ["train@sru"],
    "page": ["prepare@news", "prepare@ner", "train@gru", "train@sru", "predict@gru", "predict@sru", "baseline@ner"],
}
SIZES = {"train@gru": 5, "predict@gru": 1, "train@sru": 20, "predict@sru": 1, "baseline@ner": 2, "vectors": 3}


def by_name():
    return {chain.stages: chain for chain in chains(NEEDS, SIZES)}


def test_stages_that_wait_for_each_other_alone_are_a_chain():
    assert set(by_name()) == {
        ("prepare@news", "vectors"),
        ("prepare@ner",),
        ("baseline@ner",),
        ("train@gru", "predict@gru"),
        ("train@sru", "predict@sru"),
        ("page",),
    }


def test_a_chain_needs_what_its_stages_wait_for_outside_of_it():
    found = by_name()
    assert found["train@gru", "predict@gru"].needs == {"prepare@ner", "vectors"}
    assert found["page",].needs == {"predict@gru", "predict@sru", "baseline@ner"}
    assert not found["prepare@ner",].needs


def test_a_chain_stands_behind_those_that_it_needs():
    seen = set()
    for chain in chains(NEEDS, SIZES):
        assert chain.needs <= seen
        seen.update(chain.stages)
    assert seen == set(NEEDS)


def test_a_chain_is_as_heavy_as_the_heaviest_way_through_it():
    weights = {chain.name: chain.weight for chain in chains(NEEDS, SIZES)}
    assert weights == {"news": 3 + 20 + 1, "ner": 5 + 1, "gru": 5 + 1, "sru": 20 + 1, "page": 0} | {
        "ner": weights["ner"]
    }


def test_a_stale_stage_renews_its_chain_and_those_behind_it():
    def renewed(stale):
        return [chain.stages for chain in stale_chains(chains(NEEDS, SIZES), stale)]

    assert renewed(set()) == []
    assert renewed({"predict@sru"}) == [("train@sru", "predict@sru"), ("page",)]
    assert set(renewed({"vectors"})) == set(by_name()) - {("prepare@ner",), ("baseline@ner",)}


def test_a_chain_of_all_stages_of_a_key_is_one_target():
    every = ["train@gru", "train@sru", "predict@gru", "predict@sru", "page"]
    assert patterns(["train@gru", "predict@gru"], every) == ("*@gru",)
    assert patterns(["predict@gru"], every) == ("predict@gru",)
    assert patterns(["predict@gru", "train@gru"], every) == ("predict@gru", "train@gru")
    assert patterns(["page"], every) == ("page",)


def test_a_chain_has_the_name_of_its_run():
    assert Chain(("train@gru", "predict@gru"), frozenset(), 0, ()).name == "gru"
    assert Chain(("page",), frozenset(), 0, ()).name == "page"
