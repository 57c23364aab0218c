/**
 * Which of WeChat's services a kind of account has. WeChat tells it twice: in the table of rights, and at the end of each
 * call's page (适用范围). Where the two disagree the right is `unclear`: nothing is built on it, and WeChat is asked.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
 */
import type { AccountKind } from "./account.ts";

/** The kinds that have a service; those that are in neither list do not. */
interface Holders {
  readonly has: readonly AccountKind[];
  readonly unclear?: readonly AccountKind[];
}

const SERVICE: readonly AccountKind[] = ["service", "test"];
const VERIFIED: readonly AccountKind[] = ["subscription", ...SERVICE];

const HOLDERS = {
  /** Customer-service messages and the typing sign. */
  customerService: { has: VERIFIED },
  /**
   * The media library: pictures, voices and videos of one's own. The pages of its calls name every account, the table
   * only verified ones.
   */
  media: { has: VERIFIED, unclear: ["personal", "service-unverified"] },
  menu: { has: ["subscription", "service-unverified", ...SERVICE] },
  conditionalMenus: { has: VERIFIED },
  /** What WeChat tells of followers, and the blacklist. */
  users: { has: VERIFIED },
  tags: { has: VERIFIED },
  /** QR codes with scenes. */
  qrCodes: { has: SERVICE },
  /** OAuth2 in WeChat's browser. Not in the table: the verified 订阅号 of governments and media have it since 2015. */
  webLogin: { has: SERVICE, unclear: ["subscription"] },
  templates: { has: SERVICE },
  /** Subscription notices: the guide speaks of 服务号, pages of their calls of verified 公众号 too. */
  notices: { has: SERVICE, unclear: ["subscription"] },
  oneTimeMessages: { has: VERIFIED },
} as const satisfies Record<string, Holders>;

/** A service of WeChat's that not every kind of account has. */
export type Right = keyof typeof HOLDERS;

function holdersOf(right: Right): Holders {
  return HOLDERS[right];
}

/** Whether the kind has it for certain. What is unclear is not had: what builds on a right must be sure of it. */
function has(kind: AccountKind, right: Right): boolean {
  return holdersOf(right).has.includes(kind);
}

/** Whether WeChat's documents agree that the kind does not have it. */
export function lacks(kind: AccountKind, right: Right): boolean {
  return !has(kind, right) && holdersOf(right).unclear?.includes(kind) !== true;
}

/** The kinds that have it for certain. */
export function kindsWith(right: Right): readonly AccountKind[] {
  return holdersOf(right).has;
}

/** Services that decide how an account can reach its users. */
export type AccountRights = Readonly<Record<"customerService" | "media", boolean>>;

/** Those that the kind has for certain. */
export function rightsOf(kind: AccountKind): AccountRights {
  return { customerService: has(kind, "customerService"), media: has(kind, "media") };
}
