"""The models of `training_cases` in plain PyTorch: a classifier, a tagger, a translator, and the loss of each.

Layers, sizes and dropout are those of our models; initial weights are PyTorch's own, those of word vectors ours.
"""

import importlib
from typing import Any

from benchmarks.speed.torch_steps import LAYERS, packed
from pipelines.models.config import EncoderConfig
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import PADDING_ID, UNKNOWN_ID
from pipelines.text.word_shapes import SHAPES

torch: Any = importlib.import_module("torch")  # extra `bench`
nn: Any = torch.nn
SHAPE_DIMENSIONS = 8
LOWEST = -1e9


def build(task: Task, dimensions: int, packs: bool) -> Any:
    """The untrained model of a task's configuration; `packs`: whether sequences are packed."""
    if task.predicts == "target_tokens":
        return Translator(task, dimensions, packs)
    return Tagger(task, dimensions, packs) if task.predicts == "tags" else Classifier(task, dimensions, packs)


def dropped(values: Any, share: float, training: bool) -> Any:
    """Dropout of features, the same ones over a whole sequence: (batch, time, features)."""
    return nn.functional.dropout1d(values.transpose(1, 2), share, training).transpose(1, 2) if share else values


class Words(nn.Module):
    """Word vectors, a share of the words unknown in training."""

    def __init__(self, words: int, dimensions: int, word_dropout: float) -> None:
        super().__init__()
        self.vectors, self.word_dropout = nn.Embedding(words, dimensions, padding_idx=PADDING_ID), word_dropout
        nn.init.normal_(self.vectors.weight, std=0.1)

    def forward(self, ids: Any) -> Any:
        if self.training and self.word_dropout:
            drawn = (torch.rand(ids.shape) < self.word_dropout) & (ids != PADDING_ID)
            ids = torch.where(drawn, UNKNOWN_ID, ids)
        return self.vectors(ids)


class Encoder(nn.Module):
    """Stacked recurrent layers, dropout before, between and behind them; gives outputs, and the last ones of each
    direction."""

    def __init__(self, cell: EncoderConfig, width: int, packs: bool) -> None:
        super().__init__()
        self.share, self.packs, self.units, directions = cell.dropout, packs, cell.units, 1 + cell.bidirectional
        self.layers = nn.ModuleList(
            LAYERS[cell.cell](width if level == 0 else directions * cell.units, cell.units, batch_first=True,
                              bidirectional=cell.bidirectional)
            for level in range(cell.depth)
        )  # fmt: skip

    def forward(self, inputs: Any, lengths: Any) -> tuple[Any, Any]:
        outputs = whole = dropped(inputs, self.share, self.training)
        for layer in self.layers:
            if self.packs:
                sequences = layer(packed(outputs, lengths))[0]
                whole = nn.utils.rnn.pad_packed_sequence(sequences, batch_first=True, total_length=inputs.shape[1])[0]
            else:
                whole = layer(outputs)[0]
            outputs = dropped(whole, self.share, self.training)
        ends = whole[torch.arange(len(whole)), lengths - 1, : self.units]
        return outputs, torch.cat([ends, whole[:, 0, self.units :]], -1)


class Classifier(nn.Module):
    """The maximum of the outputs over time is classified."""

    def __init__(self, task: Any, dimensions: int, packs: bool) -> None:
        super().__init__()
        cell = task.cell
        self.words = Words(len(task.vocabularies["tokens"]), dimensions, task.config.model.word_dropout)
        self.encoder = Encoder(cell, dimensions, packs)
        self.logits = nn.Linear(cell.units * (1 + cell.bidirectional), len(task.labels))

    def forward(self, ids: Any) -> Any:
        mask = ids != PADDING_ID
        outputs, _ = self.encoder(self.words(ids), mask.sum(1))
        return self.logits(outputs.masked_fill(~mask[..., None], LOWEST).amax(1))

    def loss(self, inputs: Any, labels: Any, weights: Any) -> Any:
        losses = nn.functional.cross_entropy(self(inputs), labels, reduction="none")
        return (losses * weights).sum() / weights.sum()


