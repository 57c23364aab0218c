// @ts-check
/** Text as WeChat shows it: line breaks, `<a href>` links and bare addresses. Any other markup stays text. */
import { h } from "./dom.js";

const LINK = /<a\s([^<>]*)>([^<]*)<\/a>|https?:\/\/[^\s<>"'，。！？；：、（）【】《》「」\u3000]+/giu;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/iu;

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
 * @param {string} href
 * @param {string} label
 */
function anchor(href, label) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/**
 * A text with its links; line breaks are kept by the style sheet (`white-space: pre-wrap`).
 *
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function richText(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const [whole, attributes, label] = match;
    const found = attributes === undefined ? undefined : HREF.exec(attributes);
    const href = webAddress(
      attributes === undefined ? whole : (found?.[1] ?? found?.[2] ?? found?.[3] ?? ""),
    );
    if (href === undefined) continue;
    fragment.append(text.slice(end, match.index), anchor(href, label ?? whole));
    end = match.index + whole.length;
  }
  fragment.append(text.slice(end));
  return fragment;
}
