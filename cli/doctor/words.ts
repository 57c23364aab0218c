/** How a finding is told: what was found, what it likely comes from, what to do, and the page about it. */

/** Pages under docs/ that findings link to; each has a Chinese twin, `<name>.zh-CN.md`. */
export type Page =
  | "accounts/README"
  | "connect"
  | "costs"
  | "development"
  | `messages/${
      | "README"
      | "service-fault"
      | "service-unavailable"
      | "token-verification-failed"
      | "url-timeout"
      | "40001"
      | "40013"
      | "40125"
      | "40164"
      | "45009"
      | "48001"}`;

/** What was found, its likely cause, and the cure. `{name}` stands for the fact of that name. */
export type Telling = readonly [what: string, cause?: string, cure?: string];

/** A finding in words. */
export interface Words {
  readonly en: Telling;
  readonly zh: Telling;
  readonly page?: Page;
}
