"""Items of JSON files, each with the line on which it begins."""

from pathlib import Path

from pipelines.data.json_items import json_items


def test_an_item_of_a_list_has_the_number_of_its_line() -> None:
    written = '\n[{"a":\n\n1}, {"b": 2},\n{"c": [\n3]},\n"d"]'
    items = list(json_items(enumerate(written.split("\n"), start=1), Path("f.json")))
    assert [number for number, _ in items] == [2, 4, 5, 7]
    assert [item.split() for _, item in items][2] == [b'{"c":', b"[", b"3]}"]
