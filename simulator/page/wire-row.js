// @ts-check
/** A row of the list beside the phone: a line that says what happened, and the rest of it when it is opened. */
import { append, h, icon } from "./dom.js";
import { locale, t } from "./language.js";

/**
 * @typedef {object} Row
 * @property {string} key its own among all rows
 * @property {number} at when it happened, in milliseconds since the epoch
 * @property {string} kind its class
 * @property {() => Node[]} summary
 * @property {() => Node[]} body made when it is opened
 */

/**
 * @param {Row} row
 * @param {Set<string>} open keys of the rows that are open
 * @returns {HTMLLIElement}
 */
export function rowView({ key, kind, summary, body }, open) {
  const head = h("button", { class: "row-head", type: "button" }, icon("chevron"), ...summary());
  const inside = h("div", { class: "row-body" });
  const show = () => {
    const isOpen = open.has(key);
    head.setAttribute("aria-expanded", String(isOpen));
    inside.hidden = !isOpen;
    if (isOpen && inside.childElementCount === 0) append(inside, body());
  };
  head.addEventListener("click", () => {
    if (!open.delete(key)) open.add(key);
    show();
  });
  show();
  return h("li", { class: kind, "data-key": key }, head, inside);
}

/**
 * The beginning of every row: when, and what.
 *
 * @param {number} at
 * @param {string} what
 */
export function rowTitle(at, what) {
  return h(
    "span",
    { class: "what" },
    h("time", { datetime: new Date(at).toISOString() }, clockTime(at)),
    h("span", { class: "type" }, what),
  );
}

/** @param {number} at milliseconds since the epoch */
function clockTime(at) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", hourCycle: "h23" }).format(at);
}

/** @param {number} ms */
export function duration(ms) {
  return ms < 1_000
    ? t("milliseconds", { ms: Math.round(ms) })
    : t("seconds", { s: (ms / 1_000).toFixed(1) });
}
