// The live parts of the pages: messages as they arrive, figures as they change. Everything else works without script.
"use strict";

(() => {
  const FIRST_PAUSE = 1000; // milliseconds before the first new attempt
  const LONGEST_PAUSE = 30000;
  const HIDDEN_FOR = 60000; // a page nobody looks at gives its connection back: browsers allow six to a site
  const REFRESH_EVERY = 1000; // figures may change four times a second; a reader sees one a second

  const arrivals = document.getElementById("arrivals");
  const say = (element, text) => Object.assign(element, { textContent: text });

  // An EventSource that also comes back after an error answer, goes on after the last event seen, and rests while hidden.
  class Listener {
    constructor(url, names, heard, lastSeen) {
      Object.assign(this, { url, names, heard, lastSeen, pause: FIRST_PAUSE });
      document.addEventListener("visibilitychange", () => this.watchVisibility());
      window.addEventListener("pagehide", () => this.close());
      window.addEventListener("pageshow", (event) => event.persisted && this.open());
      this.open();
    }

    open() {
      this.close();
      const from = this.lastSeen === null ? "" : `?last_event_id=${encodeURIComponent(this.lastSeen)}`;
      this.source = new EventSource(this.url + from);
      this.source.onopen = () => {
        this.pause = FIRST_PAUSE;
        showLost(false);
      };
      this.source.onerror = () => {
        showLost(true);
        // The browser tries again by itself unless the answer was an error.
        if (this.source && this.source.readyState === EventSource.CLOSED) {
          this.timer = setTimeout(() => this.open(), this.pause * (0.5 + Math.random()));
          this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
        }
      };
      for (const name of this.names) {
        this.source.addEventListener(name, (event) => {
          if (event.lastEventId) this.lastSeen = event.lastEventId;
          this.heard(event);
        });
      }
    }

    close() {
      clearTimeout(this.timer);
      if (this.source) this.source.close();
      this.source = null;
    }

    watchVisibility() {
      clearTimeout(this.resting);
      if (document.hidden) this.resting = setTimeout(() => this.close(), HIDDEN_FOR);
      else if (!this.source) this.open();
    }
  }

  // Tells the parts of the page that they are out of date, at most once in a while however much arrives.
  function outdates(name, every) {
    let planned = null;
    let last = 0;
    return () => {
      if (planned) return;
      planned = setTimeout(() => {
        planned = null;
        last = Date.now();
        window.htmx.trigger(document.body, name);
      }, Math.max(100, last + every - Date.now()));
    };
  }

  let lostTimer = null;
  function showLost(lost) {
    clearTimeout(lostTimer);
    const note = document.getElementById("live-lost");
    if (!lost) return note && note.remove();
    if (note) return undefined;
    // A reconnect that takes a moment is nothing to speak of.
    lostTimer = setTimeout(() => {
      const shown = say(document.createElement("p"), arrivals.dataset.lost);
      shown.id = "live-lost";
      arrivals.append(shown);
    }, 3000);
    return undefined;
  }

  function showArrival(message) {
    const language = document.documentElement.lang;
    const card = document.createElement("div");
    card.className = "arrival";
    // Names in them must not turn the text around them.
    const title = Object.assign(say(document.createElement("strong"), message.title[language]), { dir: "auto" });
    const text = Object.assign(say(document.createElement("p"), message.text[language]), { dir: "auto" });
    const link = say(document.createElement("a"), arrivals.dataset.open);
    link.href = "/messages";
    const close = say(document.createElement("button"), arrivals.dataset.close);
    close.type = "button";
    close.addEventListener("click", () => card.remove());
    const actions = document.createElement("p");
    actions.append(link, close);
    card.append(title, text, actions);
    arrivals.append(card);
    for (const old of [...arrivals.querySelectorAll(".arrival")].slice(0, -3)) old.remove();
  }

  function listenToMessages() {
    const { live, kinds } = document.body.dataset;
    if (!live) return;
    const outdated = outdates("ieum:message", 500);
    const shown = [...document.querySelectorAll("[data-newest]")].map((part) => Number(part.dataset.newest));
    new Listener(live, kinds.split(" "), (event) => {
      showArrival(JSON.parse(event.data));
      outdated();
    }, shown.length ? String(Math.max(...shown)) : null);
  }

  function listenToFigures() {
    const part = document.querySelector("[data-live-figures]");
    if (!part) return;
    const outdated = outdates("ieum:figures", REFRESH_EVERY);
    new Listener(part.dataset.liveFigures, ["figures"], (event) => {
      if (JSON.parse(event.data).scopes.includes(part.dataset.scope)) outdated();
    }, part.dataset.revision || null);
  }

  // What a reader opened stays open when a part is renewed around it.
  function keepOpened() {
    let opened = [];
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      opened = [...event.detail.target.querySelectorAll("details[id][open]")].map((part) => part.id);
      // The closed ones too: the first of a list is open when it is first shown.
      event.detail.target.querySelectorAll("details[id]:not([open])").forEach((part) => opened.push(`!${part.id}`));
    });
    document.body.addEventListener("htmx:afterSettle", () => {
      for (const entry of opened) {
        const part = document.getElementById(entry.replace(/^!/, ""));
        if (part) part.open = !entry.startsWith("!");
      }
      opened = [];
    });
  }

  const errors = document.getElementById("error-summary");
  if (errors) errors.focus();
  keepOpened();
  listenToMessages();
  listenToFigures();
})();
