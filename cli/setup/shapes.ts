/** Whether a value can be what it is said to be: by the Worker's own rules, then by what WeChat's console hands out. */
import { DEFAULT_ACCOUNT, readAccounts } from "../../src/accounts/definitions.ts";
import type { Variables } from "../variables.ts";

/** What is wrong with a value, in English and Chinese. Never the value itself. */
export type ShapeFault = readonly [en: string, zh: string];

/** Variables whose values are checked one at a time. */
export type CheckedVariable = keyof typeof SHAPES;

/** What WeChat itself hands out or takes; the Worker is not so strict, for it has to bear what is there already. */
const SHAPES = {
  WECHAT_TOKEN: {
    pattern: /^[A-Za-z0-9]{3,32}$/,
    fault: ["a Token has 3 to 32 letters and digits", "Token 为 3–32 位字母或数字"],
  },
  WECHAT_APP_ID: {
    pattern: /^wx[A-Za-z0-9]{16}$/,
    fault: [
      "an app id has 18 characters and begins with wx (gh_… is the original id, another thing)",
      "AppID 以 wx 开头，共 18 位（gh_… 是原始 ID，不是 AppID）",
    ],
  },
  WECHAT_ENCODING_AES_KEY: {
    pattern: /^/,
    fault: ["an EncodingAESKey has 43 letters and digits", "EncodingAESKey 为 43 位字母或数字"],
  },
  WECHAT_APP_SECRET: {
    pattern: /^[A-Za-z0-9]{32}$/,
    fault: ["an AppSecret has 32 letters and digits", "AppSecret 为 32 位字母或数字"],
  },
  WECHAT_API_BASE: {
    pattern: /^/,
    fault: ["see relay/README.md", "格式为 https://主机名，不带路径（仅本机可用 http），见 relay/README.md"],
  },
} as const satisfies Record<string, { readonly pattern: RegExp; readonly fault: ShapeFault }>;

/** The Worker's words for values that nobody chose. */
const EXAMPLE = / (?:holds an? (?:example|development) value|is not filled in)/;
const EXAMPLE_ZH = "这是示例值，请换成你自己的";

/** @returns what is wrong with the value, or `undefined` */
export function shapeFault(name: CheckedVariable, value: string): ShapeFault | undefined {
  const first = workerFault(name, value);
  const { pattern, fault } = SHAPES[name];
  if (first !== undefined) return [first, EXAMPLE.test(first) ? EXAMPLE_ZH : fault[1]];
  return pattern.test(value) ? undefined : fault;
}

/** Whether a value was never meant to be used: an example's, or one of this project's own development. */
export function isExampleValue(name: string, value: string): boolean {
  return EXAMPLE.test(workerFault(name, value) ?? "");
}

/** What the Worker does not take about a value by itself, or `undefined`. */
export function workerFault(name: string, value: string): string | undefined {
  return workerFaults({ [name]: value }).find((fault) => mentions(fault, name));
}

/** What the Worker would say of these variables together: every fault of the default account. */
export function workerFaults(variables: Variables): readonly string[] {
  const entry = readAccounts(variables).entries.get(DEFAULT_ACCOUNT);
  return entry === undefined || entry.ok ? [] : entry.faults;
}

/** Whether a fault is about this variable, and not about another one that is missing beside it. */
function mentions(fault: string, name: string): boolean {
  return fault.startsWith(`${name} `) && !fault.startsWith(`${name} is missing`);
}
