"use strict";
// Texts and labels come from outside: they are only ever put into the page as text.
const part = (id) => document.getElementById(id);
const runs = new Map();
let stopped = null;

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function say(text, wrong = false) {
  part("status").textContent = text;
  part("status").classList.toggle("wrong", wrong);
}

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...options, signal: stopped?.signal });
  if (response.ok) return response;
  const said = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
  throw new Error(said.error);
}

// Each label's probability, the largest first; `chosen` are the predicted ones.
function probabilities(shares, chosen) {
  const list = element("dl");
  for (const [label, share] of Object.entries(shares).sort((a, b) => b[1] - a[1])) {
    const row = element("div");
    const bar = element("meter");
    bar.value = share;
    bar.setAttribute("aria-label", `${label}: ${percent(share)}`);
    const drawn = element("dd");
    drawn.append(bar);
    row.append(element("dt", label, chosen.includes(label) ? "chosen" : ""), drawn, element("dd", percent(share)));
    list.append(row);
  }
  return list;
}

// A text with what was found at its characters; what a span says stands below it.
function spans(text, found, makes) {
  const characters = [...text]; // the server counts characters, JavaScript halves of some
  const line = element("p", "", "tokens");
  let end = 0;
  for (const span of found) {
    line.append(characters.slice(end, span.start).join(""), makes(characters.slice(span.start, span.end).join(""), span));
    end = span.end;
  }
  line.append(characters.slice(end).join(""));
  return line;
}

function entity(text, span) {
  const types = [...new Set(runs.get(part("run").value).labels.map((label) => label.replace(/^[BI]-/, "")))];
  const mark = element("mark", text, `kind-${types.indexOf(span.type) % 6}`);
  mark.append(element("small", span.type));
  mark.title = percent(span.probability);
  return mark;
}

function tagged(text, span) {
  const token = element("span", text, "token");
  token.append(element("small", span.tag));
  token.title = percent(span.probability);
  return token;
}

function attention(sources, written, weights) {
  const table = element("table");
  table.append(element("caption", "Attention: each written token, and how much it looked at each source token"));
  const head = table.createTHead().insertRow();
  head.append(element("td"));
  for (const token of sources) {
    const cell = element("th", token);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  written.forEach((token, place) => {
    const row = body.insertRow();
    const name = element("th", token);
    name.scope = "row";
    row.append(name);
    for (const weight of weights[place]) {
      const cell = row.insertCell();
      cell.style.background = `color-mix(in srgb, var(--accent) ${Math.round(45 * weight)}%, var(--field))`;
      cell.textContent = weight >= 0.05 ? Math.round(100 * weight) : "";
    }
  });
  const box = element("div", "", "scrolls");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Attention");
  box.append(table);
  return box;
}

function shown(text, row) {
  const article = element("article");
  if (row.entities) {
    article.append(spans(text, row.entities, entity));
  } else if (row.tags) {
    const tokens = row.tags.map((tag, place) => {
      const [start, end] = row.offsets[place];
      return { start, end, tag, probability: row.probabilities[place] };
    });
    article.append(spans(text, tokens, tagged));
  } else if (row.label !== undefined || row.labels) {
    article.append(element("p", text, "source"), probabilities(row.probabilities, row.labels ?? [row.label]));
  } else if (row.text !== undefined) {
    article.append(element("p", text, "source"), element("p", row.text, "written"));
    if (row.explanation) article.append(attention(row.source_tokens, row.tokens, row.explanation.weights));
  } else {
    article.append(element("p", text, "source"), element("pre", JSON.stringify(row, null, 1), "written"));
  }
  return article;
}

async function predict(run) {
  const texts = part("text").value.split("\n").filter((line) => line.trim());
  if (!texts.length) return say("Write a text first.", true);
  const response = await ask(`runs/${run.name}/predict`, { texts, explain: run.explains });
  const { predictions } = await response.json();
  part("answer").append(...predictions.map((row, place) => shown(texts[place], row)));
  say(`${predictions.length} ${predictions.length === 1 ? "text" : "texts"} read.`);
}

async function write(run) {
  const number = (id) => Number(part(id).value);
  const asked = { prompt: part("text").value, length: number("length"), temperature: number("temperature"), seed: number("seed") };
  const response = await ask(`runs/${run.name}/generate`, asked);
  const written = element("p", "", "written");
  part("answer").append(written);
  say("Writing.");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) written.append(piece.value);
  say("Written.");
}

async function send(event) {
  event.preventDefault();
  const run = runs.get(part("run").value);
  stopped?.abort();
  const mine = (stopped = new AbortController());
  part("answer").replaceChildren();
  say("Reading.");
  part("stop").hidden = !run.generates;
  try {
    await (run.generates ? write(run) : predict(run));
  } catch (error) {
    if (mine === stopped) say(error.name === "AbortError" ? "Stopped." : error.message, error.name !== "AbortError");
  }
  if (mine === stopped) part("stop").hidden = true;
}

function choose() {
  const run = runs.get(part("run").value);
  part("writing").hidden = !run.generates;
  part("text-label").textContent = run.generates ? "Beginning of the text" : "Text, one a line";
  part("send").textContent = run.generates ? "Write" : run.answers === "translation" ? "Translate" : "Predict";
}

async function start() {
  const found = await (await ask("runs")).json();
  for (const run of found.runs) {
    runs.set(run.name, run);
    const option = element("option", `${run.name} (${run.task.replaceAll("_", " ")})`);
    option.value = run.name;
    part("run").append(option);
  }
  part("run").addEventListener("change", choose);
  part("form").addEventListener("submit", send);
  part("stop").addEventListener("click", () => stopped?.abort());
  part("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part("form").requestSubmit();
  });
  choose();
}

start().catch((error) => say(error.message, true));
