// @ts-check
/** A call of WeChat's API and how WeChat answered it, as a row beside the phone. */
/** @import { RecordedCall } from "../platform/call-record.ts" */
/** @import { Row } from "./wire-row.js" */
import { addressLines, codeBlock } from "./code.js";
import { h } from "./dom.js";
import { named, t } from "./language.js";
import { rowTitle } from "./wire-row.js";

/** What of a body says most, in this order: names, or the way down to them. */
const TELLING = ["text.content", "msgmenu.head_content", "command", "msgtype", "template_id", "action_name"];

/**
 * The key of a call's row.
 *
 * @param {string} id of the call
 */
export function callKey(id) {
  return `call ${id}`;
}

/**
 * @param {RecordedCall} call
 * @param {string} account named where there are several, else empty
 * @returns {Row}
 */
export function callRow(call, account) {
  return {
    key: callKey(call.id),
    at: call.at,
    kind: "call",
    summary: () => summary(call, account),
    body: () => [verdict(call), details(call)],
  };
}

/**
 * @param {RecordedCall} call
 * @param {string} account
 */
function summary(call, account) {
  const { at, path, body, fault } = call;
  const outcome = outcomeOf(call);
  const mark = isBad(outcome) ? "refused" : outcome === "done" ? "reply" : "silence";
  return [
    rowTitle(at, path.replace(/^\/cgi-bin\//, "")),
    h(
      "span",
      { class: "details" },
      h("span", { class: "chip" }, "API"),
      account !== "" && h("span", { class: "chip" }, account),
      fault !== undefined && h("span", { class: "chip bad" }, named("fault", fault)),
      h("span", { class: "snippet" }, snippet(body)),
    ),
    h(
      "span",
      { class: "result" },
      h("span", { class: "outcome", "data-outcome": mark }, outcomeWords(call)),
      h("span", { class: "elapsed" }),
    ),
  ];
}

/**
 * @param {RecordedCall} call
 * @returns {"done" | "errcode" | "unusable" | "inProgress" | "noAnswer"}
 */
function outcomeOf({ status, errcode = 0, fault }) {
  const spoilt = fault !== undefined && fault !== "latency";
  if (status === 0) return spoilt ? "noAnswer" : "inProgress";
  if (errcode !== 0) return "errcode";
  return spoilt || status !== 200 ? "unusable" : "done";
}

/** @param {RecordedCall} call */
function outcomeWords(call) {
  const { status, errcode = 0 } = call;
  switch (outcomeOf(call)) {
    case "done":
      return "ok";
    case "errcode":
      return String(errcode);
    case "unusable":
      return t("httpStatus", { status });
    case "inProgress":
      return t("inProgress");
    case "noAnswer":
      return t("noResponse");
  }
}

/**
 * What came of it in a sentence, and whose doing that is.
 *
 * @param {RecordedCall} call
 */
function verdict(call) {
  const { status, errcode = 0, fault, effect } = call;
  const outcome = outcomeOf(call);
  const bad = isBad(outcome);
  return h(
    "div",
    { class: bad ? "verdict bad" : "verdict" },
    h("p", {}, t(`verdict.${outcome}`, { status, errcode })),
    fault !== undefined && h("p", { class: "why" }, t("faultOrdered", { fault: named("fault", fault) })),
    bad && h("p", { class: "why" }, t(effect ? "tookEffect" : "noEffect")),
  );
}

/** @param {ReturnType<typeof outcomeOf>} outcome */
function isBad(outcome) {
  return outcome !== "done" && outcome !== "inProgress";
}

/** @param {RecordedCall} call */
function details({ method, path, query, body, answer }) {
  const address = `${path}${queryText(query)}`;
  const shown = typeof body === "string" ? body : JSON.stringify(body, undefined, 2);
  return h(
    "div",
    { class: "attempt direction" },
    h(
      "div",
      { class: "blocks call-blocks" },
      codeBlock(t("address"), `${method} ${address}`, ...addressLines(method, address)),
      body !== null && codeBlock(t("body"), shown, shown),
      answer !== undefined && codeBlock(t("response"), answer, answer),
    ),
  );
}

/** @param {Readonly<Record<string, string>>} query */
function queryText(query) {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/**
 * What was sent, to tell calls apart.
 *
 * @param {unknown} body
 */
function snippet(body) {
  for (const way of TELLING) {
    const found = way.split(".").reduce(member, body);
    if (typeof found === "string" && found !== "") return found;
  }
  return "";
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function member(value, name) {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
