// @ts-check
/** The controls of the phone: input row, panels, menu, and the page of the account. */
/** @import { MenuButton } from "./api.js" */
/** @import { Phone } from "./phone.js" */
import { byId, h } from "./dom.js";
import { EVENT, SCAN, VOICE } from "./forms.js";
import { inEveryLanguage, named, t } from "./language.js";
import { createSheets } from "./sheets.js";

/**
 * Gives the controls of index.html their meaning.
 *
 * @param {Phone} phone
 * @param {() => void} becomeAnother makes the phone a new user's
 * @returns {() => void} shows the state of the phone in them
 */
export function createControls(phone, becomeAnother) {
  const sheets = createSheets(byId("sheet", HTMLDivElement), {
    send: (action) => void phone.act(action),
    whyNot: (form) => {
      if (form === SCAN && !phone.account.can.qr) return t("noQr", { kind: kindOf(phone) });
      return phone.following || form === SCAN || form === EVENT ? undefined : t("notFollowing");
    },
  });
  wireInput(phone, sheets);

  const follow = byId("follow", HTMLButtonElement);
  follow.addEventListener("click", () => void phone.act({ action: "follow" }));

  const profile = byId("profile", HTMLButtonElement);
  profile.addEventListener("click", () => {
    if (profile.getAttribute("aria-expanded") === "true") return sheets.close();
    sheets.show(profilePage(phone, sheets.close, becomeAnother), profile, t("profile"));
  });

  const menu = byId("menu", HTMLElement);
  const text = byId("text", HTMLTextAreaElement);
  const voice = byId("voice", HTMLButtonElement);
  const unfollowed = byId("unfollowed", HTMLDivElement);
  const show = () => {
    const { account, following } = phone;
    byId("name", HTMLHeadingElement).textContent =
      account.id === "default" ? t("defaultAccount") : account.id;
    byId("facts", HTMLSpanElement).textContent = kindOf(phone);
    unfollowed.hidden = following;
    for (const control of [text, voice, ...menu.querySelectorAll("button")]) control.disabled = !following;
    menu.hidden = !account.can.menu || phone.menu.length === 0;
  };
  const showMenu = () => menu.replaceChildren(...phone.menu.map((button) => menuButton(phone, button)));
  showMenu();
  inEveryLanguage(() => {
    sheets.close();
    show();
  });
  return show;
}

/** @param {Phone} phone */
function kindOf(phone) {
  return named("kind", phone.account.kind);
}

/**
 * The row with the text field.
 *
 * @param {Phone} phone
 * @param {import("./sheets.js").Sheets} sheets
 */
function wireInput(phone, sheets) {
  const composer = byId("composer", HTMLFormElement);
  const field = byId("text", HTMLTextAreaElement);
  const send = byId("send", HTMLButtonElement);
  const more = byId("more", HTMLButtonElement);
  const voice = byId("voice", HTMLButtonElement);

  const showButtons = () => {
    const written = field.value !== "";
    send.hidden = !written;
    more.hidden = written;
  };
  field.addEventListener("input", showButtons);
  field.addEventListener("focus", () => sheets.close());
  field.addEventListener("keydown", (event) => {
    // While a Chinese input method composes, Enter chooses a candidate.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const Content = field.value;
    if (Content === "") return;
    field.value = "";
    showButtons();
    field.focus();
    void phone.act({ action: "text", Content });
  });
  more.addEventListener("click", () => sheets.tiles(more));
  voice.addEventListener("click", () => sheets.form(VOICE, voice));
}

/**
 * @param {Phone} phone
 * @param {MenuButton} button
 */
function menuButton(phone, { name, type, key, url }) {
  const element = h("button", { type: "button" }, name);
  element.addEventListener("click", () => {
    if (type === "view") void phone.act({ action: "view", EventKey: url ?? "" });
    else void phone.act({ action: "click", EventKey: key ?? "" });
  });
  return element;
}

/**
 * Who the two are, and what binds them.
 *
 * @param {Phone} phone
 * @param {() => void} close
 * @param {() => void} becomeAnother
 */
function profilePage(phone, close, becomeAnother) {
  const { account, following, openid } = phone;
  const follow = h(
    "button",
    { class: following ? "plain" : "primary", type: "button" },
    t(following ? "unfollow" : "follow"),
  );
  follow.addEventListener("click", () => {
    close();
    void phone.act({ action: following ? "unfollow" : "follow" });
  });
  const another = h("button", { class: "plain", type: "button" }, t("newUser"));
  another.addEventListener("click", () => {
    close();
    becomeAnother();
  });
  return h(
    "div",
    { class: "profile" },
    h(
      "dl",
      {},
      ...fact(t("account"), account.id),
      ...fact(t("kind"), kindOf(phone)),
      ...fact(t("mode"), named("mode", account.mode)),
      ...fact("openid", openid),
    ),
    h("div", { class: "buttons" }, follow, another),
  );
}

/**
 * @param {string} name
 * @param {string} value
 */
function fact(name, value) {
  return [h("dt", {}, name), h("dd", {}, value)];
}
