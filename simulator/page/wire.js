// @ts-check
/** Beside the phone: what went over the wire in both directions, the newest first. */
/** @import { Row } from "./wire-row.js" */
import { inEveryLanguage } from "./language.js";
import { rowView } from "./wire-row.js";

/** More rows than this are forgotten, the oldest first. */
export const MAX_ROWS = 200;

/**
 * @typedef {object} Wire
 * @property {(row: Row) => void} put shows a row where its time belongs, or in the place of the one with its key
 * @property {(key: string) => boolean} reveal opens a row and brings it into view, if it is there
 * @property {() => void} clear
 */

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} empty shown while there is nothing
 * @returns {Wire}
 */
export function createWire(list, empty) {
  /** The newest first, as they are shown. @type {Row[]} */
  let rows = [];
  /** @type {Set<string>} */
  const open = new Set();

  const show = () => {
    empty.hidden = rows.length > 0;
    list.replaceChildren(...rows.map((row) => rowView(row, open)));
  };
  inEveryLanguage(show);

  return {
    put(row) {
      const known = rows.findIndex(({ key }) => key === row.key);
      if (known >= 0) {
        rows[known] = row;
        list.children[known]?.replaceWith(rowView(row, open));
        return;
      }
      const place = rows.findIndex(({ at }) => at <= row.at);
      const index = place < 0 ? rows.length : place;
      if (index >= MAX_ROWS) return;
      rows.splice(index, 0, row);
      list.insertBefore(rowView(row, open), list.children[index] ?? null);
      for (const { key } of rows.splice(MAX_ROWS)) {
        open.delete(key);
        list.lastElementChild?.remove();
      }
      empty.hidden = true;
    },
    reveal(key) {
      if (!rows.some((row) => row.key === key)) return false;
      open.add(key);
      show();
      const found = list.querySelector(`[data-key="${CSS.escape(key)}"] button`);
      if (found instanceof HTMLButtonElement) {
        found.scrollIntoView({ block: "start" });
        found.focus();
      }
      return true;
    },
    clear() {
      rows = [];
      open.clear();
      show();
    },
  };
}
