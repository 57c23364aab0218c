// @ts-check
/** One line of the phone, from what the simulator tells about it. */
/** @import { TimelineEntry } from "../timeline.ts" */
/** @import { Choice } from "./rich-text.js" */
import { locationBubble, message, pictureBubble, replyLine, systemLine, voiceBubble } from "./bubbles.js";
import { h } from "./dom.js";
import { inOneLanguage, t } from "./language.js";
import { linked } from "./links.js";
import { fillMarks, marksOf } from "./marks.js";
import { mediaAddress } from "./pictures.js";
import { webAddress } from "./rich-text.js";

/**
 * @typedef {object} Surroundings
 * @property {(key: string) => string} menuName what stands on the menu button of that key
 * @property {(exchange: string, fault: string) => void} explain tells why WeChat says that the account is out of order
 * @property {(choice: Choice) => void} choose what a tap on a line of a menu message does
 * @property {(call: string) => void} showCall shows the call by which a message was sent
 * @property {(exchange: string) => void} showExchange shows the push that a message answers
 * @property {(words: string) => void} say says something on the user's behalf
 */

/**
 * @param {TimelineEntry} entry
 * @param {Surroundings} surroundings
 * @returns {HTMLLIElement}
 */
export function entryView(entry, surroundings) {
  switch (entry.from) {
    case "user":
      return userEntry(entry, surroundings.menuName);
    case "account":
      return replyLine(entry.reply, surroundings.choose, marksOf(entry, surroundings));
    case "system": {
      const why = h("button", { type: "button", title: inOneLanguage(entry.fault) }, t("why"));
      why.addEventListener("click", () => surroundings.explain(entry.exchange, entry.fault));
      return systemLine(entry.text, why);
    }
  }
}

/**
 * Shows what is known of a message by now.
 *
 * @param {HTMLElement} line that `entryView` has made of it
 * @param {TimelineEntry} entry
 * @param {Surroundings} surroundings
 */
export function updateEntry(line, entry, surroundings) {
  const marks = line.querySelector(".marks");
  if (entry.from === "account" && marks !== null) fillMarks(marks, entry, surroundings);
}

/**
 * @param {Extract<TimelineEntry, { from: "user" }>} entry
 * @param {Surroundings["menuName"]} menuName
 */
function userEntry({ action, push }, menuName) {
  const field = (/** @type {string} */ name) => {
    const value = push[name];
    return typeof value === "string" ? value : "";
  };
  switch (action) {
    case "text":
    case "menu-choice":
      // Nothing of a user's own text is a link or markup.
      return message("user", h("div", { class: "bubble text" }, field("Content")));
    case "image":
      return message("user", pictureBubble(field("PicUrl") || mediaAddress(field("MediaId"))));
    case "voice":
      return message("user", voiceBubble(field("Recognition")));
    case "location":
      return message(
        "user",
        locationBubble(field("Label"), `${field("Location_X")}, ${field("Location_Y")}`),
      );
    case "click":
      return systemLine(t("did.click", { name: menuName(field("EventKey")) }));
    case "view": {
      const address = webAddress(field("EventKey"));
      return systemLine(t("did.view"), address === undefined ? undefined : linked(address, "web", [address]));
    }
    case "scancode_push":
    case "scancode_waitmsg":
    case "pic_sysphoto":
    case "pic_photo_or_album":
    case "pic_weixin":
    case "location_select":
      return systemLine(t(`did.${action}`, { name: menuName(field("EventKey")) }));
    case "view_miniprogram":
      return systemLine(t("did.view_miniprogram", { path: field("EventKey") }));
    case "follow":
      return systemLine(t("did.follow"));
    case "unfollow":
      return systemLine(t("did.unfollow"));
    case "scan":
      return systemLine(t("did.scan", { scene: field("EventKey").replace(/^qrscene_/, "") }));
    case "event":
      return systemLine(t("did.event", { event: field("Event") || field("MsgType") }));
  }
}
