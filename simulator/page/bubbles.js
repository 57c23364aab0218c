// @ts-check
/** What stands in the chat: bubbles by type of message, and the grey lines between them. */
/** @import { ReplyField, ShownReply } from "../exchange.ts" */
import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { richText, webAddress } from "./rich-text.js";

/** @typedef {Readonly<Record<string, ReplyField>>} Fields */

/**
 * A message with its avatar, the account's to the left and the user's to the right.
 *
 * @param {"user" | "account"} from
 * @param {Node} content
 * @returns {HTMLLIElement}
 */
export function message(from, content) {
  return h(
    "li",
    { class: `message ${from}` },
    h("span", { class: "avatar" }, icon(from === "user" ? "person" : "chat")),
    h("span", { class: "visually-hidden" }, t(from === "user" ? "you" : "theAccount")),
    content,
  );
}

/**
 * A grey line in the middle.
 *
 * @param {string} words
 * @param {HTMLElement} [more]
 * @returns {HTMLLIElement}
 */
export function systemLine(words, more) {
  return h("li", { class: "system" }, h("span", {}, words), more);
}

/**
 * A reply as WeChat shows it.
 *
 * @param {ShownReply} reply
 * @returns {HTMLLIElement}
 */
export function replyBubble({ MsgType, fields }) {
  switch (MsgType) {
    case "text":
      return message("account", textBubble(text(fields, "Content")));
    case "image":
      return message("account", pictureBubble(mediaAddress(text(child(fields, "Image"), "MediaId"))));
    case "voice":
      return message("account", voiceBubble());
    case "video":
      return message("account", videoBubble(child(fields, "Video")));
    case "music":
      return message("account", musicBubble(child(fields, "Music")));
    case "news":
      return h("li", { class: "message cards" }, newsCards(items(child(fields, "Articles")["item"])));
    case "transfer_customer_service": {
      const account = text(child(fields, "TransInfo"), "KfAccount");
      return systemLine(account === "" ? t("transferred") : t("transferredTo", { account }));
    }
    default:
      return message("account", h("div", { class: "bubble" }, t("unknownReply", { type: MsgType })));
  }
}

/** @param {string} content */
function textBubble(content) {
  return h("div", { class: "bubble text" }, richText(content));
}

/** @param {string} address */
export function pictureBubble(address) {
  return h("div", { class: "bubble picture" }, picture(address, t("picture")));
}

/** @param {string} [recognition] */
export function voiceBubble(recognition = "") {
  const bar = h(
    "div",
    { class: "bubble voice" },
    icon("voice"),
    h("span", {}, `${voiceSeconds(recognition)}″`),
  );
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", t("voice"));
  if (recognition === "") return bar;
  return h("div", { class: "stack" }, bar, h("div", { class: "bubble recognition" }, recognition));
}

/** People say about four characters a second. @param {string} recognition */
function voiceSeconds(recognition) {
  return Math.max(2, Math.min(60, Math.ceil(recognition.length / 4)));
}

/**
 * @param {string} label
 * @param {string} coordinates
 */
export function locationBubble(label, coordinates) {
  return h(
    "div",
    { class: "bubble location" },
    h("strong", {}, label),
    h("small", {}, coordinates),
    h("div", { class: "map" }, icon("location")),
  );
}

/** @param {Fields} video */
function videoBubble(video) {
  return h(
    "div",
    { class: "bubble video" },
    h("div", { class: "screen" }, icon("play")),
    h("strong", {}, text(video, "Title") || t("video")),
    h("small", {}, text(video, "Description")),
  );
}

/** @param {Fields} music */
function musicBubble(music) {
  const address = webAddress(text(music, "HQMusicUrl")) ?? webAddress(text(music, "MusicUrl"));
  const thumb = text(music, "ThumbMediaId");
  const content = [
    h(
      "span",
      { class: "cover" },
      thumb === "" ? icon("music") : picture(mediaAddress(thumb), ""),
      icon("play"),
    ),
    h(
      "span",
      { class: "song" },
      h("strong", {}, text(music, "Title") || t("music")),
      h("small", {}, text(music, "Description")),
    ),
  ];
  return linked(address, "bubble music", content);
}

/** @param {readonly Fields[]} articles the first is shown large, the others small */
function newsCards(articles) {
  const [first, ...others] = articles;
  return h(
    "div",
    { class: "news" },
    first &&
      linked(webAddress(text(first, "Url")), "lead", [
        picture(text(first, "PicUrl"), ""),
        h("strong", {}, text(first, "Title")),
        others.length === 0 && h("small", {}, text(first, "Description")),
      ]),
    ...others.map((article) =>
      linked(webAddress(text(article, "Url")), "card", [
        h("strong", {}, text(article, "Title")),
        picture(text(article, "PicUrl"), ""),
      ]),
    ),
  );
}

/**
 * @param {string | undefined} address
 * @param {string} className
 * @param {readonly (Node | string | false | undefined)[]} content
 */
function linked(address, className, content) {
  if (address === undefined) return h("div", { class: className }, ...content);
  return h(
    "a",
    { class: className, href: address, target: "_blank", rel: "noopener noreferrer" },
    ...content,
  );
}

/**
 * A picture where the page may show it (the simulator's own, and https); otherwise, or when it does not load, a
 * place for it.
 *
 * @param {string} address
 * @param {string} alt
 */
function picture(address, alt) {
  const missing = () => h("span", { class: "picture-missing", title: address }, icon("photo"));
  if (!URL.canParse(address, location.href)) return missing();
  const url = new URL(address, location.href);
  if (address === "" || (url.protocol !== "https:" && url.origin !== location.origin)) return missing();
  const image = h("img", { src: url.href, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(missing()));
  return image;
}

/** @param {string} mediaId */
export function mediaAddress(mediaId) {
  return `/media/${encodeURIComponent(mediaId)}`;
}

/**
 * @param {Fields} fields
 * @param {string} name
 * @returns {string} the text of that field, empty when there is none
 */
function text(fields, name) {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/**
 * @param {Fields} fields
 * @param {string} name
 * @returns {Fields} the element's children
 */
function child(fields, name) {
  return items(fields[name])[0] ?? {};
}

/**
 * @param {ReplyField | undefined} value one element or several
 * @returns {readonly Fields[]}
 */
function items(value) {
  if (value === undefined || typeof value === "string") return [];
  if (isList(value)) return value.flatMap((item) => items(item));
  return [value];
}

/**
 * @param {ReplyField} value
 * @returns {value is readonly ReplyField[]}
 */
function isList(value) {
  return Array.isArray(value);
}
