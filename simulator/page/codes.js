// @ts-check
/** The QR codes that the account has created, to be scanned by a tap. */
/** @import { Code } from "./platform.js" */
import { h, REFRESH } from "./dom.js";
import { locale, t } from "./language.js";
import { picture } from "./pictures.js";

/**
 * @param {() => Promise<readonly Code[]>} read the codes, the newest first
 * @param {(code: Code) => void} scan
 * @returns {HTMLElement} fills itself when the codes are there, and anew at every event `REFRESH`
 */
export function codeList(read, scan) {
  const list = h("ul", { class: "codes", "aria-label": t("codes") });
  const hint = h("p", { class: "hint" });
  const section = h("section", { class: "code-section" }, h("h4", {}, t("codes")), hint, list);
  let shown = "";
  section.addEventListener(REFRESH, () => void fill());
  void fill();
  return section;

  async function fill() {
    /** @type {readonly Code[]} */
    let found = [];
    try {
      found = await read();
      hint.textContent = found.length === 0 ? t("noCodes") : "";
    } catch {
      hint.textContent = t("unreachable");
    }
    hint.hidden = found.length > 0;
    // What is not new stays as it is, for the sake of whoever is about to tap on it.
    const tickets = found.map(({ ticket }) => ticket).join("\n");
    if (tickets === shown) return;
    shown = tickets;
    list.replaceChildren(...found.map((code) => h("li", {}, codeButton(code, scan))));
  }
}

/**
 * @param {Code} code
 * @param {(code: Code) => void} scan
 */
function codeButton(code, scan) {
  const { scene, imageUrl, expiresAt } = code;
  return h(
    "button",
    { class: "code-tile", type: "button", onclick: () => scan(code) },
    picture(imageUrl, ""),
    h("strong", {}, scene),
    h("small", {}, expiresAt === undefined ? t("staysValid") : t("validUntil", { at: shortTime(expiresAt) })),
  );
}

/** @param {number} at milliseconds since the epoch */
function shortTime(at) {
  return new Intl.DateTimeFormat(locale(), {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}