class Tagger(nn.Module):
    """Word vectors, a convolution over characters and word shapes; tags by softmax or a CRF."""

    def __init__(self, task: Any, dimensions: int, packs: bool) -> None:
        super().__init__()
        keys, cell, width = task.config.model, task.cell, dimensions
        self.words = Words(len(task.vocabularies["tokens"]), dimensions, getattr(keys, "word_dropout", 0.0))
        self.characters, self.shapes, self.crf = keys.characters, keys.word_shapes, keys.output == "crf"
        if self.characters:
            self.character_vectors = nn.Embedding(len(task.vocabularies["characters"]), keys.characters.dimensions)
            self.convolution = nn.Conv1d(keys.characters.dimensions, keys.characters.units, 3, padding="same")
            width += keys.characters.units
        if self.shapes:
            self.shape_vectors = nn.Embedding(len(SHAPES), SHAPE_DIMENSIONS)
            width += SHAPE_DIMENSIONS
        self.encoder = Encoder(cell, width, packs)
        self.logits = nn.Linear(cell.units * (1 + cell.bidirectional), len(task.labels))
        if self.crf:
            self.transitions = nn.Parameter(torch.zeros(len(task.labels) + 1, len(task.labels) + 1))

    def forward(self, inputs: Any) -> Any:
        ids, *others = inputs if isinstance(inputs, tuple) else (inputs,)
        mask = ids != PADDING_ID
        features = [self.words(ids)]
        if self.characters:
            numbers, characters, *others = others
            real = (characters != PADDING_ID)[..., None]
            vectors = self.character_vectors(characters)
            vectors = nn.functional.dropout(vectors, self.characters.dropout, self.training) * real
            found = self.convolution(vectors.transpose(1, 2)).masked_fill(~real.transpose(1, 2), LOWEST).amax(2)
            features.append(found[(numbers - 1).clamp(min=0)])
        if self.shapes:
            features.append(self.shape_vectors(others[0]))
        outputs, _ = self.encoder(torch.cat(features, -1), mask.sum(1))
        return self._potentials(self.logits(outputs), mask) if self.crf else self.logits(outputs)

    def _potentials(self, emissions: Any, mask: Any) -> Any:
        before = self.transitions[:-1, :-1].expand(emissions.shape[1], -1, -1)
        before = torch.cat([self.transitions[-1:, :-1].expand(before.shape[1], -1)[None], before[1:]])
        last = mask & ~nn.functional.pad(mask[:, 1:], (0, 1))
        return emissions[:, :, None] + before + last[..., None, None] * self.transitions[:-1, -1]

    def loss(self, inputs: Any, tags: Any, weights: Any) -> Any:
        outputs = self(inputs)
        if not self.crf:
            losses = nn.functional.cross_entropy(outputs.flatten(0, 1), tags.flatten(), reduction="none")
            return (losses * weights.flatten()).sum() / weights.sum()
        before = nn.functional.pad(tags[:, :-1], (1, 0))
        gold = outputs.flatten(2).gather(2, (before * outputs.shape[-1] + tags)[..., None])[..., 0]
        forward = outputs[:, 0, 0]
        for step in range(1, outputs.shape[1]):
            after = torch.logsumexp(forward[:, :, None] + outputs[:, step], 1)
            forward = torch.where(weights[:, step, None] > 0, after, forward)
        return (torch.logsumexp(forward, 1).sum() - (gold * weights).sum()) / weights.sum()


