// @ts-check
/** Beside the phone: what went over the wire, the newest exchange first. */
/** @import { Exchange } from "../exchange.ts" */
import { attemptList } from "./attempt.js";
import { append, h, icon } from "./dom.js";
import { inEveryLanguage, inOneLanguage, locale, named, t } from "./language.js";

/** More exchanges than this are forgotten, the oldest first. */
const MAX_EXCHANGES = 100;
/** The fields of a push that say most, in this order. */
const TELLING = ["Content", "Recognition", "Label", "EventKey", "PicUrl"];

/**
 * What the page knows about an exchange besides.
 *
 * @typedef {object} Sent
 * @property {string} account named where there are several, else empty
 * @property {string} mode where it was not the account's own, else empty
 * @property {string} ownMode the account's
 *
 * @typedef {object} Wire
 * @property {(exchange: Exchange, sent: Sent) => void} add
 * @property {(id: string) => boolean} reveal opens an exchange and brings it into view, if it is there
 * @property {() => void} clear
 */

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} empty shown while there is nothing
 * @returns {Wire}
 */
export function createWire(list, empty) {
  /** @type {{ exchange: Exchange, sent: Sent }[]} */
  let entries = [];
  /** @type {Set<string>} */
  const open = new Set();

  const show = () => {
    empty.hidden = entries.length > 0;
    list.replaceChildren(...entries.map(({ exchange, sent }) => row(exchange, sent, open)));
  };
  inEveryLanguage(show);

  return {
    add(exchange, sent) {
      entries = [{ exchange, sent }, ...entries].slice(0, MAX_EXCHANGES);
      empty.hidden = true;
      list.prepend(row(exchange, sent, open));
      while (list.children.length > entries.length) list.lastElementChild?.remove();
    },
    reveal(id) {
      if (!entries.some(({ exchange }) => exchange.id === id)) return false;
      open.add(id);
      show();
      const found = list.querySelector(`[data-exchange="${CSS.escape(id)}"] button`);
      if (found instanceof HTMLButtonElement) {
        found.scrollIntoView({ block: "start" });
        found.focus();
      }
      return true;
    },
    clear() {
      entries = [];
      open.clear();
      show();
    },
  };
}

/**
 * @param {Exchange} exchange
 * @param {Sent} sent
 * @param {Set<string>} open ids of the exchanges that are open
 */
function row(exchange, sent, open) {
  const item = h("li", { class: "exchange", "data-exchange": exchange.id });
  const button = h("button", { class: "exchange-head", type: "button" });
  append(button, summary(exchange, sent));
  const body = h("div", { class: "exchange-body" });
  const show = () => {
    const isOpen = open.has(exchange.id);
    button.setAttribute("aria-expanded", String(isOpen));
    body.hidden = !isOpen;
    if (isOpen && body.childElementCount === 0)
      append(body, [verdict(exchange, sent), attemptList(exchange)]);
  };
  button.addEventListener("click", () => {
    if (!open.delete(exchange.id)) open.add(exchange.id);
    show();
  });
  item.append(button, body);
  show();
  return item;
}

/**
 * @param {Exchange} exchange
 * @param {Sent} sent
 */
function summary(exchange, { account, mode }) {
  const { attempts, outcome, type } = exchange;
  const started = attempts[0]?.startedAt ?? Date.now();
  const last = attempts.at(-1);
  const elapsed = last === undefined ? 0 : last.startedAt + last.durationMs - started;
  const mark = outcome.kind === "reply" && last?.fault !== undefined ? "warning" : outcome.kind;
  return [
    icon("chevron"),
    h(
      "span",
      { class: "what" },
      h("time", { datetime: new Date(started).toISOString() }, clockTime(started)),
      h("span", { class: "type" }, type),
    ),
    h(
      "span",
      { class: "details" },
      account !== "" && h("span", { class: "chip" }, account),
      mode !== "" && h("span", { class: "chip" }, named("mode", mode)),
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

/** @param {number} at milliseconds since the epoch */
function clockTime(at) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", hourCycle: "h23" }).format(at);
}

/** @param {number} ms */
function duration(ms) {
  return ms < 1_000
    ? t("milliseconds", { ms: Math.round(ms) })
    : t("seconds", { s: (ms / 1_000).toFixed(1) });
}
