// @ts-check
/**
 * Brings the drawings of `icons.svg` into the page. A `<use>` that points into another file makes the browser ask for
 * that file with every new element, and now and then it shows nothing.
 */

/** Until it is done, there is room for drawings but nothing in it. */
export async function loadIcons() {
  const response = await fetch("icons.svg");
  const { documentElement } = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  for (const symbol of documentElement.children) symbol.id = `icon-${symbol.id}`;
  documentElement.setAttribute("hidden", "");
  documentElement.setAttribute("aria-hidden", "true");
  document.body.append(documentElement);
}
