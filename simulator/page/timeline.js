// @ts-check
/** The chat: what the simulator has recorded, notes of the page's own, and what is still under way. */
/** @import { TimelineEntry } from "../timeline.ts" */
/** @import { Surroundings } from "./entries.js" */
import { message, systemLine } from "./bubbles.js";
import { h } from "./dom.js";
import { entryView, updateEntry } from "./entries.js";
import { t } from "./language.js";

/** WeChat waits this long for an answer before it asks again. */
const ATTEMPT_MS = 5_000;
const MAX_ATTEMPTS = 3;
const TICK_MS = 250;
/** Quick answers come without the sign of waiting. */
const PATIENCE_MS = 300;

/** Shows a phone's timeline in `list`, and keeps its end in view. */
export class Timeline {
  /** @type {readonly TimelineEntry[]} */
  #entries = [];
  /** What shows each of them, by its key. @type {Map<string, HTMLLIElement>} */
  #lines = new Map();
  /** Lines of the page's own, each with the key of the entry that it stands behind. @type {{ after: string, text: string }[]} */
  #notes = [];
  /** Ends all signs of waiting when the phone becomes another one. */
  #left = new AbortController();
  #list;
  #surroundings;

  /**
   * @param {HTMLElement} list
   * @param {Surroundings} surroundings
   */
  constructor(list, surroundings) {
    this.#list = list;
    this.#surroundings = surroundings;
    // A panel that opens takes room from the chat: what was said last stays in view.
    if (list.parentElement !== null) new ResizeObserver(() => this.#toEnd()).observe(list.parentElement);
  }

  /** Forgets everything: another account or another user. */
  clear() {
    this.#entries = [];
    this.#notes = [];
    this.#left.abort();
    this.#left = new AbortController();
    this.redraw();
  }

  /** Draws everything anew, in another language for example. */
  redraw() {
    for (const line of this.#list.querySelectorAll(":scope > :not(.waiting)")) line.remove();
    this.#lines.clear();
    for (const entry of this.#entries) {
      this.#draw(entry);
      for (const note of this.#notes) if (note.after === keyOf(entry)) this.#add(systemLine(note.text));
    }
  }

  /**
   * Shows what is new.
   *
   * @param {readonly TimelineEntry[]} entries all that the simulator remembers; it forgets the oldest
   */
  show(entries) {
    const last = this.#entries.at(-1);
    const known = last === undefined ? -1 : entries.findLastIndex((entry) => keyOf(entry) === keyOf(last));
    const before = new Map(this.#entries.map((entry) => [keyOf(entry), noteOf(entry)]));
    this.#entries = entries;
    // Nothing of what is shown is left: another simulator answers, started anew.
    if (last !== undefined && known < 0) this.redraw();
    else for (const entry of entries.slice(known + 1)) this.#draw(entry);
    for (const entry of entries.slice(0, known + 1)) {
      if (noteOf(entry) !== before.get(keyOf(entry))) this.#update(entry);
    }
  }

  /** @param {TimelineEntry} entry */
  #draw(entry) {
    const line = entryView(entry, this.#surroundings);
    this.#lines.set(keyOf(entry), line);
    this.#add(line);
  }

  /** @param {TimelineEntry} entry of which something new is known */
  #update(entry) {
    const line = this.#lines.get(keyOf(entry));
    if (line === undefined) return;
    const hadFocus = line.contains(document.activeElement);
    updateEntry(line, entry, this.#surroundings);
    // The button that was pressed is gone: the keyboard goes on in the chat.
    if (hadFocus && !line.contains(document.activeElement)) this.#list.parentElement?.focus();
    this.#toEnd();
  }

  /**
   * A grey line of the page's own: why something was not done.
   *
   * @param {string} text
   */
  note(text) {
    const last = this.#entries.at(-1);
    this.#notes.push({ after: last === undefined ? "" : keyOf(last), text });
    this.#add(systemLine(text));
  }

  /**
   * Shows that an answer is awaited.
   *
   * @returns {() => void} ends it
   */
  wait() {
    const seconds = h("small", {});
    const dots = h("span", { class: "dots" }, h("i"), h("i"), h("i"));
    const line = message("account", h("div", { class: "bubble" }, dots, seconds));
    line.classList.add("waiting");
    line.setAttribute("aria-hidden", "true");
    const started = performance.now();
    const tick = () => {
      const ms = performance.now() - started;
      if (!line.isConnected && ms >= PATIENCE_MS) this.#add(line);
      const number = Math.min(MAX_ATTEMPTS, 1 + Math.floor(ms / ATTEMPT_MS));
      seconds.textContent =
        ms < 1_000 ? "" : t("waiting", { s: Math.floor(ms / 1_000), number, count: MAX_ATTEMPTS });
    };
    const timer = setInterval(tick, TICK_MS);
    const end = () => {
      clearInterval(timer);
      line.remove();
    };
    this.#left.signal.addEventListener("abort", end);
    return end;
  }

  /** @param {HTMLLIElement} line */
  #add(line) {
    this.#list.append(line);
    for (const waiting of this.#list.querySelectorAll(":scope > .waiting")) this.#list.append(waiting);
    for (const image of line.querySelectorAll("img")) image.addEventListener("load", () => this.#toEnd());
    this.#toEnd();
  }

  #toEnd() {
    const chat = this.#list.parentElement;
    if (chat !== null) chat.scrollTop = chat.scrollHeight;
  }
}

/** @param {TimelineEntry} entry */
function noteOf(entry) {
  return entry.from === "account" ? JSON.stringify(entry.note) : undefined;
}

/** @param {TimelineEntry} entry */
function keyOf(entry) {
  return "call" in entry ? `call ${entry.call}` : `${entry.from} ${entry.exchange}`;
}
