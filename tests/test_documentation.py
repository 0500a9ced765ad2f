"""The documentation names what exists: paths, commands, options, stages, links and code that runs."""

import contextlib
import fnmatch
import functools
import importlib
import importlib.util
import io
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml

from embeddings import store
from embeddings.foundation.config import load_config
from pipelines.cli import COMMANDS
from pipelines.datasets.config import SPLITS, DatasetConfig
from pipelines.datasets.toy.writer import write_files
from pipelines.project.kinds import KINDS
from pipelines.runs.config import load_run

ROOT = Path(__file__).parents[1]
PLACES = ("*.md", "docs/**/*.md", "benchmarks/*.md", "benchmarks/speed/*.md")
PAGES = sorted(path for place in PLACES for path in ROOT.glob(place))
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
SUFFIXES = (".csv", ".json", ".jsonl", ".lock", ".md", ".npy", ".py", ".toml", ".txt", ".yaml")
SOURCES = [path for folder in ("embeddings", "pipelines", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
GRAPHS = [
    yaml.safe_load((ROOT / path / "dvc.yaml").read_text(encoding="utf-8"))
    for path in ("", "benchmarks", "studies", "sweeps")
]
STAGES = [(name, stage) for graph in GRAPHS for name, stage in graph["stages"].items()]
RUNS_FILES = ("configs/runs.yaml", "benchmarks/runs.yaml")
EXAMPLES_OF_RUNS = {"docs/experiments.md": "configs/runs.yaml", "benchmarks/README.md": "benchmarks/runs.yaml"}
RUNS = [yaml.safe_load((ROOT / path).read_text(encoding="utf-8")) for path in (*RUNS_FILES, "benchmarks/variants.yaml")]
WRITTEN_BY_TOOLS = (".venv/*", "dist/*", "dvc.lock", "dvc_plots/*", "vectors/*.dvc", "elman_version.txt")
NAMES_IN_CODE = {re.sub(r"\{.*?\}", "*", name) for name in re.findall(r"[\w{}.-]+\.\w+", CODE)}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def fences(text, language):
    return [code for name, code in FENCE.findall(text) if name == language]


def spans(text):
    """Code inside a line."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def patterns(text):
    """A path with placeholders, such as <name> or ${key}, as a pattern."""
    return re.sub(r"<[^>]+>|\$\{[^}]+\}", "*", text)


def outputs():
    """Patterns of what the stages write."""
    for _, stage in STAGES:
        body = stage.get("do", stage)
        for out in (*body.get("outs", []), *body.get("metrics", [])):
            path = patterns(out if isinstance(out, str) else next(iter(out)))
            yield from (path, f"benchmarks/{path}")


@functools.cache
def repository():
    """Files and folders of the repository, without what the stages wrote here."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {*files, *(str(folder) for file in files for folder in Path(file).parents)}


def is_known(name):
    """Whether code names a file, or the repository has one of this name; splits are named by code that is not read."""
    in_code = any(fnmatch.fnmatch(name, known) for known in NAMES_IN_CODE if known.strip("*")[:1] != ".")
    return in_code or Path(name).stem in SPLITS or name in {Path(path).name for path in repository()}


def is_written(path):
    """Whether a stage or a tool writes a path, or a folder that holds it or that it holds."""
    parts = path.split("/")
    for out in (*outputs(), *WRITTEN_BY_TOOLS):
        same = all(fnmatch.fnmatch(part, of_out) for part, of_out in zip(parts, out.split("/"), strict=False))
        inside = len(parts) > out.count("/") + 1 and path.endswith(SUFFIXES)
        if same and (not inside or is_known(parts[-1])):
            return True
    return False


def own_content(block):
    """What a block of YAML says, without what it merges from elsewhere."""
    return yaml.safe_load(re.sub(r"<<: \*\w+(, )?", "", block))


def own_names(text):
    """Names that a page makes up for its reader: of files whose content it shows, of runs in these, in commands."""
    files = re.findall(r"^`([\w./-]+)`(?::$|, .*:$)", text, re.MULTILINE)
    for options in re.findall(r"--(?:train|dev|test|unlabelled|out)((?: [\w.~/]+)+)", text):
        files += options.split()
    files += re.findall(r"elman new (\S+)", text)
    for name, kind in re.findall(rf"elman add (\w+) --task ({'|'.join(KINDS)})\b", text):
        files += [f"{name}_skip_gram", f"{KINDS[kind].module}_{name}"]
        files += [
            f"{name}-{cell.stem}{output}" for cell in (ROOT / "configs/cells").iterdir() for output in ("", "_crf")
        ]
    contents = [own_content(block) for block in fences(text, "yaml")]
    runs = [name for content in contents for name in content.get("runs", content)]
    return {*files, *(Path(file).name for file in files), *(Path(file).stem for file in files), *runs}


def is_baseline(word):
    """Whether a word names a baseline as `elman compare` takes it: a group of the runs files, and a module."""
    group, _, system = word.partition("/")
    return (
        any(group in file.get("baselines", ()) for file in RUNS)
        and (ROOT / f"pipelines/baselines/{system}.py").exists()
    )


def missing_paths(text):
    """Paths in code that are neither in the repository nor written by a stage nor the page's own; in a line, names."""
    own = own_names(text)
    candidates = [
        *(word for span in spans(text) for word in span.split() if "/" in word or word.endswith(SUFFIXES)),
        *(word for block in fences(text, "bash") for word in block.split() if "/" in word),
    ]
    missing = []
    for word in (patterns(candidate).rstrip("/:,;") for candidate in candidates):
        if not re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*", word):
            continue
        if word in own or own & {*word.split("/"), Path(word).stem} or is_baseline(word):
            continue
        if not (fnmatch.filter(repository(), word) or is_written(word) or ("/" not in word and is_known(word))):
            missing.append(word)
    return missing


def command_lines(text):
    """The words of each command in shell blocks and in lines."""
    blocks = (block.replace("\\\n", " ") for block in fences(text, "bash"))
    for code in (*spans(text), *(line for block in blocks for line in block.splitlines())):
        for command in re.split(r"\||&&|;", code):
            with contextlib.suppress(ValueError):  # no command: a quotation mark alone
                yield shlex.split(command, comments=True)


def wrong_options(module, words):
    """Options that a stage's `--help` does not tell."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        importlib.import_module(module).main(["--help"])
    known = re.findall(r"--[\w-]+", output.getvalue())
    return [word for word in words if word.startswith("--") and word not in known]


def wrong_commands(text):
    """Commands with a target, stage, module, subcommand or option that does not exist."""
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    examples = list(own_names(text))
    kinds = ("runs", "baselines", "variants")
    named = {f"${{{kind}}}": [name for file in RUNS for name in file.get(kind, ())] for kind in kinds}
    keys: dict[str, list[str]] = {}
    for name, stage in STAGES:
        items = stage.get("foreach", [""])
        keys.setdefault(name, []).extend(named[items] + examples if isinstance(items, str) else items)
    wrong = []
    for words in command_lines(text):
        match words:
            case ["make", target, *_]:
                wrong += [] if target in targets else [f"make {target}"]
            case ["elman", command, *rest] if not command.startswith("-"):
                known = command in COMMANDS
                wrong += wrong_options(COMMANDS[command][0], rest) if known else [f"elman {command}"]
            case ["python", "-m", module, *rest]:
                known = importlib.util.find_spec(module)
                wrong += wrong_options(module, rest) if known else [f"python -m {module}"]
            case ["dvc", "repro", *stages] | ["dvc", "--cd", "benchmarks", "repro", *stages]:
                for stage, _, key in (name.removeprefix("sweeps/dvc.yaml:").partition("@") for name in stages):
                    wrong += [] if key in keys.get(stage, ()) else [f"dvc repro {stage}@{key}"]
    return wrong


def slug(heading):
    """The anchor of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def broken_links(text, folder):
    """Links inside the repository to a file or a heading that is not there."""
    broken = []
    for link in re.findall(r"(?:\]\(|\bsrc(?:set)?=\")([^)\"\s]+)", FENCE.sub("", text)):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = folder / target
        found = text if not target else path.read_text(encoding="utf-8") if anchor and path.is_file() else ""
        headings = [slug(heading) for heading in re.findall(r"^#+ (.*)", found, re.MULTILINE)]
        if not (path.exists() and (not anchor or anchor in headings)):
            broken.append(link)
    return broken


def unfounded_figures(text, folder):
    """Figures with an interval, such as 1.5 (1.2 to 1.8), that are on no page that their section links."""
    unfounded = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        pages = {folder / link for link in re.findall(r"\]\(([^)#\s]+)", section)}
        lines = [line for page in pages if page.is_file() for line in page.read_text(encoding="utf-8").splitlines()]
        for value, low, high in re.findall(r"([+-]?\d[\d.]*)\s\(([+-]?\d[\d.]*)\sto\s([+-]?\d[\d.]*)\)", section):
            figure = re.compile(
                rf"(?<![\d.+-]){re.escape(value)}(?![\d.]).*?{re.escape(f'{low} to {high}')}(?![\d.]*\d)"
            )
            if not any(figure.search(line) for line in lines):
                unfounded.append(f"{value} ({low} to {high})")
    return unfounded


def absolute_paths(text):
    """Paths that hold on one machine alone."""
    return re.findall(r"(?<![\w/.:$>)\]<*~-])/[a-zA-Z][\w.-]*", re.sub(r"<!--.*?-->", "", text))


def tree(text):
    """Paths in the page's tree: a name at the start of each line, a level two spaces deep."""
    (block,) = fences(text, "")
    folders: dict[int, str] = {}
    for line in block.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth] = line.split()[0]
        yield "".join(folders[level] for level in range(depth + 1))


@EACH_PAGE
def test_every_path_exists_or_is_written_by_a_stage(page):
    assert missing_paths(page.read_text(encoding="utf-8")) == []


@EACH_PAGE
def test_every_command_option_and_stage_exists(page):
    assert wrong_commands(page.read_text(encoding="utf-8")) == []


def test_every_command_of_a_new_projects_page_exists():
    text = (ROOT / "pipelines/project/template/readme.md").read_text(encoding="utf-8")
    assert "elman add" in text
    assert wrong_commands(text) == []


@EACH_PAGE
def test_every_link_inside_the_repository_resolves(page):
    assert broken_links(page.read_text(encoding="utf-8"), page.parent) == []


@EACH_PAGE
def test_no_page_names_a_path_of_one_machine(page):
    assert absolute_paths(page.read_text(encoding="utf-8")) == []


def test_every_figure_of_the_page_on_choosing_is_in_the_results_that_it_links():
    page = ROOT / "docs/choosing.md"
    assert unfounded_figures(page.read_text(encoding="utf-8"), page.parent) == []


def test_a_figure_that_no_linked_page_has_is_found(tmp_path):
    (tmp_path / "results.md").write_text("| a | 1.5 | 1.2 to 1.8 |\n| b | -2.5 | -3.0 to 1.8 |\n", encoding="utf-8")
    figures = "1.5 (1.2 to 1.8), -2.5 (-3.0 to\n1.8), 2.5 (-3.0 to 1.8), 1.5 (1.2 to 1.9)"
    found = unfounded_figures(f"## A\n1.5 (1.2 to 1.8)\n## B\n[Results](results.md): {figures}\n", tmp_path)
    assert found == ["1.5 (1.2 to 1.8)", "2.5 (-3.0 to 1.8)", "1.5 (1.2 to 1.9)"]


def test_the_tree_names_what_exists_and_every_folder_of_code():
    named = set(tree((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    folders = {path.parent.relative_to(ROOT) for path in SOURCES}
    of_one_line = {Path("pipelines/cells"), Path("pipelines/decoding")}  # plug-ins that are folders
    code = {f"{folder}/" for folder in folders if folder.parent not in of_one_line}
    stages = {str(path.relative_to(ROOT)) for path in (ROOT / "pipelines").glob("[!_]*.py")}
    assert code | stages <= named


@pytest.mark.parametrize(("page", "path"), list(EXAMPLES_OF_RUNS.items()))
def test_the_example_of_a_run_is_a_valid_run(page, path, tmp_path):
    (block,) = fences((ROOT / page).read_text(encoding="utf-8"), "yaml")
    runs = (ROOT / path).read_text(encoding="utf-8").replace("\nruns:\n", f"\nruns:\n{block}")
    (tmp_path / "runs.yaml").write_text(runs, encoding="utf-8")
    (name,) = own_content(block)
    run, task, _ = load_run(tmp_path / "runs.yaml", name, ROOT / "configs")
    assert all(getattr(task.training, key) == value for key, value in run.set.get("training", {}).items())
    for folder, file in (("datasets", run.dataset), ("vectors", run.source_vectors), ("vectors", run.target_vectors)):
        assert (ROOT / "configs" / folder / f"{file}.yaml").is_file()


def test_the_example_in_python_runs(tmp_path, monkeypatch):
    from gensim.models import KeyedVectors

    (block,) = (code for code in fences((ROOT / "README.md").read_text(encoding="utf-8"), "python") if "matrix" in code)
    words = sorted({*re.findall(r'"([a-z]+)"', block)} - {"zyzzyva"})
    vectors = KeyedVectors(5)
    vectors.add_vectors(words, np.random.default_rng(0).normal(size=(len(words), 5)).astype("float32"))
    folder = re.findall(r'load\("([^"]+)"\)', block)[0]
    store.save(tmp_path / folder, vectors, {})
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(block, names)
    assert names["found"].tolist() == [True, True, False]


def test_the_overviews_sentence_is_one_that_the_grammar_writes(tmp_path):
    page = (ROOT / "docs/overview.md").read_text(encoding="utf-8")
    sentence = next(block for block in fences(page, "") if "# sent_id" in block)
    number = int(re.findall(r"# sent_id = dev-(\d+)", sentence)[0])
    write_files(tmp_path, load_config(DatasetConfig, ROOT / "configs/datasets/toy_ner.yaml").seed, {"dev": number + 1})
    assert (tmp_path / "dev.conllu").read_text(encoding="utf-8").endswith(f"\n\n{sentence}\n")
    rule = fences(page, "")[0]
    assert rule in (ROOT / "pipelines/datasets/toy/rules/sentences.txt").read_text(encoding="utf-8")


def test_every_page_names_the_version_of_the_package():
    with open(ROOT / "pyproject.toml", "rb") as file:
        version = tomllib.load(file)["project"]["version"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## ([\d.]+) - ([\d-]+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert (cited["version"], cited["date-released"]) == newest.groups()
    texts = "".join(path.read_text(encoding="utf-8") for path in [*PAGES, ROOT / "requirements-predict.txt"])
    named = re.findall(r"elman-([\d.]+)-py3|git\+ADDRESS@v([\d.]+)|git tag v([\d.]+)", texts)
    assert {"".join(each) for each in named} == {version} == {cited["version"]}


BAD_PAGE = """# A title
`pipelines/nothing.py`, `runs/<name>/nothing.json` and `nothing.yaml`; [one](nothing.md),
[two](#nothing), [three](#a-title), <img src="docs/nothing.svg">.
```bash
make nothing && elman nothing | elman predict runs/a --nothing   # a comment
python -m pipelines.nothing; python -m pipelines.prepare \\
  --nowhere
dvc repro evaluate@nothing nothing compare
cat /etc/hosts configs/cells/nothing.yaml
```
"""


def test_a_page_with_mistakes_does_not_pass():
    missing = ["pipelines/nothing.py", "runs/*/nothing.json", "nothing.yaml", "configs/cells/nothing.yaml"]
    assert missing_paths(BAD_PAGE) == missing
    assert wrong_commands(BAD_PAGE) == [
        "make nothing",
        "elman nothing",
        "--nothing",
        "python -m pipelines.nothing",
        "--nowhere",
        "dvc repro evaluate@nothing",
        "dvc repro nothing@",
    ]
    assert broken_links(BAD_PAGE, ROOT) == ["nothing.md", "#nothing", "docs/nothing.svg"]
    assert absolute_paths(BAD_PAGE) == ["/etc"]
