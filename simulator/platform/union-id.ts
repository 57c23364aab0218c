/** The id that tells one person over all accounts of an owner. */

const UNION_ID_CHARACTERS = 28;

/** The unionid of a user: always the same for the same openid. */
export function unionIdOf(openid: string): string {
  return `oU${openid.slice(1).split("").reverse().join("")}`.slice(0, UNION_ID_CHARACTERS);
}
