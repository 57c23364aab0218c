// @ts-check
/** Links out of the chat: always into a new tab that knows nothing of this one. */
import { h } from "./dom.js";

/**
 * @param {string | undefined} address where it leads; without one it is no link
 * @param {string} className
 * @param {readonly (Node | string | false | undefined)[]} content
 * @returns {HTMLElement}
 */
export function linked(address, className, content) {
  if (address === undefined) return h("div", { class: className }, ...content);
  return h(
    "a",
    { class: className, href: address, target: "_blank", rel: "noopener noreferrer" },
    ...content,
  );
}
