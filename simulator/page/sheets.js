// @ts-check
/** The panel under the input row: tiles for everything but text, and a small form for each of them. */
/** @import { Action } from "./api.js" */
/** @import { Form, Helpers } from "./forms.js" */
import { h, icon, REFRESH } from "./dom.js";
import { FORMS } from "./forms.js";
import { t } from "./language.js";

/**
 * @typedef {object} Sheets
 * @property {(opener: HTMLElement) => void} tiles shows the tiles, or closes them
 * @property {(form: Form, opener: HTMLElement) => void} form shows one form
 * @property {(content: Node, opener: HTMLElement, title: string) => void} show
 * @property {() => void} refresh brings what is shown up to date
 * @property {() => void} close
 */

/**
 * @param {HTMLElement} host
 * @param {Helpers & { whyNot: (form: Form) => string | undefined }} phone
 * @returns {Sheets}
 */
export function createSheets(host, { send, codes, whyNot }) {
  /** @type {HTMLElement | undefined} */
  let openedBy;

  const close = () => {
    host.hidden = true;
    host.replaceChildren();
    openedBy?.setAttribute("aria-expanded", "false");
    openedBy = undefined;
  };
  /** @type {Sheets["show"]} */
  const show = (content, opener, title) => {
    if (openedBy !== opener) close();
    openedBy = opener;
    opener.setAttribute("aria-expanded", "true");
    const back = h(
      "button",
      { class: "glyph", type: "button", "aria-label": t("close"), title: t("close") },
      icon("close"),
    );
    back.addEventListener("click", () => {
      close();
      opener.focus();
    });
    host.replaceChildren(h("header", { class: "sheet-title" }, h("h3", {}, title), back), content);
    host.hidden = false;
  };
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const opener = openedBy;
    close();
    opener?.focus();
  });
  const refresh = () => {
    for (const part of host.querySelectorAll(".form > *")) part.dispatchEvent(new Event(REFRESH));
  };
  return { tiles: showTiles, form: showForm, show, refresh, close };

  /** @param {HTMLElement} opener */
  function showTiles(opener) {
    if (openedBy === opener) return close();
    const tiles = FORMS.map((form) =>
      h(
        "button",
        { class: "tile", type: "button", onclick: () => showForm(form, opener) },
        h("span", {}, icon(form.glyph)),
        t(form.title),
      ),
    );
    show(h("div", { class: "tiles" }, ...tiles), opener, t("more"));
    tiles[0]?.focus();
  }

  /**
   * @param {Form} definition
   * @param {HTMLElement} opener
   */
  function showForm(definition, opener) {
    const { title } = definition;
    const reason = whyNot(definition);
    if (reason !== undefined) return show(h("p", { class: "hint" }, reason), opener, t(title));
    const leave = () => {
      close();
      opener.focus();
    };
    const form = formView(definition, { codes, send, leave });
    show(form, opener, t(title));
    const first = form.elements[0];
    if (first instanceof HTMLElement) first.focus();
  }
}

/**
 * @param {Form} definition
 * @param {Helpers & { leave: () => void }} sheet
 */
function formView({ fields, action }, { codes, send, leave }) {
  /** @param {Action} done */
  const sendAtOnce = (done) => {
    leave();
    send(done);
  };
  const form = h(
    "form",
    { class: "form" },
    ...fields({ codes, send: sendAtOnce }),
    h("button", { class: "primary", type: "submit" }, t("send")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void Promise.resolve(action(new FormData(form))).then(send);
    leave();
  });
  return form;
}
