// Search in an exported site: asks a prebuilt index (search/index/) and ranks as a live desk does.
// What it does with words and weights is that of newsloom/search/: change both.
"use strict";

(() => {
  const box = document.querySelector("[data-index]");
  const asked = new URLSearchParams(location.search);
  const text = (asked.get("q") ?? "").slice(0, 300).trim();
  if (!box || !text) return;
  const say = document.querySelector("#texts").dataset;
  const order = asked.get("sort") === "time" ? "time" : "relevance";
  let meta;
  const files = {};
  const load = (name) =>
    (files[name] ??= fetch(`${box.dataset.index}${name}.json${meta ? `?${meta.version}` : ""}`).then((answer) => {
      if (!answer.ok) throw new Error(name);
      return answer.json();
    }));

  // --- words ----------------------------------------------------------------------------------------

  const word = /(?:\p{L}\.){2,}|[\p{L}\p{M}\p{N}]+/gu;
  const unspaced = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  const letters = { ß: "ss", ı: "i", ø: "o", ł: "l", đ: "d", æ: "ae", œ: "oe", ð: "d", þ: "th", ς: "σ" };
  const plain = (raw) => {
    const low = raw.toLowerCase();
    const apart = unspaced.test(raw) ? low.normalize("NFKC") : low.normalize("NFKD").replace(/\p{M}/gu, "");
    return apart.replace(/[^\p{L}\p{N}]/gu, "").replace(/[ßıøłđæœðþς]/g, (letter) => letters[letter]);
  };
  const cut = (raw) => {
    const found = [];
    for (const match of raw.matchAll(word)) {
      const one = plain(match[0]);
      if (!one || meta.stop.includes(one)) continue;
      if (!unspaced.test(one) || one.length < 3) found.push([match.index, match.index + match[0].length, one]);
      else for (let at = 0; at < one.length - 1; at++)
        found.push([match.index + at, match.index + at + 2, one.slice(at, at + 2)]);
    }
    return found;
  };

  // --- the index ------------------------------------------------------------------------------------

  const place = (key) => {
    let low = 0;
    for (let high = meta.parts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (meta.parts[middle] <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const part = (key) => load(`words/${place(key)}`);
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
  const list = (stems, key) => (stems === undefined ? [] : stems === "" ? [key] : [stems].flat());
  const postings = async (stem) => {
    const flat = own((await part(stem)).stems, stem) ?? [];
    const found = new Map();
    for (let at = 0, number = 0; at < flat.length; at += 2 + flat[at + 1]) {
      number += flat[at];
      found.set(number, flat.slice(at + 2, at + 2 + flat[at + 1]));
    }
    return found;
  };
  const beginning = async (key) => {
    const stems = new Set();
    for (let at = place(key), last = place(`${key}\uffff`); at <= last; at++) {
      const { words } = await load(`words/${at}`);
      for (const one in words) if (one.startsWith(key)) for (const stem of list(words[one], one)) stems.add(stem);
    }
    const all = await Promise.all([...stems].map(async (stem) => [stem, (await postings(stem)).size]));
    return all.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, meta.prefixes).map(([stem]) => stem);
  };

  // A phrase is where each of its words follows the one before, in one column.
  const follow = async (stems) => {
    const [first, ...rest] = await Promise.all(stems.map(postings));
    const found = new Map();
    for (const [number, places] of first) {
      const kept = places.filter((at) => rest.every((other, by) => other.get(number)?.includes(at + by + 1)));
      if (kept.length) found.set(number, kept);
    }
    return rest.length ? found : first;
  };
  const combine = (choices) => choices.reduce((all, next) => all.flatMap((row) => next.map((one) => [...row, one])), [[]]);

  // --- queries --------------------------------------------------------------------------------------

  const piece = /([-–−](?=\S))?(?:(\p{L}{1,12}):)?(?:["“”]([^"“”]*)(?:["“”]|$)|([^\s"“”]+))/gu;
  const fields = { topic: "t", provider: "p", source: "p", site: "p", type: "t", kind: "t", lang: "l", language: "l", after: "a", since: "a", from: "a", before: "b", until: "b" };
  const named = (rows, value) => {
    const bare = (raw) => raw.split(/[\s-]+/).map(plain).join("");
    const wanted = bare(value);
    const exact = rows.filter((row) => row.some((name) => name && bare(name) === wanted));
    const inside = rows.filter(([key, name]) => `${bare(key)} ${bare(name)}`.includes(wanted));
    return exact.length ? exact : inside.sort((a, b) => a[0].length - b[0].length);
  };
  const day = (value) => {
    const span = /^(\d{1,4})([dwmy])$/i.exec(value);
    if (span) return new Date(Date.parse(meta.clock) - span[1] * { d: 1, w: 7, m: 30, y: 365 }[span[2].toLowerCase()] * 864e5).toISOString().slice(0, 10);
    const date = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(value);
    return date && `${date[1]}-${(date[2] ?? "1").padStart(2, "0")}-${(date[3] ?? "1").padStart(2, "0")}`;
  };
  const firstOf = (wanted) => {
    let number = 0;
    for (const [when, count] of meta.days) {
      if (when >= wanted) break;
      number += count;
    }
    return number;
  };

  const read = async () => {
    const plan = { groups: [], marks: {}, from: 0, to: meta.count, stems: new Set(), missing: [] };
    const mark = (excluded, field, keys) => {
      if (keys.length) (plan.marks[`${excluded}${field}`] ??= { excluded, keys: [] }).keys.push(...keys);
    };
    for (const [, minus, name, quoted, bare] of text.matchAll(piece)) {
      const field = own(fields, (name ?? "").toLowerCase());
      const value = (quoted ?? bare).trim();
      const excluded = Boolean(minus);
      if (field && value) {
        const low = name.toLowerCase();
        if (low === "topic") mark(excluded, low, named(meta.topics.map(([key, full, short]) => [full, short, key]), value).slice(0, 1).map(([key]) => `t${key.toLowerCase()}`));
        else if (field === "p") mark(excluded, "p", named(meta.providers, value).slice(0, 12).map(([key]) => `p${key.toLowerCase()}`));
        else if (field === "a" || field === "b") {
          const when = day(value);
          if (when) plan[field === "a" ? "from" : "to"] = firstOf(when);
        } else mark(excluded, field, [field + (field === "l" ? value.split("-")[0] : value).toLowerCase()]);
        continue;
      }
      const raw = name && !field ? `${name} ${value}` : value;
      const words = cut(raw).map(([, , one]) => one);
      if (!words.length) continue;
      const choices = await Promise.all(words.map(async (one) => list(own((await part(one)).words, one), one).slice(0, 4)));
      if (raw.endsWith("*") || (words.length === 1 && words[0].length === 1 && unspaced.test(words[0]))) choices[choices.length - 1] = await beginning(words.at(-1));
      if (!excluded) {
        choices.flat().forEach((stem) => plan.stems.add(stem));
        plan.missing.push(...words.filter((_, at) => !choices[at].length));
      }
      plan.groups.push({ excluded, phrases: await Promise.all(combine(choices).slice(0, 40).map(follow)) });
    }
    for (const { excluded, keys } of Object.values(plan.marks))
      plan.groups.push({ excluded, filter: true, phrases: await Promise.all(keys.map((key) => postings(`\ue000${key}`))) });
    return plan;
  };

  // --- ranking: BM25 as SQLite has it, times what recency and quality add -------------------------------

  const code = (string, number) => string.charCodeAt(number) - 40;
  const find = (plan) => {
    const has = ({ phrases }, number) => phrases.some((phrase) => phrase.has(number));
    const found = [];
    for (let number = plan.to - 1; number >= plan.from; number--)
      if (plan.groups.every((group) => has(group, number) !== group.excluded)) found.push(number);
    const terms = plan.groups.filter((group) => !group.excluded && !group.filter).flatMap((group) => group.phrases);
    if (order === "time" || !terms.length) return found;
    const score = (number) => {
      const norm = 1.2 * (0.25 + (0.75 * code(meta.lengths, number)) / meta.average);
      let match = 0;
      for (const phrase of terms) {
        const count = (phrase.get(number) ?? []).reduce((sum, at) => sum + meta.weights[Math.floor(at / meta.places)], 0);
        const rarity = Math.log((meta.count - phrase.size + 0.5) / (phrase.size + 0.5));
        match += ((rarity > 0 ? rarity : 1e-6) * count * 2.2) / (count + norm);
      }
      return match * (1 + code(meta.gains, number) / 100);
    };
    const ranked = found.slice(0, meta.candidates).map((number) => [score(number), number]);
    return ranked.sort((a, b) => b[0] - a[0] || b[1] - a[1]).map(([, number]) => number);
  };

  // --- the nearest word (optimal string alignment) -------------------------------------------------------

  const distance = (a, b) => {
    let before, last, row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    return row[b.length];
  };
  const putRight = async (missing) => {
    let better = text;
    for (const wrong of missing.filter((one) => one.length > 3)) {
      let nearest = wrong.length > 7 ? 3 : 2, meant;
      for (const one of await load("spelling")) {
        if (Math.abs(one.length - wrong.length) >= nearest) continue;
        const far = distance(wrong, one);
        if (far < nearest) [nearest, meant] = [far, one];
      }
      for (const [start, end, one] of cut(better).reverse()) if (meant && one === wrong) better = better.slice(0, start) + meant + better.slice(end);
    }
    return better;
  };

  // --- the page ---------------------------------------------------------------------------------------

  const address = (query, sort) => `?${new URLSearchParams(sort === "time" ? { q: query, sort } : { q: query })}`;
  const make = (tag, content, more) => Object.assign(document.createElement(tag), { textContent: content }, more);
  const highlight = (node, string, known) => {
    let at = 0;
    for (const [start, end, one] of cut(string)) {
      if (!known.has(one) || end <= at) continue;
      node.append(string.slice(at, Math.max(at, start)), make("mark", string.slice(Math.max(at, start), end)));
      at = end;
    }
    node.append(string.slice(at));
  };
  const forms = async (stems) => {
    const known = new Set();
    for (const stem of stems) {
      const { words } = await part(stem);
      for (const one in words) if (list(words[one], one).includes(stem)) known.add(one);
    }
    return known;
  };
  const show = async (number, known, target) => {
    const cards = await load(`cards/${Math.floor(number / meta.cards)}`);
    const [href, out, title, excerpt, provider, letter, tint, iso, when, topics, language, video] = cards[number % meta.cards];
    const item = document.querySelector("#result").content.cloneNode(true);
    const get = (selector) => item.querySelector(selector);
    get(".headline a").href = href;
    highlight(get(".headline a"), title, known);
    highlight(get(".excerpt"), excerpt, known);
    if (language) get(".headline").lang = get(".excerpt").lang = language;
    if (!video) get(".video-mark").remove();
    if (out) get(".source").href = out;
    get(".letter").classList.add(`tint-${tint}`);
    get(".letter span").textContent = letter;
    get("bdi").textContent = provider;
    Object.assign(get("time"), { textContent: when, dateTime: iso });
    for (const [name, link] of topics) get(".topics").appendChild(make("li", "")).append(make(link ? "a" : "span", name, link ? { href: link } : {}));
    target.append(item);
  };

  const run = async () => {
    document.querySelector("#q").value = text;
    document.querySelector(".search-help").open = false;
    document.title = `${text} · ${document.title}`;
    meta = await load("meta");
    const plan = await read();
    const found = plan.groups.length || plan.from || plan.to < meta.count ? find(plan) : [];
    const status = document.querySelector(".results-count");
    status.textContent = !found.length ? say.none : found.length === 1 ? say.one : say.many.replace("#", found.length.toLocaleString("en"));
    if (found.length > 1)
      for (const [sort, name] of [["relevance", say.best], ["time", say.newest]])
        status.append(" · ", sort === order ? make("strong", name) : make("a", name, { href: address(text, sort) }));
    status.hidden = false;
    const better = await putRight(plan.missing);
    if (better !== text) {
      const [before, after] = say.meant.split("#");
      const line = make("p", before, { className: "did-you-mean" });
      line.append(make("a", better, { href: address(better, order) }), after.trim());
      status.after(line);
    }
    const known = await forms(plan.stems);
    const target = document.querySelector(".results-list");
    const button = make("button", say.more, { className: "button", type: "button" });
    const more = async () => {
      for (const number of found.splice(0, 10)) await show(number, known, target);
      if (!found.length) button.remove();
    };
    button.addEventListener("click", more);
    if (found.length) target.after(button);
    await more();
  };
  run().catch(() => {
    const status = document.querySelector(".results-count");
    status.textContent = say.failed;
    status.hidden = false;
  });
})();
