// @ts-check
/** What stands in the chat: bubbles by type of message, and the grey lines between them. */
/** @import { ShownReply } from "../exchange.ts" */
/** @import { Fields } from "./reply-fields.js" */
/** @import { Choice } from "./rich-text.js" */
import { cardContent } from "./cards.js";
import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { linked } from "./links.js";
import { mediaAddress, picture } from "./pictures.js";
import { child, items, text } from "./reply-fields.js";
import { richText, webAddress } from "./rich-text.js";

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
 * A message of the account as WeChat shows it.
 *
 * @param {ShownReply} reply
 * @param {(choice: Choice) => void} choose what a tap on a line of a menu message does
 * @param {HTMLElement} marks what is known of it besides
 * @returns {HTMLLIElement}
 */
export function replyLine({ MsgType, fields }, choose, marks) {
  if (MsgType === "transfer_customer_service") {
    const account = text(child(fields, "TransInfo"), "KfAccount");
    return systemLine(account === "" ? t("transferred") : t("transferredTo", { account }));
  }
  const { content, wide = false } = replyContent(MsgType, fields, choose);
  if (wide) return h("li", { class: "message cards" }, content, marks);
  return message("account", h("div", { class: "stack" }, content, marks));
}

/**
 * @param {string} type
 * @param {Fields} fields
 * @param {(choice: Choice) => void} choose
 * @returns {{ content: HTMLElement, wide?: boolean }} `wide` as the chat is, without an avatar
 */
function replyContent(type, fields, choose) {
  switch (type) {
    case "text":
      return { content: textBubble(text(fields, "Content"), choose) };
    case "image":
      return { content: pictureBubble(mediaAddress(text(child(fields, "Image"), "MediaId"))) };
    case "voice":
      return { content: voiceBubble() };
    case "video":
      return { content: videoBubble(child(fields, "Video")) };
    case "music":
      return { content: musicBubble(child(fields, "Music")) };
    case "news":
      return { content: newsCards(items(child(fields, "Articles")["item"])), wide: true };
    default:
      return (
        cardContent(type, fields, choose) ?? {
          content: h("div", { class: "bubble" }, t("unknownReply", { type })),
        }
      );
  }
}

/**
 * @param {string} content
 * @param {(choice: Choice) => void} choose
 */
function textBubble(content, choose) {
  return h("div", { class: "bubble text" }, richText(content, choose));
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
  const thumb = text(video, "ThumbMediaId");
  return h(
    "div",
    { class: "bubble video" },
    h("div", { class: "screen" }, thumb !== "" && picture(mediaAddress(thumb), ""), icon("play")),
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
