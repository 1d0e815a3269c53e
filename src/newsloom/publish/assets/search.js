// Search in an exported site: asks a prebuilt index (search/index/) and ranks as a live desk does.
// What it does with words and weights is that of newsloom/search/: change both.
"use strict";

(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const box = one("[data-index]");
  const asked = new URLSearchParams(location.search);
  const text = (asked.get("q") ?? "").slice(0, 300).trim();
  if (!box || !text) return;
  const say = one("#texts").dataset;
  const byTime = asked.get("sort") === "time";
  const files = {};
  let meta;
  const load = (name) =>
    (files[name] ??= fetch(`${box.dataset.index}${name}.json?${meta?.version ?? ""}`).then((answer) => {
      if (!answer.ok) throw new Error(name);
      return answer.json();
    }));

  // --- words ----------------------------------------------------------------------------------------

  const pairs = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  const letters = { ß: "ss", ı: "i", ø: "o", ł: "l", đ: "d", æ: "ae", œ: "oe", ð: "d", þ: "th", ς: "σ" };
  const plain = (raw) => {
    const low = raw.toLowerCase();
    const apart = pairs.test(raw) ? low.normalize("NFKC") : low.normalize("NFKD").replace(/\p{M}/gu, "");
    return apart.replace(/[^\p{L}\p{N}]/gu, "").replace(/[ßıøłđæœðþς]/g, (letter) => letters[letter]);
  };
  // The words of a text: start, end, and how each is written plainly.
  const cut = (raw) => {
    const found = [];
    for (const { 0: match, index } of raw.matchAll(/(?:\p{L}\.){2,}|[\p{L}\p{M}\p{N}]+/gu)) {
      const word = plain(match);
      if (!word || meta.stop.includes(word)) continue;
      if (!pairs.test(word) || word.length < 3) found.push([index, index + match.length, word]);
      else for (let at = 0; at < word.length - 1; at++) found.push([index + at, index + at + 2, word.slice(at, at + 2)]);
    }
    return found;
  };

  // --- the index ------------------------------------------------------------------------------------

  const place = (key) => meta.parts.findLastIndex((first) => first <= key);
  const part = (key) => load(`words/${place(key)}`);
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
  const stemsOf = (words, word) => {
    const stems = own(words, word);
    return stems === undefined ? [] : stems === "" ? [word] : [stems].flat();
  };
  // The records of a stem, each with the places where it stands.
  const recordsOf = async (stem) => {
    const flat = own((await part(stem)).stems, stem) ?? [];
    const found = new Map();
    for (let at = 0, id = 0; at < flat.length; at += 2 + flat[at + 1]) {
      id += flat[at];
      found.set(id, flat.slice(at + 2, at + 2 + flat[at + 1]));
    }
    return found;
  };
  const beginning = async (key) => {
    const stems = new Set();
    for (let at = place(key); at <= place(`${key}\uffff`); at++) {
      const { words } = await load(`words/${at}`);
      for (const word in words) if (word.startsWith(key)) for (const stem of stemsOf(words, word)) stems.add(stem);
    }
    const counted = await Promise.all([...stems].map(async (stem) => [stem, (await recordsOf(stem)).size]));
    counted.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return counted.slice(0, meta.prefixes).map(([stem]) => stem);
  };
  // A phrase is where each of its words follows the one before, in one column.
  const follow = async (stems) => {
    const [first, ...rest] = await Promise.all(stems.map(recordsOf));
    if (!rest.length) return first;
    const found = new Map();
    for (const [id, places] of first) {
      const kept = places.filter((at) => rest.every((other, by) => other.get(id)?.includes(at + by + 1)));
      if (kept.length) found.set(id, kept);
    }
    return found;
  };
  const combine = (choices) => choices.reduce((all, next) => all.flatMap((row) => next.map((stem) => [...row, stem])), [[]]);

  // --- queries --------------------------------------------------------------------------------------

  const fields = { topic: "to", provider: "pr", source: "pr", site: "pr", type: "ty", kind: "ty", lang: "la", language: "la" };
  Object.assign(fields, { after: "af", since: "af", from: "af", before: "be", until: "be" });
  const bare = (raw) => raw.split(/[\s-]+/).map(plain).join("");
  const named = (rows, value, most) => {
    const wanted = bare(value);
    const exact = rows.filter((row) => row.some((name) => name && bare(name) === wanted));
    const inside = rows.filter(([key, name]) => `${bare(key)} ${bare(name)}`.includes(wanted));
    return (exact.length ? exact : inside.sort((a, b) => a[0].length - b[0].length)).slice(0, most);
  };
  const filter = (field, value) => {
    if (field === "to") return named(meta.topics, value, 1).map(([key]) => field + key.toLowerCase());
    if (field === "pr") return named(meta.providers, value, 12).map(([key]) => field + key.toLowerCase());
    return [field + (field === "la" ? value.split("-")[0] : value).toLowerCase()];
  };
  // The number of the first record of a day, month, year, or of so long ago.
  const since = (value) => {
    const [, count, unit] = /^(\d{1,4})([dwmy])$/i.exec(value) ?? [];
    const [, year, month = "1", day = "1"] = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(value) ?? [];
    if (!count && !year) return undefined;
    const ago = { d: 1, w: 7, m: 30, y: 365 }[unit?.toLowerCase()] * count * 864e5;
    const wanted = count
      ? new Date(Date.parse(meta.clock) - ago).toISOString().slice(0, 10)
      : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    return meta.days.reduce((sum, [date, records]) => (date < wanted ? sum + records : sum), 0);
  };

  const read = async () => {
    const plan = { groups: [], from: 0, to: meta.count, stems: new Set(), missing: [] };
    const filters = {};
    const piece = /([-–−](?=\S))?(?:(\p{L}{1,12}):)?(?:["“”]([^"“”]*)(?:["“”]|$)|([^\s"“”]+))/gu;
    for (const [, minus, name, quoted, word] of text.matchAll(piece)) {
      const field = own(fields, (name ?? "").toLowerCase());
      const value = (quoted ?? word).trim();
      const excluded = !!minus;
      if (field === "af") plan.from = since(value) ?? plan.from;
      else if (field === "be") plan.to = since(value) ?? plan.to;
      else if (field) (filters[excluded + field] ??= { excluded, keys: [] }).keys.push(...filter(field, value));
      if (field) continue;
      const words = cut(name ? `${name} ${value}` : value).map((token) => token[2]);
      if (!words.length) continue;
      const choices = await Promise.all(words.map(async (key) => stemsOf((await part(key)).words, key).slice(0, 4)));
      const sign = words.length === 1 && words[0].length === 1 && pairs.test(words[0]);
      if (sign || value.endsWith("*")) choices.splice(-1, 1, await beginning(words.at(-1)));
      if (!excluded) {
        choices.flat().forEach((stem) => plan.stems.add(stem));
        plan.missing.push(...words.filter((_, at) => !choices[at].length));
      }
      plan.groups.push({ excluded, scored: !excluded, terms: await Promise.all(combine(choices).slice(0, 40).map(follow)) });
    }
    for (const { excluded, keys } of Object.values(filters))
      if (keys.length) plan.groups.push({ excluded, terms: await Promise.all(keys.map((key) => recordsOf(`\ue000${key}`))) });
    return plan;
  };

  // --- ranking: BM25 as SQLite has it, times what recency and quality add -------------------------------

  const find = ({ groups, from, to }) => {
    const found = [];
    if (!groups.length && !from && to === meta.count) return found;
    for (let id = to - 1; id >= from; id--)
      if (groups.every(({ terms, excluded }) => terms.some((term) => term.has(id)) !== excluded)) found.push(id);
    const terms = groups.flatMap((group) => (group.scored ? group.terms : []));
    if (byTime || !terms.length) return found;
    const code = (string, id) => string.charCodeAt(id) - 40;
    const score = (id) => {
      const norm = 1.2 * (0.25 + (0.75 * code(meta.lengths, id)) / meta.average);
      let match = 0;
      for (const term of terms) {
        const count = (term.get(id) ?? []).reduce((sum, at) => sum + meta.weights[Math.floor(at / meta.places)], 0);
        const rarity = Math.log((meta.count - term.size + 0.5) / (term.size + 0.5));
        match += ((rarity > 0 ? rarity : 1e-6) * count * 2.2) / (count + norm);
      }
      return match * (1 + code(meta.gains, id) / 100);
    };
    const ranked = found.slice(0, meta.candidates).map((id) => [score(id), id]);
    return ranked.sort((a, b) => b[0] - a[0] || b[1] - a[1]).map((row) => row[1]);
  };

  // --- the nearest word (optimal string alignment) -------------------------------------------------------

  const distance = (a, b) => {
    let before, last, row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    return row[b.length];
  };
  const putRight = async (missing) => {
    let better = text;
    for (const wrong of missing.filter((word) => word.length > 3)) {
      let nearest = wrong.length > 7 ? 3 : 2, meant;
      for (const word of await load("spelling")) {
        const far = Math.abs(word.length - wrong.length) < nearest ? distance(wrong, word) : nearest;
        if (far < nearest) [nearest, meant] = [far, word];
      }
      for (const [start, end, word] of cut(better).reverse())
        if (meant && word === wrong) better = better.slice(0, start) + meant + better.slice(end);
    }
    return better;
  };

  // --- the page ---------------------------------------------------------------------------------------

  const address = (q, sort) => `?${new URLSearchParams(sort ? { q, sort: "time" } : { q })}`;
  const make = (tag, textContent, more) => Object.assign(document.createElement(tag), { textContent }, more);
  const highlight = (node, string, known) => {
    let at = 0;
    for (const [start, end, word] of cut(string)) {
      if (!known.has(word) || end <= at) continue;
      const first = Math.max(at, start);
      if (first === at && node.lastElementChild && at) node.lastElementChild.append(string.slice(first, end));
      else node.append(string.slice(at, first), make("mark", string.slice(first, end)));
      at = end;
    }
    node.append(string.slice(at));
  };
  const formsOf = async (stems) => {
    const known = new Set();
    for (const stem of stems) {
      const { words } = await part(stem);
      for (const word in words) if (stemsOf(words, word).includes(stem)) known.add(word);
    }
    return known;
  };
  const show = async (id, known, target) => {
    const cards = await load(`cards/${Math.floor(id / meta.cards)}`);
    const [href, out, title, excerpt, provider, letter, tint, logo, dateTime, when, topics, lang, video] = cards[id % meta.cards];
    const item = one("#result").content.cloneNode(true);
    const [headline, summary] = [one(".headline", item), one(".excerpt", item)];
    headline.firstChild.href = href;
    highlight(headline.firstChild, title, known);
    highlight(summary, excerpt, known);
    if (lang) headline.lang = summary.lang = lang;
    if (!video) one(".video-mark", item).remove();
    if (out) one(".source", item).href = out;
    one(".letter", item).classList.add(`tint-${tint}`);
    one(".letter span", item).textContent = letter;
    if (logo) one(".logo", item).src = logo;
    else one(".logo", item).remove();
    one("bdi", item).textContent = provider;
    Object.assign(one("time", item), { dateTime, textContent: when });
    for (const [name, link] of topics) {
      const entry = make("li", "");
      entry.append(make(link ? "a" : "span", name, link ? { href: link } : {}));
      one(".topics", item).append(entry);
    }
    target.append(item);
  };

  const status = one(".results-count");
  document.body.dataset.searching = ""; // until the results are there
  const run = async () => {
    one("#q").value = text;
    one(".search-help").open = false;
    document.title = `${text} · ${document.title}`;
    meta = await load("meta");
    const plan = await read();
    const found = find(plan);
    const { length } = found;
    status.textContent = !length ? say.none : length === 1 ? say.one : say.many.replace("#", length.toLocaleString("en"));
    if (length > 1)
      for (const [time, name] of [[false, say.best], [true, say.newest]])
        status.append(" · ", time === byTime ? make("strong", name) : make("a", name, { href: address(text, time) }));
    const better = await putRight(plan.missing);
    if (better !== text) {
      const [before, after] = say.meant.split("#");
      const line = make("p", before, { className: "did-you-mean" });
      line.append(make("a", better, { href: address(better, byTime) }), after.trim());
      status.after(line);
    }
    const known = await formsOf(plan.stems);
    const target = one(".results-list");
    const button = make("button", say.more, { className: "button", type: "button" });
    button.onclick = async () => {
      for (const id of found.splice(0, 10)) await show(id, known, target);
      if (found.length) target.after(button);
      else button.remove();
    };
    await button.onclick();
  };
  run()
    .catch(() => (status.textContent = say.failed))
    .finally(() => {
      status.hidden = false;
      delete document.body.dataset.searching;
    });
})();
