// The one script of the site: the switch of colours, keys, and pictures that do not come. Every page
// works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const base = document.currentScript.src.replace(/assets\/[^/]*$/, "");
  const modes = ["auto", "light", "dark"];
  const signs = { auto: "◐", light: "○", dark: "●" };

  // --- colours: set before the first paint, because this script stands in the head ---------------

  const recall = () => {
    try {
      const mode = localStorage.getItem("newsloom-colours");
      return modes.includes(mode) ? mode : "auto";
    } catch {
      return "auto"; // storage can be forbidden; the switch then lasts for one page
    }
  };
  const keep = (mode) => {
    try {
      localStorage.setItem("newsloom-colours", mode);
    } catch {
      // see recall
    }
  };
  const paint = (mode) => {
    if (mode === "auto") delete root.dataset.theme;
    else root.dataset.theme = mode;
  };

  let mode = recall();
  paint(mode);
  root.dataset.script = ""; // what needs a script has its room without one, so nothing moves when it shows

  const prepareSwitch = () => {
    const button = document.querySelector("[data-theme-switch]");
    const tell = () => {
      button.firstElementChild.textContent = signs[mode];
      button.title = button.dataset[mode]; // the page brings the words, in its own language
      button.setAttribute("aria-label", button.title);
    };
    button.addEventListener("click", () => {
      mode = modes[(modes.indexOf(mode) + 1) % modes.length];
      paint(mode);
      keep(mode);
      tell();
    });
    tell();
  };

  // --- pictures that do not come leave their quiet ground, not a sign of breakage -----------------

  document.addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLImageElement) event.target.hidden = true;
    },
    true,
  );

  // --- news: a server that tells them says so beside the page; a host of files does not --------------

  const listen = () => {
    const button = document.querySelector("[data-live]");
    const [visit] = performance.getEntriesByType("navigation");
    if (!visit?.serverTiming?.some((said) => said.name === "live")) return;
    root.dataset.served = "";
    if (!button) return;
    let count = 0;
    button.addEventListener("click", () => location.reload());
    new EventSource(base + "live").addEventListener("stories", ({ data }) => {
      count += JSON.parse(data).count;
      button.lastElementChild.textContent = count;
      button.hidden = false;
    });
  };

  // --- where the reader is: its name in the row of topics may lie outside a narrow screen -------------

  const showSection = () => {
    const row = document.querySelector(".sections ul");
    const name = row.querySelector("[aria-current]");
    if (name) row.scrollLeft = name.offsetLeft - row.offsetLeft - row.clientWidth / 2;
  };

  // --- keys ---------------------------------------------------------------------------------------

  const headlines = () =>
    [...document.querySelectorAll("main .headline a")].filter((link) => link.checkVisibility());
  const step = (by) => {
    const links = headlines();
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    if (!links[next]) return;
    links[next].focus({ preventScroll: true });
    links[next].scrollIntoView({ block: "center" });
  };
  const outward = () => {
    const card = document.activeElement?.closest(".card, .timeline li") ?? document;
    return card.querySelector("a.source[href^=http], a.button[href^=http], .headline a[href^=http]");
  };
  const go = (place) => location.assign(base + place);
  const places = { h: "", t: "topics/", p: "providers/", a: "archive/", s: "search/" };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    o: () => outward()?.click(),
    n: () => document.querySelector(".pager [rel=next]")?.click(),
    b: () => document.querySelector(".pager [rel=prev]")?.click(),
    "/": (event) => {
      event.preventDefault(); // neither typed into the field nor the browser's own search
      const field = document.querySelector("input[type=search]");
      if (field) field.select();
      else go("search/");
    },
    "?": () => document.querySelector("dialog.keys")?.showModal(),
  };
  let waiting = 0; // until when the key after "g" counts
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    if (event.timeStamp < waiting && event.key in places) {
      waiting = 0;
      go(places[event.key]);
      return;
    }
    waiting = event.key === "g" ? event.timeStamp + 1500 : 0;
    keys[event.key]?.(event);
  });

  document.addEventListener("DOMContentLoaded", () => {
    prepareSwitch();
    showSection();
    listen();
    document.querySelector("[data-keys]").addEventListener("click", keys["?"]);
  });
})();
