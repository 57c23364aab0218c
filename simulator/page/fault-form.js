// @ts-check
/** Faults of WeChat's API: the form in which one is ordered, and how an ordered one is shown. */
/** @import { FaultKind, FaultOrder, ScriptedFault } from "../platform/scripted-faults.ts" */
/** @import { Key } from "./language.js" */
import { h } from "./dom.js";
import { named, t } from "./language.js";

/** Offered by name; a fault without a path strikes any call. */
const PATHS = [
  "/cgi-bin/message/custom/send",
  "/cgi-bin/message/custom/typing",
  "/cgi-bin/stable_token",
  "/cgi-bin/token",
  "/cgi-bin/message/template/send",
  "/cgi-bin/media/upload",
  "/cgi-bin/menu/create",
  "/cgi-bin/qrcode/create",
];
/** Codes that a caller should know what to do about. */
const ERRCODES = ["-1", "40001", "42001", "45009", "45011", "45015", "45047", "48001"];

/** What some kinds need besides: a number with its sample. @typedef {{ name: "errcode" | "ms" | "status", value: string }} Extra */

/** All kinds, those that happen most first. @type {readonly { kind: FaultKind, extra?: Extra }[]} */
const KINDS = [
  { kind: "errcode", extra: { name: "errcode", value: "40001" } },
  { kind: "latency", extra: { name: "ms", value: "6000" } },
  { kind: "hang" },
  { kind: "reset" },
  { kind: "reset-after" },
  { kind: "status", extra: { name: "status", value: "502" } },
  { kind: "html" },
  { kind: "empty" },
  { kind: "truncated" },
  { kind: "not-json" },
  { kind: "wrong-shape" },
  { kind: "errcode-text" },
  { kind: "oversized" },
  { kind: "drip" },
  { kind: "redirect" },
];

/**
 * @param {(order: Partial<FaultOrder>) => void} add
 * @returns {HTMLFormElement}
 */
export function faultForm(add) {
  const paths = h(
    "select",
    { id: "fault-path" },
    h("option", { value: "" }, t("anyCall")),
    ...PATHS.map((path) => h("option", { value: path }, path)),
  );
  const kinds = h(
    "select",
    { id: "fault-kind" },
    ...KINDS.map(({ kind }) => h("option", { value: kind }, named("fault", kind))),
  );
  const times = number("fault-times", "1");
  times.min = "0";
  const more = h("span", { class: "field" });
  const showMore = () => more.replaceChildren(...extraField(KINDS[kinds.selectedIndex]?.extra));
  kinds.addEventListener("change", showMore);
  showMore();
  const form = h(
    "form",
    { class: "fault-form" },
    labelled("faultPath", paths),
    labelled("faultKind", kinds),
    more,
    labelled("faultTimes", times),
    h("button", { class: "primary", type: "submit" }, t("setFault")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { kind, extra } = KINDS[kinds.selectedIndex] ?? {};
    if (kind === undefined) return;
    const value = more.querySelector("input")?.valueAsNumber ?? 0;
    add({
      kind,
      ...(paths.value === "" ? {} : { path: paths.value }),
      ...(extra === undefined ? {} : { [extra.name]: value }),
      times: times.valueAsNumber,
    });
  });
  return form;
}

/**
 * An ordered fault: where it strikes, with what, and how often it has.
 *
 * @param {ScriptedFault} fault
 * @returns {HTMLLIElement}
 */
export function faultItem({ kind, path, times, fired, errcode, ms, status }) {
  const detail = errcode ?? status ?? (ms === undefined ? undefined : t("milliseconds", { ms }));
  return h(
    "li",
    { class: times !== 0 && fired >= times ? "fault-item spent" : "fault-item" },
    h("strong", {}, named("fault", kind), detail === undefined ? "" : ` ${detail}`),
    h("code", {}, path ?? t("anyCall")),
    h("span", {}, times === 0 ? t("firedOfMany", { fired }) : t("fired", { fired, times })),
  );
}

/** @param {Extra | undefined} extra */
function extraField(extra) {
  if (extra === undefined) return [];
  const id = "fault-extra";
  const input = number(id, extra.value);
  const label = h("label", { for: id }, extra.name);
  if (extra.name !== "errcode") return [label, input];
  input.setAttribute("list", "fault-errcodes");
  const codes = ERRCODES.map((code) => h("option", { value: code }));
  return [label, input, h("datalist", { id: "fault-errcodes" }, ...codes)];
}

/**
 * @param {string} id
 * @param {string} value
 */
function number(id, value) {
  return h("input", { id, type: "number", value, required: true, autocomplete: "off" });
}

/**
 * @param {Key} key
 * @param {HTMLElement} control
 */
function labelled(key, control) {
  return h("span", { class: "field" }, h("label", { for: control.id }, t(key)), control);
}
