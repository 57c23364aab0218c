// @ts-check
/** How the Worker came to an answer, as its log tells it. */
/** @import { AnswerStory, Delivery } from "../answer-story.ts" */
import { h } from "./dom.js";
import { named, t } from "./language.js";

/**
 * What is worth knowing at a glance, for the exchange's row.
 *
 * @param {AnswerStory} story
 * @returns {readonly HTMLElement[]}
 */
export function storyChips({ deliveries, late, failed, runs }) {
  const duplicates = deliveries.filter(({ handled }) => handled === "duplicate").length;
  return [
    ...(late === undefined ? [] : [chip(t("chip.late"))]),
    ...(duplicates === 0 ? [] : [chip(t("chip.duplicates", { count: duplicates }))]),
    ...(runs === undefined ? [] : [chip(t("chip.resumed"))]),
    ...(failed === undefined ? [] : [chip(t("chip.failed"), true)]),
  ];
}

/**
 * The whole story, a line each.
 *
 * @param {AnswerStory} story
 * @returns {HTMLElement | undefined} nothing while nothing is known
 */
export function storyView({ deliveries, way, late, failed, runs, ended, troubles, unhandled }) {
  const isResumed = deliveries.some(({ handled }) => handled === "resumed");
  const lines = [
    ...(way === undefined ? [] : [line(t("answeredBy", { way: named("way", way) }))]),
    ...(late === undefined ? [] : [line(named("late", late.route ?? "none"))]),
    ...deliveries.flatMap(repetition),
    // Not for a delivery's sake, but by the object's alarm.
    ...(runs === undefined || isResumed ? [] : [line(t("runAgain", { runs }))]),
    ...(failed === undefined ? [] : [line(t("handlerFailed", { error: failed }), true)]),
    ...(ended === undefined ? [] : [line(t(`ended.${ended}`), true)]),
    ...(unhandled === undefined ? [] : [line(t("unhandled", { why: unhandled }), true)]),
    ...troubles.map(({ n, became, why }) => line(t(`trouble.${became}`, { n, why }), true)),
  ];
  return lines.length === 0 ? undefined : h("ul", { class: "story" }, ...lines);
}

/** @param {Delivery} delivery */
function repetition({ number, handled }) {
  return handled === "first" ? [] : [line(t(`delivery.${handled}`, { number }))];
}

/**
 * @param {string} text
 * @param {boolean} [bad]
 */
function line(text, bad = false) {
  return h("li", { class: bad ? "bad" : undefined }, text);
}

/**
 * @param {string} text
 * @param {boolean} [bad]
 */
function chip(text, bad = false) {
  return h("span", { class: bad ? "chip bad" : "chip" }, text);
}
