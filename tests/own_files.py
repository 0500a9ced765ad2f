"""Small files of each task, as people have them, for `elman add`."""

import random
from pathlib import Path

TOWNS, PEOPLE = ("Oslo", "Rome", "New York"), ("Anna", "Boris", "Carla Jones")
NOUNS = {"Hund": "dog", "Kind": "child", "Mann": "man"}
VERBS = {"sieht": "sees", "mag": "likes", "hört": "hears"}


TASKS = {  # task -> what stands behind the name of a split
    "ner": [".conll"],
    "pos": [".conllu"],
    "sentiment": [".csv"],
    "classification": [".csv"],
    "multilabel": [".topics.txt"],
    "translation": [".de", ".en"],
    "language_model": [".txt"],
}


def arguments(files: Path, task: str, *splits: str) -> list[str]:
    """Options of `elman add` for the files of a task."""
    of_splits = [[f"--{split}", *(str(files / f"{split}{end}") for end in TASKS[task])] for split in splits]
    return ["--task", task, *(word for words in of_splits for word in words)]


def write_files(folder: Path) -> None:
    """Writes files of each task, in which no example stands in two splits."""
    generator = random.Random(1)

    def number():
        return "".join(generator.choices("abcdefgh", k=6))

    def write(name, lines):
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    for split, count in (("train", 40), ("dev", 8), ("test", 8)):
        rows = [f'{number()},"The film {number()} was {word}, and it is so.",{label}'
                for word, label in (("good", "pos"), ("bad", "neg")) for _ in range(count // 2)]  # fmt: skip
        write(f"{split}.csv", ["id,review,mood", *rows])
        tagged = []
        for _ in range(count):
            tagged += [f"{number()} XX O", "is XX O", "in XX O"]
            for kind, names in (("LOC", TOWNS), ("PER", PEOPLE)):
                for place, word in enumerate(generator.choice(names).split()):
                    tagged.append(f"{word} NNP {'I' if place else 'B'}-{kind}")
            tagged += ["and CC O", "the DT O", ""]
        write(f"{split}.conll", ["-DOCSTART- -X- O", "", *tagged])
        tree = []
        for _ in range(count):
            words = (("the", "DET"), (number(), "NOUN"), ("is", "AUX"), ("of", "ADP"), ("that", "PRON"))
            tree += [f"{place}\t{word}\t_\t{tag}\t_\t_\t_\t_\t_\t_" for place, (word, tag) in enumerate(words, start=1)]
            tree.append("")
        write(f"{split}.conllu", tree)
        pairs = []
        for _ in range(count):
            (de, en), (verb, its) = (generator.choice([*words.items()]) for words in (NOUNS, VERBS))
            source, target = f"{verb} {number()} und das ist nicht gut.", f"{its} {number()} and that is not good."
            pairs.append((f"Der {de} {source}", f"The {en} {target}"))
        write(f"{split}.de", [pair[0] for pair in pairs])
        write(f"{split}.en", [pair[1] for pair in pairs])
        write(f"{split}.topics.txt", [f"__label__{label} __label__all The {number()} of it is {label}"
                                      if each % 2 else f"__label__{label} It is {number()} and the {label}"
                                      for label in ("food", "music") for each in range(count // 2)])  # fmt: skip
        write(f"{split}.txt", [f"The {number()} of {number()} is in the {number()}." for _ in range(count)])
    write("more.txt", [f"The film {number()} is in {number()} and not that." for _ in range(20)])
