// @ts-check
/** A push of WeChat's and what came of it, as a row beside the phone. */
/** @import { AnswerStory } from "../answer-story.ts" */
/** @import { Exchange } from "../exchange.ts" */
/** @import { JobView } from "../worker-jobs.ts" */
/** @import { Row } from "./wire-row.js" */
import { storyChips, storyView } from "./answer-story.js";
import { attemptList } from "./attempt.js";
import { h } from "./dom.js";
import { jobChips, jobsView } from "./job-lines.js";
import { inOneLanguage, named, t } from "./language.js";
import { duration, rowTitle } from "./wire-row.js";

/** The fields of a push that say most, in this order. */
const TELLING = ["Content", "Recognition", "Label", "EventKey", "PicUrl"];

/**
 * What the page knows about an exchange besides.
 *
 * @typedef {object} Sent
 * @property {string} account named where there are several, else empty
 * @property {string} mode where it was not the account's own, else empty
 * @property {string} ownMode the account's
 */

/**
 * @param {Exchange} exchange
 * @param {Sent} sent
 * @param {AnswerStory} [story] once it is known
 * @param {readonly JobView[]} [jobs] that it has ordered
 * @returns {Row}
 */
export function exchangeRow(exchange, sent, story, jobs = []) {
  const at = exchange.attempts[0]?.startedAt ?? Date.now();
  return {
    key: exchange.id,
    at,
    kind: "exchange",
    summary: () => summary(exchange, sent, at, [...(story ? storyChips(story) : []), ...jobChips(jobs)]),
    body: () => [
      verdict(exchange, sent),
      ...[story && storyView(story), jobsView(jobs)].filter((view) => view !== undefined),
      attemptList(exchange),
    ],
  };
}

/**
 * @param {Exchange} exchange
 * @param {Sent} sent
 * @param {number} started
 * @param {readonly HTMLElement[]} chips
 */
function summary(exchange, { account, mode }, started, chips) {
  const { attempts, outcome, type } = exchange;
  const last = attempts.at(-1);
  const elapsed = last === undefined ? 0 : last.startedAt + last.durationMs - started;
  const mark = outcome.kind === "reply" && last?.fault !== undefined ? "warning" : outcome.kind;
  return [
    rowTitle(started, type),
    h(
      "span",
      { class: "details" },
      account !== "" && h("span", { class: "chip" }, account),
      mode !== "" && h("span", { class: "chip" }, named("mode", mode)),
      ...chips,
      h("span", { class: "snippet" }, snippet(attempts[0]?.request.plain ?? "")),
    ),
    h(
      "span",
      { class: "result" },
      attempts.length > 1 && h("span", { class: "tries" }, t("tries", { count: attempts.length })),
      h("span", { class: "outcome", "data-outcome": mark }, outcomeWords(exchange)),
      h("span", { class: "elapsed" }, duration(elapsed)),
    ),
  ];
}

/**
 * What the user wrote, tapped or scanned, to tell exchanges apart.
 *
 * @param {string} plain
 */
function snippet(plain) {
  const push = new DOMParser().parseFromString(plain, "text/xml");
  return (
    TELLING.map((name) => push.querySelector(`:root > ${name}`)?.textContent ?? "").find(
      (text) => text !== "",
    ) ?? ""
  );
}

/** @param {Exchange} exchange */
function outcomeWords({ outcome }) {
  switch (outcome.kind) {
    case "reply":
      return outcome.reply.MsgType === "transfer_customer_service"
        ? t("outcome.transfer")
        : t("outcome.reply", { type: outcome.reply.MsgType });
    case "silence":
      return t("outcome.silence");
    case "notice":
      return t("outcome.notice");
    case "refused":
      return t("outcome.refused", { status: outcome.status });
  }
}

/**
 * The outcome in a sentence, and why it was not a good one.
 *
 * @param {Exchange} exchange
 * @param {Sent} sent
 */
function verdict({ outcome, attempts }, { mode, ownMode }) {
  const bad = outcome.kind === "notice" || outcome.kind === "refused";
  const fault = bad ? outcome.fault : attempts.at(-1)?.fault;
  return h(
    "div",
    { class: bad ? "verdict bad" : "verdict" },
    h("p", {}, verdictWords(outcome)),
    fault !== undefined && h("p", { class: "why" }, inOneLanguage(fault)),
    mode !== "" &&
      h(
        "p",
        { class: "why" },
        t("sentOtherwise", { mode: named("mode", mode), own: named("mode", ownMode) }),
      ),
    attempts.at(-1)?.reason === "connection_failed" && h("p", { class: "why" }, t("isItRunning")),
    outcome.kind === "refused" && h("p", { class: "why" }, t("refusalsAreLogged")),
  );
}

/** @param {Exchange["outcome"]} outcome */
function verdictWords(outcome) {
  switch (outcome.kind) {
    case "reply":
      return t("verdict.reply", { type: outcome.reply.MsgType });
    case "silence":
      return t("verdict.silence");
    case "notice":
      return t("verdict.notice");
    case "refused":
      return t("verdict.refused", { status: outcome.status });
  }
}
