// @ts-check
/** The menu at the bottom of the phone: up to three buttons, each with up to five of its own that open above it. */
/** @import { MenuButton } from "../timeline.ts" */
import { h, icon } from "./dom.js";

/** WeChat has room for no more. */
const MAX_BUTTONS = 3;
const MAX_SUB_BUTTONS = 5;

/**
 * @typedef {object} Menu
 * @property {(buttons: readonly MenuButton[]) => void} show draws the menu, if it is another one than before
 * @property {(enabled: boolean) => void} enable
 * @property {() => void} close
 */

/**
 * @param {HTMLElement} nav
 * @param {(button: MenuButton) => void} tap
 * @returns {Menu}
 */
export function createMenu(nav, tap) {
  let shown = "";

  const close = () => {
    for (const opener of nav.querySelectorAll("[aria-expanded='true']")) expand(opener, false);
  };
  document.addEventListener("pointerdown", ({ target }) => {
    if (!(target instanceof Node) || !nav.contains(target)) close();
  });
  nav.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !nav.contains(relatedTarget)) close();
  });
  /** @param {MenuButton} button */
  const choose = (button) => {
    close();
    tap(button);
  };

  return {
    show(buttons) {
      const text = JSON.stringify(buttons);
      if (text === shown) return;
      shown = text;
      nav.replaceChildren(
        h(
          "ul",
          { class: "menu-bar" },
          ...buttons
            .slice(0, MAX_BUTTONS)
            .map((button, index) => h("li", {}, ...slot(button, index, close, choose))),
        ),
      );
    },
    enable(enabled) {
      for (const button of nav.querySelectorAll("button")) button.disabled = !enabled;
      if (!enabled) close();
    },
    close,
  };
}

/**
 * A button of the bar, and what opens above it.
 *
 * @param {MenuButton} button
 * @param {number} index
 * @param {() => void} close
 * @param {(button: MenuButton) => void} choose
 */
function slot(button, index, close, choose) {
  const { name, sub_button: inner = [] } = button;
  if (inner.length === 0) return [h("button", { type: "button", onclick: () => choose(button) }, name)];
  const id = `submenu-${index}`;
  const opener = h(
    "button",
    { type: "button", "aria-expanded": "false", "aria-controls": id },
    icon("list"),
    h("span", {}, name),
  );
  const list = h(
    "ul",
    { class: "submenu", id, hidden: true, "aria-label": name },
    ...inner
      .slice(0, MAX_SUB_BUTTONS)
      .map((one) => h("li", {}, h("button", { type: "button", onclick: () => choose(one) }, one.name))),
  );
  opener.addEventListener("click", () => {
    const isOpen = opener.getAttribute("aria-expanded") === "true";
    close();
    expand(opener, !isOpen);
  });
  opener.addEventListener("keydown", (event) => onKey(event, opener, list));
  list.addEventListener("keydown", (event) => onKey(event, opener, list));
  return [opener, list];
}

/**
 * @param {Element} opener
 * @param {boolean} isOpen
 */
function expand(opener, isOpen) {
  opener.setAttribute("aria-expanded", String(isOpen));
  const list = opener.nextElementSibling;
  if (list instanceof HTMLElement) list.hidden = !isOpen;
}

/**
 * Arrows walk through what is open, and open it; Escape closes it.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLButtonElement} opener
 * @param {HTMLElement} list
 */
function onKey(event, opener, list) {
  if (event.key === "Escape") {
    expand(opener, false);
    opener.focus();
    return;
  }
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const to = placeOf(event.key, at, buttons.length);
  if (to === undefined) return;
  event.preventDefault();
  expand(opener, true);
  buttons.at(to)?.focus();
}

/**
 * @param {string} key
 * @param {number} at where the focus is, -1 when it is on the button that opens the list
 * @param {number} count
 * @returns {number | undefined} where it goes; the list lies above its button, so up leads to its end
 */
function placeOf(key, at, count) {
  switch (key) {
    case "ArrowUp":
      return at < 0 ? -1 : (at - 1 + count) % count;
    case "ArrowDown":
      return (at + 1) % count;
    case "Home":
      return at < 0 ? undefined : 0;
    case "End":
      return at < 0 ? undefined : -1;
    default:
      return undefined;
  }
}
