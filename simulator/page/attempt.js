// @ts-check
/** One request of WeChat's and what came back: everything that went over the wire, and what was inside it. */
/** @import { Attempt, Exchange } from "../exchange.ts" */
import { addressLines, codeBlock, copyButton, headerLines, messageLines } from "./code.js";
import { h } from "./dom.js";
import { inOneLanguage, t } from "./language.js";

/**
 * The attempts of an exchange, each to be opened; the last one is open.
 *
 * @param {Exchange} exchange
 * @returns {HTMLElement}
 */
export function attemptList(exchange) {
  const { attempts } = exchange;
  return h(
    "div",
    { class: "attempts" },
    ...attempts.map((attempt, index) => attemptView(attempt, attempts.length, index === attempts.length - 1)),
  );
}

/**
 * @param {Attempt} attempt
 * @param {number} count
 * @param {boolean} open
 */
function attemptView(attempt, count, open) {
  const { number, request, response, durationMs, fault } = attempt;
  const status = response === undefined ? noResponse(attempt) : String(response.status);
  return h(
    "details",
    { class: "attempt", open },
    h(
      "summary",
      {},
      h("span", { class: "attempt-number" }, t("attempt", { number, count })),
      h("span", { class: response === undefined || fault !== undefined ? "status bad" : "status" }, status),
      h("span", { class: "attempt-time" }, t("milliseconds", { ms: Math.round(durationMs) })),
    ),
    // Of a single attempt the outcome above has said it; where there was no response it stands in the place of one.
    fault !== undefined &&
      count > 1 &&
      response !== undefined &&
      h("p", { class: "fault" }, inOneLanguage(fault)),
    h(
      "div",
      { class: "direction" },
      h(
        "header",
        { class: "direction-head" },
        h("h3", {}, t("request")),
        copyButton(curl(attempt), t("copyCurl"), "curl"),
      ),
      h(
        "div",
        { class: "blocks head" },
        codeBlock(t("address"), request.url, ...addressLines("POST", request.url)),
        codeBlock(t("headers"), headerText(request.headers), ...headerLines(request.headers)),
      ),
      contents(request.body, request.plain, t("pushPlain")),
    ),
    h("div", { class: "direction" }, h("h3", {}, t("response")), ...responseBlocks(attempt)),
  );
}

/** @param {Attempt} attempt */
function noResponse({ reason }) {
  return t(reason === "connection_failed" ? "noConnection" : "noResponse");
}

/** @param {Attempt} attempt */
function responseBlocks({ response, fault }) {
  if (response === undefined) {
    return [h("p", { class: "nothing" }, fault === undefined ? t("noResponse") : inOneLanguage(fault))];
  }
  const { status, headers, body, plain } = response;
  const head = codeBlock(
    t("statusAndHeaders"),
    `${status}\n${headerText(headers)}`,
    h("span", { class: "line" }, h("b", {}, String(status))),
    ...headerLines(headers),
  );
  return [
    head,
    body === "" ? h("p", { class: "nothing" }, t("emptyBody")) : contents(body, plain, t("replyPlain")),
  ];
}

/**
 * A body as it was sent and, where it was sealed, what was inside it.
 *
 * @param {string} body
 * @param {string | undefined} plain
 * @param {string} heading of what was inside
 */
function contents(body, plain, heading) {
  const raw = codeBlock(t("body"), body, body);
  if (plain === undefined || plain === body) return h("div", { class: "blocks" }, raw);
  return h("div", { class: "blocks two" }, raw, codeBlock(heading, plain, ...messageLines(plain)));
}

/** @param {Readonly<Record<string, string>>} headers */
function headerText(headers) {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

/**
 * The same request for a shell. Its timestamp grows old: a callback refuses it after some minutes.
 *
 * @param {Attempt} attempt
 */
function curl({ request }) {
  const headers = Object.entries(request.headers)
    .filter(([name]) => !/^(host|content-length|connection)$/i.test(name))
    .map(([name, value]) => ` -H ${quoted(`${name}: ${value}`)}`);
  return `curl -i ${quoted(request.url)}${headers.join("")} --data-binary ${quoted(request.body)}`;
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
