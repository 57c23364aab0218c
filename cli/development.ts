/**
 * Development credentials: what `npm start` gives the Worker, and `npm run push` signs with, as long as you have set
 * none of your own. They are public, so they protect nothing: a Worker refuses them, unless it is told by the variable
 * that comes with them here and that nothing ever deploys.
 */
import { ACCEPT_DEVELOPMENT, DEVELOPMENT_CREDENTIALS } from "../src/accounts/example-values.ts";
import type { Variables } from "./variables.ts";

const { token: TOKEN, encodingAesKey: ENCODING_AES_KEY, appSecret: APP_SECRET } = DEVELOPMENT_CREDENTIALS;

/** Two more accounts beside `default`, which is in secure mode: so each mode can be tried. */
const ACCOUNTS = {
  plain: {
    kind: "test",
    mode: "plain",
    token: TOKEN,
    appId: "wxdev0000000000002",
    appSecret: APP_SECRET,
  },
  compatible: {
    kind: "service",
    mode: "compatible",
    token: TOKEN,
    encodingAesKey: ENCODING_AES_KEY,
    appId: "wxdev0000000000003",
    appSecret: APP_SECRET,
  },
};

/**
 * The development values for what `own` lacks.
 *
 * A token of your own means an account of your own: then no key, no app id and no secret are added, because a token
 * without a key stands for plain mode, and a missing app id is a fault that should show here and not after the
 * deployment.
 *
 * @param own your variables; blank ones count as missing, as they do for the Worker
 * @param apiBase where WeChat's API and its pages are played, when something plays them
 */
export function developmentValues(own: Variables, apiBase?: string): Variables {
  const credentials = isSet(own, "WECHAT_TOKEN")
    ? {}
    : {
        WECHAT_TOKEN: TOKEN,
        WECHAT_APP_ID: "wxdev0000000000001",
        WECHAT_APP_SECRET: APP_SECRET,
        WECHAT_ENCODING_AES_KEY: ENCODING_AES_KEY,
        // A test account may do everything: its phone has a menu and can scan.
        WECHAT_ACCOUNT_KIND: "test",
      };
  const played = apiBase === undefined ? {} : { WECHAT_API_BASE: apiBase, WECHAT_WEB_BASE: apiBase };
  const values: Variables = { ...credentials, ACCOUNTS: JSON.stringify(accountsAt(apiBase)), ...played };
  const missing = Object.entries(values).filter(([name]) => !isSet(own, name));
  const hasCredentials = missing.some(([name]) => name === "WECHAT_TOKEN" || name === "ACCOUNTS");
  return Object.fromEntries([...missing, ...(hasCredentials ? [[ACCEPT_DEVELOPMENT, "true"]] : [])]);
}

function accountsAt(apiBase: string | undefined): object {
  if (apiBase === undefined) return ACCOUNTS;
  const played = { apiBase, webBase: apiBase };
  return Object.fromEntries(
    Object.entries(ACCOUNTS).map(([id, account]) => [id, { ...account, ...played }] as const),
  );
}

/** Whether requests of this account are signed with the public development token. */
export function isDevelopmentToken(token: string): boolean {
  return token === TOKEN;
}

/** Whether a variable has a value: a blank one counts as missing. */
export function isSet(variables: Variables, name: string): boolean {
  return (variables[name] ?? "").trim() !== "";
}
