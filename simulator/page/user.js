// @ts-check
/** Who holds the phone: a random user that this browser keeps. */

const STORED_AS = "wechat-edge.openid";
/** Real openids have 28 characters and begin like this. */
const OPENID = /^o[A-Za-z0-9_-]{27}$/;
const RANDOM_BYTES = 27;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** @returns {string} the openid of this browser's user; a new one on the first visit */
export function currentUser() {
  const stored = localStorage.getItem(STORED_AS);
  return stored !== null && OPENID.test(stored) ? stored : newUser();
}

/** @returns {string} the openid of somebody who has never been here */
export function newUser() {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const openid = `o${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
  localStorage.setItem(STORED_AS, openid);
  return openid;
}
