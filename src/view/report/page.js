// Steps through the page. All that it shows is in the page already: it chooses, copies and lights.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  const main = one("#run");
  let rows = [];
  let place = new Map();
  const arrows = all(".trust-graph .arrow");
  const readings = all(".readings li");
  let current = null;
  let consequences = null;

  const index = () => {
    rows = all(".row");
    place = new Map(rows.map((row, at) => [row, at]));
    consequences = null;
  };
  // What is packed is one text for a browser with scripts; it becomes part of the page when it is needed.
  const packed = (element) => one(":scope > noscript", element);
  const unpack = (fold) => {
    const pack = packed(fold);
    if (!pack) return;
    pack.outerHTML = pack.textContent;
    index();
  };
  const find = (id) => {
    const holds = (fold) => packed(fold)?.textContent.includes(` id="${id}"`);
    if (!document.getElementById(id)) all(".carriage").filter(holds).forEach(unpack);
    return document.getElementById(id);
  };
  const more = (row) => {
    const pack = packed(one(".tell", row));
    if (!pack) return one(".more", row);
    const box = document.createElement("div");
    box.innerHTML = pack.textContent;
    return box.firstElementChild;
  };

  const make = (name, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };
  const folded = (row) => row.parentElement.closest("details:not([open])") !== null;
  const number = (row) => row.id.slice(1);
  const said = (row) => one(".said", row);
  const uses = (row) => (row.dataset.uses ? row.dataset.uses.split(" ").map(Number) : []);

  // The rows that happened because of a message, by its number.
  const after = (row) => {
    if (!consequences) {
      consequences = new Map();
      for (const each of rows) {
        const cause = each.dataset.cause;
        if (!cause) continue;
        if (!consequences.has(cause)) consequences.set(cause, []);
        consequences.get(cause).push(each);
      }
    }
    return consequences.get(number(row)) ?? [];
  };

  const copy = (element) => {
    const twin = element.cloneNode(true);
    for (const each of [twin, ...all("[id]", twin)]) each.removeAttribute("id");
    return twin;
  };
  const linkTo = (row) => make("a", { href: `#${row.id}`, textContent: number(row) });
  const line = (row) => {
    const item = make("li", { className: row.className.replace(/\b(row|chosen|message)\b/g, "") });
    item.append(linkTo(row), " ", ...copy(said(row)).childNodes);
    return item;
  };
  const heading = (text) => make("h3", { textContent: text });
  const words = (change, part) => one(`.${part}`, change)?.textContent ?? null;

  // What a host keeps after a row: its changes until there, the last one for each item.
  const shelf = (host, last) => {
    const kept = new Map();
    for (const row of rows.slice(0, last + 1)) {
      if (!row.classList.contains("state") || row.dataset.host !== host) continue;
      const key = `${words(row, "store")}: ${words(row, "item")}`;
      kept.delete(key);
      if (words(row, "value") !== null) kept.set(key, row);
    }
    return kept;
  };

  const state = (body, row, followed) => {
    const changes = [row, ...followed].filter((each) => each.classList.contains("state"));
    const last = Math.max(...[row, ...followed].map((each) => place.get(each)));
    for (const host of new Set(changes.map((each) => each.dataset.host))) {
      const list = make("dl", { className: "fields" });
      for (const [key, change] of shelf(host, last)) {
        const fresh = changes.includes(change) ? " (new)" : "";
        list.append(make("dt", { textContent: key + fresh }), make("dd", { textContent: words(change, "value") }));
      }
      for (const change of changes.filter((each) => each.dataset.host === host && words(each, "value") === null)) {
        const key = `${words(change, "store")}: ${words(change, "item")}`;
        list.append(make("dt", { textContent: key }), make("dd", { textContent: "gone now" }));
      }
      body.append(heading(`What ${host} keeps now`), list);
    }
  };

  const rule = (row) => {
    const link = one('a[href^="#rule-"]', more(row));
    const term = link && document.getElementById(link.getAttribute("href").slice(1));
    return term ? make("p", { className: "dim" }, ...copy(term.nextElementSibling).childNodes) : null;
  };

  // The why-tree: the whole of it where an answer came, elsewhere the chain that leads to the event.
  const explain = (body, row, step) => {
    const tree = one(".why .tree", row.closest(".chapter"));
    if (!tree) return;
    if (step || row.classList.contains("conclusion")) {
      body.append(heading("Why: the chain of trust"), copy(tree));
      return;
    }
    const leaf = one(`[data-event="${number(row)}"]`, tree);
    if (!leaf) return;
    const path = make("ul", { className: "path" });
    for (let at = leaf; at !== tree; at = at.parentElement) {
      if (at.matches("li")) path.prepend(make("li", {}, copy(one(":scope > .leaf", at))));
    }
    body.append(heading("Why: the chain that leads here"), path);
  };

  const describe = (row) => {
    const body = one("#now-body");
    body.replaceChildren();
    one("#now").hidden = false;
    const step = row.classList.contains("step");
    one("#now-title").textContent = step ? said(row).textContent : `Event ${number(row)}`;
    if (step) {
      body.append(copy(one("p", row)));
      const end = one(".end", row.closest(".chapter"));
      if (end) body.append(copy(end));
    } else {
      const sentence = copy(said(row));
      sentence.className = `said ${row.classList.contains("refused") ? "refused" : ""}`;
      body.append(sentence);
    }
    const details = more(row);
    if (details) body.append(...all(":scope > :not(summary)", details).map(copy));
    // A refusal has its source and remedy among its details already.
    const why = row.matches(".verdict:not(.refused)") ? rule(row) : null;
    if (why) body.append(why);
    explain(body, row, step);
    const followed = step ? [] : after(row);
    const told = followed.filter((each) => !each.closest(".carriage"));
    if (told.length > 0) {
      body.append(heading("What came of it"), make("ul", {}, ...told.map(line)));
    }
    const cause = row.dataset.cause;
    if (cause) {
      const known = document.getElementById(`e${cause}`);
      const link = make("li", {}, make("a", { href: `#e${cause}`, textContent: `event ${cause}` }));
      body.append(heading("Because of"), make("ul", {}, known ? line(known) : link));
    }
    state(body, row, followed);
  };

  const light = (row) => {
    const within = all(".row", row.closest(".chapter"));
    // A step uses what its events use, an event what its decisions rest on.
    const step = row.classList.contains("step");
    const now = new Set((step ? within : [row]).flatMap(uses));
    const before = new Set(within.slice(0, within.indexOf(row)).flatMap(uses));
    arrows.forEach((arrow) => {
      const index = Number(arrow.dataset.arrow);
      arrow.classList.toggle("lit", now.has(index));
      arrow.classList.toggle("used", before.has(index) && !now.has(index));
    });
    readings.forEach((reading, index) => reading.classList.toggle("lit", now.has(index)));
    const line = one("#in-use");
    line.hidden = false;
    const numbers = (set) => [...set].sort((a, b) => a - b).map((index) => index + 1).join(", ");
    line.textContent = now.size
      ? `In use ${step ? "during this step" : "at this event"}:`
      : before.size
        ? `None in use at this event; earlier in this step: ${numbers(before)}`
        : "None in use in this step so far";
    for (const arrow of now) {
      const reading = copy(readings[arrow]);
      // What is in use does work by now, however the run began.
      one(".refused", reading)?.remove();
      line.append(make("span", { className: "reading" }, `${arrow + 1}. `, ...reading.childNodes));
    }
    const lit = one(".trust-graph .lit");
    const pane = one("#trusts");
    if (!lit || getComputedStyle(pane).overflowY !== "auto") return;
    const [box, view] = [lit.getBoundingClientRect(), pane.getBoundingClientRect()];
    pane.scrollTop += (box.top + box.bottom) / 2 - (view.top + view.bottom + line.offsetHeight) / 2;
  };

  const reveal = (row) => {
    for (let fold = row.parentElement.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    row.scrollIntoView({ block: "nearest" });
    // Rows that come into view for the first time take their true height, so look again after that.
    let frames = 10;
    const again = () => {
      if (row !== current || frames-- === 0) return;
      row.scrollIntoView({ block: "nearest" });
      requestAnimationFrame(again);
    };
    requestAnimationFrame(again);
    const mark = one(".mark [data-at]", row) ?? one(".mark", row);
    if (!mark) return;
    const [box, view] = [mark.getBoundingClientRect(), main.getBoundingClientRect()];
    const left = view.left + one(".top .tell").offsetWidth;
    if (box.right > view.right) main.scrollLeft += Math.min(box.right - view.right + 24, box.left - left);
    if (box.left < left) main.scrollLeft -= left - box.left + 24;
  };

  const choose = (row, { focus = true, record = true } = {}) => {
    if (!row) return;
    if (current) {
      current.classList.remove("chosen");
      current.removeAttribute("aria-current");
    }
    current = row;
    row.classList.add("chosen");
    row.setAttribute("aria-current", "step");
    reveal(row);
    if (focus) one(".number", row).focus({ preventScroll: true });
    describe(row);
    light(row);
    one("#now").scrollTop = 0;
    one("#place").textContent = `event ${number(row)} of ${one("#run").dataset.last}`;
    one("#announcer").textContent = `${one("#now-title").textContent}. ${said(row).textContent}. ${one("#in-use").textContent}`;
    if (record) history.replaceState(null, "", `#${row.id}`);
  };

  const move = (by) => {
    let index = current ? place.get(current) + by : 0;
    while (index >= 0 && index < rows.length && folded(rows[index])) index += by;
    choose(rows[index]);
  };

  const keys = {
    ArrowDown: () => move(1), ArrowRight: () => move(1),
    ArrowUp: () => move(-1), ArrowLeft: () => move(-1),
    Home: () => choose(rows.find((row) => !folded(row))),
    End: () => choose(rows.findLast((row) => !folded(row))),
  };
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.target instanceof Element && event.target.closest("#panel, header details");
    if (event.altKey || event.ctrlKey || event.metaKey || elsewhere || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  main.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("summary") || getSelection().toString()) return;
    const link = event.target.closest("a");
    if (link && !link.classList.contains("number")) return;
    event.preventDefault();
    choose(row);
  });
  const follow = () => {
    const target = /^#e\d+$/.test(location.hash) && find(location.hash.slice(1));
    if (target) choose(target, { record: false });
    return Boolean(target);
  };
  addEventListener("hashchange", () => {
    if (!follow() && location.hash.startsWith("#rule-")) one(".rules").open = true;
  });

  const dark = () => {
    const set = root.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const theme = one("#theme");
  const showTheme = () => theme.setAttribute("aria-pressed", String(dark()));
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    showTheme();
  });
  one("#back").addEventListener("click", () => move(-1));
  one("#on").addEventListener("click", () => move(1));

  document.addEventListener("toggle", (event) => unpack(event.target), true);

  index();
  root.classList.add("scripted");
  one(".tools").hidden = false;
  showTheme();
  if (!follow()) choose(rows.find((row) => !folded(row)), { record: false, focus: false });
})();
