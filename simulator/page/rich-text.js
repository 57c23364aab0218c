// @ts-check
/** Text as WeChat shows it: line breaks, `<a href>` links and bare addresses. Any other markup stays text. */
import { h } from "./dom.js";
import { t } from "./language.js";
import { linked } from "./links.js";

const LINK = /<a\s([^<>]*)>([^<]*)<\/a>|https?:\/\/[^\s<>"'，。！？；：、（）【】《》「」\u3000]+/giu;
const ATTRIBUTE = /(?:^|\s)([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/giu;
/** A link that sends its own words when it is tapped, as the lines of a menu message do. */
const CHOICE = "weixin://bizmsgmenu?";

/**
 * A line of a menu message.
 *
 * @typedef {object} Choice
 * @property {string} id comes back as `bizmsgmenuid`
 * @property {string} content what the user then says
 */

/**
 * The address, if it is one that a link may lead to.
 *
 * @param {string} text
 * @returns {string | undefined} an absolute http or https address
 */
export function webAddress(text) {
  if (!/^https?:\/\//iu.test(text.trim()) || !URL.canParse(text.trim())) return undefined;
  return new URL(text.trim()).href;
}

/**
 * A text with its links; line breaks are kept by the style sheet (`white-space: pre-wrap`).
 *
 * @param {string} text
 * @param {(choice: Choice) => void} choose what a tap on a link does that sends its own words
 * @returns {DocumentFragment}
 */
export function richText(text, choose) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const [whole, attributes, label] = match;
    const link =
      attributes === undefined
        ? webLink(whole, whole)
        : markedLink(attributesOf(attributes), label ?? "", choose);
    if (link === undefined) continue;
    fragment.append(text.slice(end, match.index), link);
    end = match.index + whole.length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

/**
 * A line that a user may tap to say it.
 *
 * @param {Choice} choice
 * @param {(choice: Choice) => void} choose
 * @returns {HTMLButtonElement}
 */
export function choiceLink(choice, choose) {
  return h("button", { class: "choice", type: "button", onclick: () => choose(choice) }, choice.content);
}

/**
 * @param {ReadonlyMap<string, string>} attributes
 * @param {string} label
 * @param {(choice: Choice) => void} choose
 * @returns {HTMLElement | undefined} nothing where it is no link that WeChat knows
 */
function markedLink(attributes, label, choose) {
  const href = attributes.get("href") ?? "";
  if (href.startsWith(CHOICE)) {
    const choice = new URLSearchParams(href.slice(CHOICE.length));
    const content = choice.get("msgmenucontent") ?? label;
    const link = choiceLink({ id: choice.get("msgmenuid") ?? "", content }, choose);
    link.textContent = label;
    return link;
  }
  const appid = attributes.get("data-miniprogram-appid");
  if (appid === undefined) return webLink(href, label);
  const path = attributes.get("data-miniprogram-path") ?? "";
  return h("span", { class: "mini-link", title: t("miniprogramOf", { appid, path }) }, label);
}

/**
 * @param {string} address
 * @param {string} label
 */
function webLink(address, label) {
  const href = webAddress(address);
  return href === undefined ? undefined : linked(href, "web", [label]);
}

/**
 * @param {string} text what stands between `<a` and `>`
 * @returns {ReadonlyMap<string, string>} by names in lower case
 */
function attributesOf(text) {
  return new Map(
    Array.from(text.matchAll(ATTRIBUTE), ([, name = "", double, single, bare]) => [
      name.toLowerCase(),
      double ?? single ?? bare ?? "",
    ]),
  );
}
