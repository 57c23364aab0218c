// @ts-check
/** What is known of an account's message beyond its words, small under it: how it came, what it is a part of, 继续. */
/** @import { TimelineEntry } from "../timeline.ts" */
/** @import { Surroundings } from "./entries.js" */
import { h } from "./dom.js";
import { named, t } from "./language.js";

/** @typedef {Extract<TimelineEntry, { from: "account" }>} Said */

/** What a user says to be given what follows: the Worker knows no other word. */
const GO_ON = "继续";

/**
 * @param {Said} entry
 * @param {Surroundings} surroundings
 * @returns {HTMLElement}
 */
export function marksOf(entry, surroundings) {
  // They change after the message was read out, and are no message.
  const marks = h("div", { class: "marks", "aria-live": "off" });
  fillMarks(marks, entry, surroundings);
  return marks;
}

/**
 * @param {Element} marks
 * @param {Said} entry
 * @param {Surroundings} surroundings
 */
export function fillMarks(marks, entry, { showCall, showExchange, say }) {
  const { note = {} } = entry;
  const { role, part, asks, way } = note;
  const about = role === undefined ? "" : named("about", role);
  marks.replaceChildren(
    ...[
      role !== undefined && h("span", { class: "role", title: about }, named("role", role)),
      part !== undefined && h("span", { class: "part" }, partWords(part)),
      "call" in entry && markButton(t(`via.${entry.via}`), t("showCall"), () => showCall(entry.call)),
      !("call" in entry) &&
        way !== undefined &&
        markButton(named("way", way), t("showExchange"), () => showExchange(entry.exchange)),
      asks === true &&
        h(
          "button",
          {
            class: "go-on",
            type: "button",
            "aria-label": t("askMore"),
            title: t("askMore"),
            onclick: () => say(GO_ON),
          },
          t("goOn"),
        ),
    ].filter((mark) => mark !== false),
  );
}

/** @param {{ number?: number, hasMore: boolean }} part */
function partWords({ number, hasMore }) {
  if (number === undefined) return t("partMore");
  return t(hasMore ? "partNumberMore" : "partNumber", { number });
}

/**
 * @param {string} words
 * @param {string} title
 * @param {() => void} show
 */
function markButton(words, title, show) {
  return h("button", { class: "mark", type: "button", title, onclick: show }, words);
}
