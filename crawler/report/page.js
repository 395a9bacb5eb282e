"use strict";
// Nothing that was crawled becomes markup here: it is only ever set as text, and links are made
// of what Python has found to be web addresses.

const root = document.documentElement;

// --- light and dark ------------------------------------------------------------------------------

const themes = ["as the system", "light", "dark"];
const remembered = () => { try { return localStorage.getItem("copydesk-theme"); } catch { return null; } };
const remember = (theme) => { try { localStorage.setItem("copydesk-theme", theme); } catch { /* for now only */ } };

function setTheme(theme) {
  if (theme === themes[0]) delete root.dataset.theme; else root.dataset.theme = theme;
  document.getElementById("theme").textContent = `Colours: ${theme}`;
}

let theme = themes.includes(remembered()) ? remembered() : themes[0];
setTheme(theme);
document.getElementById("theme").addEventListener("click", () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  setTheme(theme);
  remember(theme);
});

// --- tables that sort ----------------------------------------------------------------------------

const compare = new Intl.Collator(undefined, { numeric: true }).compare;

// Makes the headings of a table buttons; `sort` is told the column and the direction, 1 or -1.
function addSorting(table, sort) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const was = heading.getAttribute("aria-sort");
      const first = heading.classList.contains("number") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      headings.forEach((one) => one.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", was === first ? other : first);
      sort(column, heading.getAttribute("aria-sort") === "ascending" ? 1 : -1);
    });
  });
}

const figure = (cell) => parseFloat(cell.dataset.value ?? cell.textContent.replaceAll(",", ""));

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  addSorting(table, (column, direction) => {
    const isNumber = table.tHead.rows[0].cells[column].classList.contains("number");
    const key = (row) => isNumber ? figure(row.cells[column]) : row.cells[column].textContent;
    const order = isNumber ? (a, b) => (a || 0) - (b || 0) : compare;
    const rows = [...body.rows].map((row) => [key(row), row]);
    rows.sort((a, b) => direction * order(a[0], b[0]));
    body.append(...rows.map(([, row]) => row));
  });
}

// --- the articles --------------------------------------------------------------------------------

const PAGE = 50;
// As in crawler/report/listing.py, with whether there is an explanation at the end.
const [ID, TITLE, URL_, SITE, PUBLISHED, LANGUAGE, WORDS, QUALITY, KIND, OF, EXPLAINED] = Array(11).keys();
const COLUMNS = [TITLE, SITE, PUBLISHED, LANGUAGE, WORDS, QUALITY, KIND];
const NUMBERS = new Set([WORDS, QUALITY]);

function element(name, text, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  made.textContent = text;
  return made;
}

function linked(text, href) {
  return element("a", text, { href, rel: "noreferrer noopener", dir: "auto" });
}

function titleCell(row, explanations) {
  const cell = element("th", "", { scope: "row" });
  const title = row[TITLE] || row[URL_] || "(no title)";
  cell.append(row[URL_] ? linked(title, row[URL_]) : element("bdi", title));
  if (row[EXPLAINED]) {
    cell.append(" ", linked("explanation", `${explanations}${row[ID]}.html`));
  } else {
    cell.append(element("code", `scrapy explain ${row[ID]}`, { className: "command" }));
  }
  cell.setAttribute("role", "rowheader");
  return cell;
}

function articleRow(row, labels, explanations) {
  const made = document.createElement("tr");
  made.setAttribute("role", "row");
  made.append(titleCell(row, explanations));
  COLUMNS.slice(1).forEach((column, place) => {
    const text = NUMBERS.has(column) ? row[column].toLocaleString("en") : row[column];
    const className = NUMBERS.has(column) ? "number" : column === SITE ? "site" : "";
    const cell = element("td", text, { className });
    cell.dataset.label = labels[place + 1];
    cell.setAttribute("role", "cell");
    if (column === KIND && row[OF]) cell.title = `of ${row[OF]}`;
    made.append(cell);
  });
  return made;
}

function showArticles(data) {
  const table = document.getElementById("articles-table");
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const search = document.getElementById("search");
  const chosenOrder = document.getElementById("order");
  const kind = document.getElementById("kind");
  const told = document.getElementById("told");
  const steps = [["button.back", -PAGE], ["button.on", PAGE]];
  const texts = new Map(data.rows.map((row) =>
    [row, [row[TITLE], row[URL_], row[SITE], row[LANGUAGE], row[ID]].join("\n").toLowerCase()]));
  let sorted = [...data.rows].reverse();
  let found = sorted;
  let start = 0;

  function show() {
    const rows = found.slice(start, start + PAGE);
    table.tBodies[0].replaceChildren(...rows.map((row) => articleRow(row, labels, data.explanations)));
    const count = found.length.toLocaleString("en");
    told.textContent = found.length ? `${(start + 1).toLocaleString("en")} to ${(start + rows.length).toLocaleString("en")} of ${count}` : "none found";
    for (const [buttons, step] of steps) {
      const isEnd = start + step < 0 || start + step >= found.length;
      document.querySelectorAll(buttons).forEach((button) => { button.disabled = isEnd; });
    }
  }

  function choose() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = sorted.filter((row) =>
      (!kind.value || row[KIND] === kind.value) && words.every((word) => texts.get(row).includes(word)));
    start = 0;
    show();
  }

  function sort(column, direction) {
    const field = COLUMNS[column];
    const order = NUMBERS.has(field) ? (a, b) => a - b : compare;
    sorted = [...data.rows].reverse();
    if (field !== undefined) sorted.sort((a, b) => direction * order(a[field], b[field]));
    chosenOrder.value = field === undefined ? "" : `${column} ${direction}`;
    choose();
  }

  addSorting(table, sort);
  // For phones, where there are no headings.
  chosenOrder.addEventListener("change", () => {
    const [column, direction] = chosenOrder.value ? chosenOrder.value.split(" ").map(Number) : [-1, 1];
    [...table.tHead.rows[0].cells].forEach((cell, place) => {
      if (place !== column) cell.removeAttribute("aria-sort");
      else cell.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    });
    sort(column, direction);
  });
  search.addEventListener("input", choose);
  kind.addEventListener("change", choose);
  for (const [buttons, step] of steps) {
    document.querySelectorAll(buttons).forEach((button) => button.addEventListener("click", () => {
      start += step;
      show();
      // Those below the list lead to its beginning.
      if (button.getBoundingClientRect().top > table.getBoundingClientRect().top) table.scrollIntoView();
    }));
  }
  show();
}

const data = document.getElementById("articles-data");
if (data) showArticles(JSON.parse(data.textContent));
