// @ts-check
/** Pictures in the chat: where the page may show them, and a place for them where it may not. */
import { h, icon } from "./dom.js";

const MEDIA = "/media/";

/**
 * A picture where the page may show it (the simulator's own, and https); otherwise, or when it does not load, a
 * place for it.
 *
 * @param {string} address
 * @param {string} alt
 * @returns {HTMLElement}
 */
export function picture(address, alt) {
  const missing = () => h("span", { class: "picture-missing", title: address }, icon("photo"));
  const base = address.startsWith(MEDIA) ? location.origin : undefined;
  if (!URL.canParse(address, base)) return missing();
  const url = new URL(address, base);
  if (url.protocol !== "https:" && url.origin !== location.origin) return missing();
  const image = h("img", { src: url.href, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(missing()));
  return image;
}

/**
 * Where the simulator serves a medium.
 *
 * @param {string} mediaId
 */
export function mediaAddress(mediaId) {
  return MEDIA + encodeURIComponent(mediaId);
}
