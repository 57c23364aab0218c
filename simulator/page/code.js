// @ts-check
/** Requests and responses for reading: addresses by parameter, headers, and XML with its structure visible. */
import { append, h, icon } from "./dom.js";
import { t } from "./language.js";

const COPIED_MS = 1_500;
const XML_PART = /<!\[CDATA\[[\s\S]*?\]\]>|<[^<>]*>|[^<]+/g;
const CDATA_START = "<![CDATA[";
const CDATA_END = "]]>";

/**
 * A block of code with a heading and a button that copies the text exactly as it was sent.
 *
 * @param {string} heading
 * @param {string} exact what is copied
 * @param {...(Node | string)} shown what is read
 * @returns {HTMLElement}
 */
export function codeBlock(heading, exact, ...shown) {
  const pre = h("pre", { class: "code", role: "group", tabindex: "0", "aria-label": heading });
  append(pre, shown);
  return h(
    "section",
    { class: "block" },
    h(
      "header",
      { class: "block-head" },
      h("h4", {}, heading),
      copyButton(exact, t("copyOf", { what: heading })),
    ),
    pre,
  );
}

/**
 * @param {string} text what it copies
 * @param {string} label
 * @param {string} [caption] shown beside the icon
 * @returns {HTMLButtonElement}
 */
export function copyButton(text, label, caption) {
  const button = h(
    "button",
    { class: "copy", type: "button", "aria-label": label, title: label },
    icon("copy"),
    caption,
  );
  button.addEventListener("click", () => void copy(text, label, button));
  return button;
}

/**
 * @param {string} text
 * @param {string} label
 * @param {HTMLButtonElement} button shows for a moment that it is done
 */
async function copy(text, label, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the permission it can still be copied by hand.
    window.prompt(label, text);
    return;
  }
  button.classList.add("done");
  button.firstChild?.replaceWith(icon("check"));
  setTimeout(() => {
    button.classList.remove("done");
    button.firstChild?.replaceWith(icon("copy"));
  }, COPIED_MS);
}

/**
 * An address with each of its parameters on a line of its own.
 *
 * @param {string} method
 * @param {string} url
 * @returns {Node[]}
 */
export function addressLines(method, url) {
  const question = url.indexOf("?");
  const base = question < 0 ? url : url.slice(0, question);
  const lines = [h("span", { class: "line" }, h("b", {}, method), ` ${base}`)];
  if (question < 0) return lines;
  for (const [index, pair] of url
    .slice(question + 1)
    .split("&")
    .entries()) {
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const sign = h("span", { class: "faint" }, index === 0 ? "?" : "&");
    const value = equals < 0 ? "" : pair.slice(equals + 1);
    lines.push(
      h(
        "span",
        { class: "line parameter" },
        sign,
        h("span", { class: "name" }, name),
        equals < 0 ? "" : "=",
        value,
      ),
    );
  }
  return lines;
}

/**
 * @param {Readonly<Record<string, string>>} headers
 * @returns {Node[]}
 */
export function headerLines(headers) {
  return Object.entries(headers).map(([name, value]) =>
    h("span", { class: "line" }, h("span", { class: "name" }, name), `: ${value}`),
  );
}

/**
 * A message for reading: XML with an element a line, its marks faint and its values plain; other text as it is.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function messageLines(text) {
  if (!text.trimStart().startsWith("<")) return [h("span", {}, text)];
  /** @type {Node[]} */
  const lines = [];
  let depth = 0;
  let line = newLine(lines, 0);
  /** @type {"open" | "close" | "text" | undefined} */
  let last;
  for (const [part] of text.matchAll(XML_PART)) {
    if (part.startsWith(CDATA_START)) {
      append(line, [
        faint(CDATA_START),
        plain(part.slice(CDATA_START.length, -CDATA_END.length)),
        faint(CDATA_END),
      ]);
      last = "text";
    } else if (part.startsWith("</")) {
      depth--;
      // The end of an element with children stands on a line of its own.
      if (last === "close") line = newLine(lines, depth);
      line.append(h("span", { class: "tag" }, part));
      last = "close";
    } else if (part.startsWith("<")) {
      if (last !== undefined) line = newLine(lines, depth);
      line.append(h("span", { class: "tag" }, part));
      if (!part.endsWith("/>")) depth++;
      last = part.endsWith("/>") ? "close" : "open";
    } else if (part.trim() !== "") {
      line.append(plain(part));
      last = "text";
    }
  }
  return lines;
}

/**
 * @param {Node[]} lines
 * @param {number} depth
 */
function newLine(lines, depth) {
  const line = h("span", { class: "line", "data-depth": String(Math.max(0, Math.min(depth, 4))) });
  lines.push(line);
  return line;
}

/** @param {string} text */
function faint(text) {
  return h("span", { class: "faint" }, text);
}

/** @param {string} text */
function plain(text) {
  return h("span", { class: "value" }, text);
}
