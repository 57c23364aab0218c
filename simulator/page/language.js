// @ts-check
/** Which of the two languages the page speaks, and the texts in it. */
import { STRINGS } from "./strings.js";

/** @typedef {"zh" | "en"} Language */
/** @typedef {keyof typeof STRINGS} Key */

const STORED_AS = "wechat-edge.language";
const HTML_LANG = { zh: "zh-CN", en: "en" };

/** @type {(() => void)[]} */
const listeners = [];
/** @type {Language} */
let current = initial();

/** @returns {Language} what was chosen before, else what the browser prefers */
function initial() {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === "zh" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/**
 * The text of that key, with `{names}` replaced.
 *
 * @param {Key} key
 * @param {Readonly<Record<string, string | number>>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const [zh, en] = STRINGS[key];
  return (current === "zh" ? zh : en).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The text of `prefix.name`, or the name itself where there is none: for names that the simulator gives.
 *
 * @param {"kind" | "mode" | "fault" | "way" | "late" | "place" | "job" | "role" | "about"} prefix
 * @param {string} name
 * @returns {string}
 */
export function named(prefix, name) {
  const key = `${prefix}.${name}`;
  return isKey(key) ? t(key) : name;
}

/**
 * @param {string} key
 * @returns {key is Key}
 */
function isKey(key) {
  return key in STRINGS;
}

/**
 * The simulator says what is wrong in both languages, `English · 中文`; people read one of them.
 *
 * @param {string} text
 * @returns {string}
 */
export function inOneLanguage(text) {
  const [en, zh, ...others] = text.split(" · ");
  if (en === undefined || zh === undefined || others.length > 0) return text;
  return current === "zh" ? zh : en;
}

/** The language tag for formats of dates and numbers. */
export function locale() {
  return HTML_LANG[current];
}

/**
 * Runs `listener` now and after every change of language.
 *
 * @param {() => void} listener
 */
export function inEveryLanguage(listener) {
  listeners.push(listener);
  listener();
}

/** Changes to the other language and keeps it for the next visit. */
export function switchLanguage() {
  current = current === "zh" ? "en" : "zh";
  localStorage.setItem(STORED_AS, current);
  for (const listener of listeners) listener();
}

/** Puts the texts into what index.html marks with `data-text`, `data-label` and `data-placeholder`. */
export function fillPage() {
  document.documentElement.lang = locale();
  document.title = t("title");
  fill("text", (element, text) => {
    element.textContent = text;
  });
  fill("label", (element, text) => {
    element.setAttribute("aria-label", text);
    if (element instanceof HTMLButtonElement) element.title = text;
  });
  fill("placeholder", (element, text) => element.setAttribute("placeholder", text));
}

/**
 * @param {string} attribute
 * @param {(element: HTMLElement, text: string) => void} put
 */
function fill(attribute, put) {
  for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
    const key = element.getAttribute(`data-${attribute}`) ?? "";
    if (element instanceof HTMLElement && isKey(key)) put(element, t(key));
  }
}
