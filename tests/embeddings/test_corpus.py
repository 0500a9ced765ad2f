import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from gensim.models import Word2Vec

from embeddings.corpus import BATCH_WORDS, unescape, write_corpus
from embeddings.foundation.errors import InputError


def trained_words(path, counts, lines, tokens):
    """How many words gensim trains on in one epoch without subsampling."""
    model = Word2Vec(vector_size=2, min_count=1, sample=0, workers=1)
    model.build_vocab_from_freq(dict(counts), corpus_count=lines)
    trained, _ = model.train(corpus_file=str(path), total_examples=lines, total_words=tokens, epochs=1)
    return trained


@pytest.mark.parametrize("length", [7, 10_000, 25_000])
def test_long_texts_are_trained_whole(write_split, tmp_path, length):
    text = [f"w{number % 50}" for number in range(length)]
    texts = [text] * (100_000 // length)
    corpus = write_corpus([write_split(texts)], "tokens", tmp_path / "corpus.txt")
    written = corpus.path.read_text(encoding="utf-8").split()
    assert written == [word for text in texts for word in text]
    assert corpus.counts == Counter(written)
    assert corpus.tokens == len(written)
    passed_over = corpus.tokens - trained_words(corpus.path, corpus.counts, corpus.lines, corpus.tokens)
    assert passed_over == corpus.tokens // BATCH_WORDS


def test_without_breaking_lines_gensim_passes_over_half_of_the_words(tmp_path):
    text = [f"w{number % 50}" for number in range(10_000)]
    (tmp_path / "corpus.txt").write_text((" ".join(text) + "\n") * 10, encoding="utf-8")
    assert trained_words(tmp_path / "corpus.txt", Counter(text * 10), 10, 100_000) == 50_000


def test_white_space_within_a_word_survives(write_split, tmp_path):
    words = ["New York", "10\u00a0000", "10 000", "a\nb", "plain"]
    corpus = write_corpus([write_split([words])], "tokens", tmp_path / "corpus.txt")
    written = corpus.path.read_text(encoding="utf-8").split()
    assert [unescape(word) for word in written] == words
    assert len(set(written)) == 5


def test_sources_are_described_one_by_one(write_split, tmp_path):
    first = write_split([["a", "b"], ["c"]], dataset="first")
    second = write_split([["a"]], dataset="second", split="unlabelled")
    corpus = write_corpus([first, second], "tokens", tmp_path / "corpus.txt")
    checksums = [hashlib.sha256(Path(source).read_bytes()).hexdigest() for source in (first, second)]
    assert corpus.sources == [
        {"file": first, "sha256": checksums[0], "language": "en", "tokens": 3, "sentences": 2},
        {"file": second, "sha256": checksums[1], "language": "en", "tokens": 1, "sentences": 1},
    ]
    assert (corpus.tokens, corpus.lines, corpus.tokenizer) == (4, 3, "words")
    assert corpus.counts == {"a": 2, "b": 1, "c": 1}


def test_the_rarest_words_are_dropped_where_there_are_more_than_are_to_be_counted(write_split, tmp_path):
    texts = [["a", "a", "b"], ["a", "c", "c"], ["d"], ["a", "b", "d"]]
    # The second text makes a: 3, b: 1, c: 2, whose median is 2; the third one leaves a: 3, d: 1; the last one makes
    # a: 4, b: 1, d: 2, whose median is 2 again.
    corpus = write_corpus([write_split(texts)], "tokens", tmp_path / "corpus.txt", most_words=2)
    assert corpus.counts == {"a": 4}
    assert corpus.uncounted == 2 + 2
    assert corpus.tokens == 10
    assert write_corpus([write_split(texts)], "tokens", tmp_path / "corpus.txt", most_words=4).uncounted == 0


def test_no_count_is_lower_than_is_said(write_split, tmp_path):
    draws = np.random.default_rng(1).zipf(1.3, 20_000)
    texts = [[f"w{word}" for word in text] for text in np.array_split(draws, 1000)]
    source = write_split(texts)
    exact = write_corpus([source], "tokens", tmp_path / "corpus.txt").counts
    corpus = write_corpus([source], "tokens", tmp_path / "corpus.txt", most_words=200)
    assert len(corpus.counts) <= 200 < len(exact)
    assert corpus.uncounted > 0
    for word, count in exact.items():
        assert count - corpus.uncounted <= corpus.counts[word] <= count


def test_the_field_decides_what_is_read(write_split, tmp_path):
    source = write_split([["собака"]], field="target_tokens", tokenizer="words_lowercase")
    corpus = write_corpus([source], "target_tokens", tmp_path / "corpus.txt")
    assert (corpus.counts, corpus.tokenizer) == ({"собака": 1}, "words_lowercase")
    with pytest.raises(InputError, match="tokens"):
        write_corpus([source], "tokens", tmp_path / "corpus.txt")


def test_a_mixture_of_tokenizers_is_refused(write_split, tmp_path):
    first = write_split([["A"]], dataset="first")
    second = write_split([["a"]], dataset="second", tokenizer="words_lowercase")
    with pytest.raises(InputError, match=f"^{second}: expected the tokenizer 'words', as of {first}, got 'words_lower"):
        write_corpus([first, second], "tokens", tmp_path / "corpus.txt")


@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_held_out_split_is_refused(write_split, tmp_path, split):
    with pytest.raises(InputError, match="no vectors are trained on dev or test"):
        write_corpus([write_split([["a"]], split=split)], "tokens", tmp_path / "corpus.txt")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "expected JSON: "),
        ('{"text": "a"}', "expected an object with the key 'tokens'; "),
        ('{"tokens": "a b"}', "expected array, got str at tokens; "),
        ('{"tokens": ["a", 1]}', r"expected str, got int at tokens\[1\]; "),
        ('{"tokens": [""]}', "expected a list of words under 'tokens', none of them empty; "),
    ],
)
def test_a_malformed_row_is_told_with_its_line(write_split, tmp_path, row, message):
    source = write_split([["a"]])
    with open(source, "a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(InputError, match=f"^{source}:2: {message}.*run the stage that writes it again$"):
        write_corpus([source], "tokens", tmp_path / "corpus.txt")


def test_a_missing_source_is_told(write_split, tmp_path):
    source = write_split([["a"]])
    with pytest.raises(InputError, match=r"unlabelled\.jsonl: no such file; run the stage `prepare`"):
        write_corpus([source.replace("train", "unlabelled")], "tokens", tmp_path / "corpus.txt")
    with pytest.raises(InputError, match=r"dataset\.json: no such file; run the stage `prepare`"):
        write_corpus([str(tmp_path / "none" / "train.jsonl")], "tokens", tmp_path / "corpus.txt")