class Translator(nn.Module):
    """A recurrent encoder and decoder with additive attention, the output layer tied to the target's word vectors."""

    def __init__(self, task: Any, dimensions: int, packs: bool) -> None:
        super().__init__()
        cell, keys = task.cell, task.config.model
        width, self.smoothing, self.share = cell.units * (1 + cell.bidirectional), keys.label_smoothing, cell.dropout
        self.source = Words(len(task.vocabularies["tokens"]), dimensions, 0.0)
        self.target = Words(len(task.vocabularies["target_tokens"]), dimensions, 0.0)
        self.encoder = Encoder(cell, dimensions, packs)
        self.bridge = nn.Linear(width, cell.units)
        self.decoder = LAYERS[cell.cell](dimensions, cell.units, batch_first=True)
        self.query, self.key = nn.Linear(cell.units, cell.units, bias=False), nn.Linear(width, cell.units, bias=False)
        self.score = nn.Linear(cell.units, 1, bias=False)
        self.combine = nn.Linear(width + cell.units, dimensions)
        self.biases = nn.Parameter(torch.zeros(len(task.vocabularies["target_tokens"])))

    def encode(self, ids: Any) -> tuple[Any, Any, Any, Any]:
        """Annotations, their keys and mask, and the decoder's first state."""
        mask = ids != PADDING_ID
        outputs, ends = self.encoder(self.source(ids), mask.sum(1))
        return outputs, self.key(outputs), mask, torch.tanh(self.bridge(ends))[None]

    def decode(self, before: Any, annotations: Any, keys: Any, mask: Any, state: Any) -> tuple[Any, Any]:
        """Logits of the words behind those before, and the state."""
        outputs, state = self.decoder(dropped(self.target(before), self.share, self.training), state)
        outputs = dropped(outputs, self.share, self.training)
        scores = self.score(torch.tanh(self.query(outputs)[:, :, None] + keys[:, None]))[..., 0]
        contexts = scores.masked_fill(~mask[:, None], LOWEST).softmax(-1) @ annotations
        attentional = torch.tanh(self.combine(torch.cat([contexts, outputs], -1)))
        return attentional @ self.target.vectors.weight.T + self.biases, state

    def forward(self, inputs: Any) -> Any:
        source, before = inputs
        return self.decode(before, *self.encode(source))[0]

    def loss(self, inputs: Any, after: Any, weights: Any) -> Any:
        losses = nn.functional.cross_entropy(
            self(inputs).flatten(0, 1), after.flatten(), reduction="none", label_smoothing=self.smoothing
        )
        return (losses * weights.flatten()).sum() / weights.sum()


class TorchEngine:
    """Runs a model as a task's engine does (`pipelines.models.engine.Engine`)."""

    batches_at_once, choices, width = 1, None, None

    def __init__(self, model: Any) -> None:
        self.model = model

    def outputs(self, inputs: Any) -> Any:
        """Logits or potentials, as NumPy arrays."""
        with torch.inference_mode():
            return self.model(tensors(inputs)).numpy()

    def start(self, sources: Any) -> tuple[dict[str, Any], list[Any]]:
        """What the decoder attends to, and its state."""
        with torch.inference_mode():
            annotations, keys, mask, state = self.model.encode(tensors(sources))
        memory = {"annotations": annotations, "keys": keys, "mask": mask}
        return {name: value.numpy() for name, value in memory.items()}, [state[0].numpy()]

    def step(self, words: Any, states: list[Any], memory: dict[str, Any]) -> tuple[Any, list[Any], None]:
        """Decodes one word."""
        given = {name: torch.from_numpy(value) for name, value in memory.items()}
        with torch.inference_mode():
            logits, state = self.model.decode(tensors(words)[:, None], **given, state=torch.from_numpy(states[0])[None])
        return logits[:, 0].numpy(), [state[0].numpy()], None


def tensors(arrays: Any) -> Any:
    """NumPy arrays, or tuples of them, as tensors; ids are int64."""
    if isinstance(arrays, tuple):
        return tuple(tensors(array) for array in arrays)
    tensor = torch.from_numpy(arrays)
    return tensor.long() if tensor.dtype == torch.int32 else tensor
