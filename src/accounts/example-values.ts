/**
 * Values that were never meant to be used: what examples, templates and this project's own development stand in with.
 * Everybody knows them, so whoever deploys them has an account that anybody can speak for.
 */
import { variable } from "../config.ts";

/** What `npm start` and the simulator use; public, because it stands here. */
export const DEVELOPMENT_CREDENTIALS = {
  token: "wechat-edge-development-token",
  encodingAesKey: "WechatEdgeDevelopmentKeyKnownToEverybodyXYZ",
  /** As long as WeChat's own, and known to the simulator alone. */
  appSecret: "00000000development0000000000000",
} as const;

/**
 * The variable that lets the development credentials be used, when it is `true`. The command line gives it to a Worker on
 * this machine together with them; no file has it, so that nothing deploys it.
 */
export const ACCEPT_DEVELOPMENT = "ACCEPT_DEVELOPMENT_CREDENTIALS";

/** Says what is wrong with a value, behind the name of its variable; `undefined`: nothing that is known here. */
export type ExampleCheck = (value: string | undefined) => string | undefined;

const IS_UNSET = "is not filled in";
const IS_EXAMPLE = "holds an example value: put your own in its place";
const IS_DEVELOPMENT = "holds a development value, which everybody knows: put your own in its place";

/** What a variable holds when a deployment script has filled in nothing. */
const UNSET_TEXTS = new Set(["undefined", "null"]);
const DEVELOPMENT_TEXTS = new Set<string>(Object.values(DEVELOPMENT_CREDENTIALS));
/** Words of templates, without `-`, `_` and blanks. What somebody could have chosen is not among them. */
const EXAMPLE_WORDS =
  /^(?:change(?:me|this)|replace(?:me|this)|placeholder|example|dummy|todo|tbd|fixme|fillmein)$/i;
const EXAMPLE_SHAPES = [
  /^(?:your|my)[-_ ](?:[a-z0-9]*[-_ ])*(?:token|secret|key|id|appid|password|value|here)$/i, // your-token, YOUR_APP_ID
  /^your(?:token|secret|key|appid|appsecret|encodingaeskey|apikey|password|value)$/i,
  /^(?:wx|sk-?)?x{3,}$/i, // xxxx, wxxxxxxxxx, sk-xxxx
  /(?:…|\.{3})$/, // sk-…, wx…
  /^<.*>$|^\{\{.*\}\}$|^\$\{.*\}$|^\[.*\]$/s, // <token>, {{token}}, ${TOKEN}
  /^(?:你的|您的|请填|请输入|填写|替换)/,
];
/** Names that no server ever has (RFC 2606): a secret that is sent there is lost at best. */
const EXAMPLE_HOST = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/;

/** The check for an environment: development credentials are wrong unless the command line vouches for them. */
export function exampleCheck(env: object): ExampleCheck {
  const acceptsDevelopment = variable(env, ACCEPT_DEVELOPMENT) === "true";
  return (value) => {
    if (value === undefined) return undefined;
    if (UNSET_TEXTS.has(value)) return IS_UNSET;
    if (DEVELOPMENT_TEXTS.has(value)) return acceptsDevelopment ? undefined : IS_DEVELOPMENT;
    return isExample(value) ? IS_EXAMPLE : undefined;
  };
}

/** The Worker's variables that belong to no account, and must not hold an example's value either. */
const OTHER_VARIABLES = ["MODEL_API_KEY", "MODEL_BASE_URL"] as const;

/** Faults of the variables that belong to no account; each names its variable and never its value. */
export function exampleFaults(env: object): string[] {
  const check = exampleCheck(env);
  return OTHER_VARIABLES.flatMap((name) => {
    const fault = check(variable(env, name));
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
}

/** Whether a fault is one that `ExampleCheck` names. */
export function isExampleFault(fault: string): boolean {
  return [IS_UNSET, IS_EXAMPLE, IS_DEVELOPMENT].some((words) => fault.endsWith(` ${words}`));
}

function isExample(value: string): boolean {
  if (EXAMPLE_WORDS.test(value.replaceAll(/[-_ ]/g, ""))) return true;
  if (EXAMPLE_SHAPES.some((shape) => shape.test(value))) return true;
  return value.split(",").some((one) => EXAMPLE_HOST.test(hostOf(one.trim())));
}

function hostOf(text: string): string {
  return text.includes("://") && URL.canParse(text) ? new URL(text).hostname : "";
}
