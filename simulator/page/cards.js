// @ts-check
/** Messages that only WeChat's API sends: menus to choose from, cards that lead elsewhere, and notices. */
/** @import { Fields } from "./reply-fields.js" */
/** @import { Choice } from "./rich-text.js" */
import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { linked } from "./links.js";
import { mediaAddress, picture } from "./pictures.js";
import { child, items, text } from "./reply-fields.js";
import { choiceLink, webAddress } from "./rich-text.js";

/**
 * @param {string} type
 * @param {Fields} fields
 * @param {(choice: Choice) => void} choose
 * @returns {{ content: HTMLElement, wide?: boolean } | undefined} nothing for a type that is none of these
 */
export function cardContent(type, fields, choose) {
  switch (type) {
    case "msgmenu":
      return { content: menuMessage(fields, choose) };
    case "miniprogrampage":
      return { content: miniProgramCard(fields) };
    case "mpnews":
      return { content: referenceCard("article", t("mpnews"), text(fields, "media_id")) };
    case "mpnewsarticle":
      return { content: referenceCard("article", t("mpnewsarticle"), text(fields, "article_id")) };
    case "wxcard":
      return { content: referenceCard("coupon", t("wxcard"), text(fields, "card_id")) };
    case "link":
      return { content: linkCard(fields) };
    case "template":
    case "subscribe":
      return { content: notice(fields), wide: true };
    default:
      return undefined;
  }
}

/**
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
 * @param {Fields} fields
 * @param {(choice: Choice) => void} choose
 */
function menuMessage(fields, choose) {
  const choices = items(child(fields, "list")["item"]).map((item) => {
    const choice = { id: text(item, "id"), content: text(item, "content") };
    return h("li", {}, choiceLink(choice, choose));
  });
  const head = text(fields, "head_content");
  const tail = text(fields, "tail_content");
  return h(
    "div",
    { class: "bubble text choices" },
    head !== "" && h("p", {}, head),
    h("ol", {}, ...choices),
    tail !== "" && h("p", {}, tail),
  );
}

/** @param {Fields} fields */
function miniProgramCard(fields) {
  const path = text(fields, "pagepath");
  const appid = text(fields, "appid");
  return h(
    "div",
    { class: "bubble mini-program", title: t("miniprogramOf", { appid, path }) },
    h("small", {}, appid),
    h("strong", {}, text(fields, "title")),
    picture(mediaAddress(text(fields, "thumb_media_id")), ""),
    h("small", { class: "foot" }, icon("miniprogram"), t("miniprogram"), h("code", {}, path)),
  );
}

/**
 * A message that names something which WeChat keeps: what it is, and by which id.
 *
 * @param {string} glyph
 * @param {string} what
 * @param {string} id
 */
function referenceCard(glyph, what, id) {
  return h(
    "div",
    { class: "bubble reference" },
    icon(glyph),
    h("span", {}, h("strong", {}, what), h("code", {}, id)),
  );
}

/** @param {Fields} fields */
function linkCard(fields) {
  return linked(webAddress(text(fields, "url")), "bubble link", [
    h("span", {}, h("strong", {}, text(fields, "title")), h("small", {}, text(fields, "description"))),
    picture(text(fields, "thumb_url"), ""),
  ]);
}

/**
 * A template or subscription message. Colours are left out: WeChat has shown all values in one since May 2023.
 *
 * @see https://developers.weixin.qq.com/community/develop/doc/000a2ae286cdc0f41a8face4c51801
 * @param {Fields} fields
 */
function notice(fields) {
  const rows = items(child(fields, "rows")["item"]).flatMap((row) => [
    h("dt", {}, text(row, "name")),
    h("dd", {}, text(row, "value")),
  ]);
  const appid = text(fields, "miniprogram_appid");
  const address = webAddress(text(fields, "url"));
  return h(
    "div",
    { class: "notice" },
    h("strong", {}, text(fields, "title") || text(fields, "template_id")),
    h("dl", {}, ...rows),
    appid === ""
      ? address !== undefined && linked(address, "foot", [t("details"), icon("chevron")])
      : h("p", { class: "foot" }, icon("miniprogram"), t("opensMiniprogram", { appid })),
  );
}
