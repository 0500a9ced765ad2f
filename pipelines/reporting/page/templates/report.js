"use strict";
// Sorts and filters the leaderboards, draws charts and confusion matrices, and searches examples. Texts and names from
// outside are only ever set as text.
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 10; // examples shown at first, and more at a time
  const LEGEND_WIDTH = 280; // pixels of a column
  const inkless = { labelColor: "currentColor", titleColor: "currentColor" };
  const CONFIG = {
    axis: { ...inkless, domainColor: "currentColor", tickColor: "currentColor", gridColor: "currentColor",
      gridOpacity: 0.15, titlePadding: 14, titleFontSize: 12 },
    legend: { ...inkless, labelFontSize: 12 }, title: { color: "currentColor" },
    view: { stroke: "transparent" }, font: "system-ui, sans-serif",
  };

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function sortable(table) {
    const headers = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    headers.forEach((header, column) => {
      const button = element("button", header.textContent.trim(), { type: "button" });
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const isText = header.dataset.type === "text";
        const now = header.getAttribute("aria-sort");
        const rising = now === "none" ? isText : now === "descending";
        headers.forEach((other) => other.setAttribute("aria-sort", "none"));
        header.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const key = (row) => isText ? row.cells[column].textContent.trim() : row.cells[column].dataset.sort ?? "";
        const compared = (one, other) => isText ? one.localeCompare(other) : Number(one) - Number(other);
        const rows = [...body.rows].sort((one, other) => {
          const [first, second] = [key(one), key(other)];
          if (first === "" || second === "") return (first === "") - (second === ""); // what is not known comes last
          return rising ? compared(first, second) : compared(second, first);
        });
        body.append(...rows);
      });
    });
  }

  function filtered(group) {
    const form = group.querySelector("form");
    const [query, kind, count] = [".filter", ".kind", ".count"].map((name) => form.querySelector(name));
    const rows = [...group.querySelectorAll(".board tbody tr")];
    const show = () => {
      const words = query.value.toLowerCase().split(/\s+/);
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !(words.every((word) => text.includes(word)) && (!kind.value || row.dataset.kind === kind.value));
      }
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} systems`;
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    show();
  }

  function tested(group) {
    const told = group.querySelector(".told");
    for (const button of group.querySelectorAll(".cell")) {
      button.addEventListener("click", () => { told.textContent = button.title; });
    }
  }

  function charts(group, data) {
    for (const place of group.querySelectorAll(".chart")) {
      const chart = data.charts[place.dataset.chart];
      const select = group.querySelector(`select.field[data-chart="${place.dataset.chart}"]`);
      const draw = () => {
        const specification = structuredClone(chart.specification);
        const layers = specification.layer ?? [specification];
        for (const layer of layers) {
          const channel = layer.encoding[chart.channel];
          if (!channel) continue;
          channel.field = select.value;
          channel.title = chart.fields[select.value];
          layer.encoding.color.legend.columns = Math.max(1, Math.floor(place.clientWidth / LEGEND_WIDTH));
        }
        return window.vegaEmbed(place, specification,
          { actions: false, renderer: "svg", ast: true, defaultStyle: false, config: CONFIG });
      };
      select.addEventListener("change", draw);
      draw();
    }
  }

  function confusion(group, data) {
    const table = group.querySelector(".confusion");
    if (!table) return;
    const select = group.querySelector(".confused");
    const { labels, systems } = data.confusion;
    const draw = () => {
      const head = element("tr");
      head.append(element("th", "actual \\ predicted", { scope: "col" }));
      labels.forEach((label) => head.append(element("th", label, { scope: "col" })));
      const body = systems[select.value].map((counts, number) => {
        const row = element("tr");
        row.append(element("th", labels[number], { scope: "row" }));
        const total = counts.reduce((sum, count) => sum + count, 0);
        counts.forEach((count, other) => {
          const share = total ? count / total : 0;
          const cell = element("td", count ? count.toLocaleString("en") : "");
          cell.title = `${labels[number]} as ${labels[other]}: ${(100 * share).toFixed(1)} %`;
          cell.style.backgroundColor = `rgba(var(--hue), ${(0.45 * Math.sqrt(share)).toFixed(3)})`;
          row.append(cell);
        });
        return row;
      });
      const [thead, tbody] = [element("thead"), element("tbody")];
      thead.append(head);
      tbody.append(...body);
      table.replaceChildren(element("caption", `Confusions of ${select.value}`), thead, tbody);
    };
    select.addEventListener("change", draw);
    draw();
  }

  function shown(example, systems) {
    const item = element("li");
    const text = element("p");
    if (example.tokens) {
      example.tokens.forEach(([token, tag]) => {
        if (tag) {
          const mark = element("mark", token);
          mark.append(element("small", tag));
          text.append(mark, " ");
        } else text.append(token, " ");
      });
    } else text.textContent = example.text;
    item.append(element("span", example.id, { class: "id" }), text);
    if (example.gold) item.append(element("p", `Reference: ${example.gold}`));
    const list = element("ul");
    for (const output of example.outputs) {
      const line = element("li", output.text || "(nothing)", { class: output.right ? "right" : "wrong" });
      const by = output.systems.map((number, place) => {
        const note = output.notes[place];
        return note ? `${systems[number]} (${note})` : systems[number];
      });
      line.append(" ", element("span", `${output.right ? "right" : "wrong"}: ${by.join(", ")}`, { class: "by" }));
      list.append(line);
    }
    item.append(list);
    return item;
  }

  function browser(group, data) {
    const form = group.querySelector(".errors");
    if (!form) return;
    const { systems, examples } = data.browser;
    const list = group.querySelector(".examples");
    const more = group.querySelector(".more");
    const count = form.querySelector(".count");
    const texts = examples.map((example) => [example.id, example.text ?? "", example.gold,
      (example.tokens ?? []).map((token) => token.join(" ")).join(" "),
      ...example.outputs.map((output) => output.text)].join("\n").toLowerCase());
    const right = examples.map((example) => {
      const of = new Array(systems.length).fill(false);
      example.outputs.forEach((output) => output.systems.forEach((number) => { of[number] = output.right; }));
      return of;
    });
    let found = [];
    const value = (name) => form.querySelector(`.${name}`).value;
    const fits = (number, which) =>
      value(which) === "" || right[number][value(which)] === (value(`${which}-outcome`) === "right");
    const grow = () => {
      const start = list.children.length;
      list.append(...found.slice(start, start + PAGE).map((number) => shown(examples[number], systems)));
      more.hidden = list.children.length >= found.length;
    };
    const search = () => {
      const query = value("query").toLowerCase();
      found = [...examples.keys()].filter((number) =>
        texts[number].includes(query) && fits(number, "first") && fits(number, "second"));
      count.textContent = `${found.length} of ${examples.length} examples`;
      list.replaceChildren();
      grow();
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", search);
    more.addEventListener("click", grow);
    search();
  }

  // Tokens by what leaving each of them out does to a label.
  function attributed(tokens, weights) {
    const text = element("p");
    const sizes = weights.map((weight) => Math.abs(weight ?? 0));
    const largest = Math.max(...sizes, 1e-9);
    const told = [...sizes].sort((one, other) => other - one)[Math.min(2, sizes.length - 1)];
    tokens.forEach((token, number) => {
      const weight = weights[number];
      const name = weight === null || weight === undefined ? "cut" : weight < 0 ? "against" : "for";
      const mark = element("span", token, { class: `token ${name}` });
      mark.title = name === "cut" ? "not read" : `${weight > 0 ? "+" : ""}${weight}`;
      mark.style.setProperty("--share", (sizes[number] / largest).toFixed(2));
      if (sizes[number] && sizes[number] >= told) mark.append(element("small", mark.title));
      text.append(mark, " ");
    });
    return text;
  }

  function attended(tokens, output) {
    const table = element("table", undefined, { class: "attention" });
    const [head, body] = [element("tr"), element("tbody")];
    head.append(element("th", "written \\ read", { scope: "col" }));
    tokens.forEach((token) => head.append(element("th", token, { scope: "col" })));
    output.tokens.forEach((token, number) => {
      const row = element("tr");
      row.append(element("th", token, { scope: "row" }));
      output.weights[number].forEach((weight, place) => {
        const cell = element("td", weight >= 0.05 ? Math.round(100 * weight) : "");
        cell.title = `${token} from ${tokens[place]}: ${(100 * weight).toFixed(0)} %`;
        cell.style.backgroundColor = `rgba(var(--hue), ${(0.45 * weight).toFixed(3)})`;
        row.append(cell);
      });
      body.append(row);
    });
    const thead = element("thead");
    thead.append(head);
    table.append(thead, body);
    return table;
  }

  function explained(group, data) {
    const form = group.querySelector(".explained-controls");
    if (!form) return;
    const place = group.querySelector(".explained");
    const [chosen, system] = ["example", "system"].map((name) => form.querySelector(`.explained-${name}`));
    const draw = () => {
      const { systems, examples } = data.explained;
      const example = examples[chosen.value];
      const shown = [];
      if (example.gold) shown.push(element("p", `Reference: ${example.gold}`));
      for (const output of example.outputs) {
        if (system && String(output.system) !== system.value) continue;
        if (output.tokens) {
          shown.push(output.tokens.length ? attended(example.tokens, output) : element("p", "(nothing written)"));
          continue;
        }
        const said = output.label ? `${output.label} (${(100 * output.probability).toFixed(0)} %)` : "no label";
        shown.push(element("h4", `${systems[output.system]}: ${said}`));
        if (output.label) shown.push(attributed(example.tokens, output.weights));
      }
      place.replaceChildren(...shown);
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", draw);
    draw();
  }

  function vectorMap(section) {
    if (!section) return;
    const parts = [".which", ".word", ".map", ".nearest"];
    const [select, query, place, told] = parts.map((name) => section.querySelector(name));
    const draw = () => {
      const { words, places, neighbours, total, explained } = DATA.maps[select.value];
      const typed = query.value.trim().toLowerCase();
      const exact = words.findIndex((word) => word.toLowerCase() === typed);
      const near = new Set(exact < 0 ? [] : neighbours[exact].map(([word]) => word));
      const values = words.map((word, number) => ({
        word, x: places[number][0], y: places[number][1],
        kind: typed && (number === exact || (exact < 0 && word.toLowerCase().includes(typed))) ? "found"
          : near.has(word) ? "neighbour" : "other",
      }));
      const found = values.filter((value) => value.kind === "found");
      told.textContent = exact >= 0
        ? `Nearest to ${words[exact]}: ${neighbours[exact].map(([word, cosine]) => `${word} ${cosine}`).join(", ")}`
        : typed ? `${found.length} of ${words.length} words` +
            (found.length ? `: ${found.slice(0, 20).map(({ word }) => word).join(", ")}` : "")
        : `${words.length} of ${total} words; the two axes hold ${(100 * explained).toFixed(0)} % of their variance`;
      const hidden = { axis: null, type: "quantitative", scale: { zero: false } };
      const color = { field: "kind", type: "nominal", legend: null,
        scale: { domain: ["found", "neighbour", "other"], range: ["#d62728", "#1f77b4", "#8a8f98"] } };
      window.vegaEmbed(place, {
        description: `Map of ${DATA.maps[select.value].name}`, width: "container", height: 480,
        background: "transparent",
        data: { values },
        encoding: { x: { ...hidden, field: "x" }, y: { ...hidden, field: "y" }, tooltip: { field: "word" } },
        layer: [
          { mark: { type: "circle", size: 30 }, encoding: { color } },
          { mark: { type: "text", dy: -9, fontSize: 12 },
            transform: typed ? [{ filter: "datum.kind !== 'other'" }] : [{ sample: 40 }],
            encoding: { text: { field: "word" }, color: { value: "currentColor" } } },
        ],
      }, { actions: false, renderer: "svg", ast: true, defaultStyle: false, config: CONFIG });
    };
    section.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    section.querySelector("form").addEventListener("input", draw);
    draw();
  }

  function reveal() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const closed = target && target.closest("details");
    if (!closed) return;
    closed.open = true;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  }

  for (const group of document.querySelectorAll("section.group")) {
    const data = DATA.groups[group.dataset.group];
    group.querySelectorAll("table.sortable").forEach(sortable);
    filtered(group);
    tested(group);
    charts(group, data);
    confusion(group, data);
    browser(group, data);
    explained(group, data);
  }
  vectorMap(document.getElementById("vectors"));
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((each) => { each.open = true; });
  });
  reveal();
})();
