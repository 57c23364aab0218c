/** `--remote`: deploys the Worker, gives it its secrets, and says what to enter at WeChat. */
import { Resolver } from "node:dns/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RefusedError } from "../refused-error.ts";
import { UsageError } from "../usage-error.ts";
import type { Variables } from "../variables.ts";
import type { Answers } from "./answers.ts";
import type { Asker } from "./asker.ts";
import { consolePageLines } from "./console-page.ts";
import { customDomains, domainFault, readDomain, withCustomDomain } from "./custom-domain.ts";
import type { SetupFlags } from "./flags.ts";
import { deploy, loginState, wranglerQuietly, wranglerSeen, type WranglerPlace } from "./wrangler.ts";

/** What a deployment is made of. */
export interface Deployment {
  readonly asker: Asker;
  readonly place: WranglerPlace;
  readonly flags: SetupFlags;
  readonly answers: Answers;
  /** What `.dev.vars` has now. */
  readonly variables: Variables;
  readonly print: (lines: readonly string[]) => void;
  /** Whether what is printed is on a terminal: elsewhere no secret is shown. */
  readonly isTerminal: boolean;
  /** Whether a name has a DNS record already. */
  readonly resolves: (host: string) => Promise<boolean>;
  /** Runs the doctor against this URL; its exit code, or `undefined` when there is none. */
  readonly doctor: (url: string) => Promise<number | null | undefined>;
}

const CONFIGURATION = "wrangler.toml";

/**
 * The domain to deploy to.
 *
 * @returns `undefined` for workers.dev
 * @throws {UsageError} when `--domain` is none
 */
export async function askDomain(asker: Asker, root: string, flags: SetupFlags): Promise<string | undefined> {
  if (flags["workers-dev"] === true) return undefined;
  const [present] = customDomains(readFileSync(join(root, CONFIGURATION), "utf8"));
  const given = flags.domain;
  const fault = given === undefined ? undefined : domainFault(given);
  if (fault !== undefined) throw new UsageError(`--domain: ${fault[0]}.`, `--domain：${fault[1]}。`);
  const answer =
    given ??
    (await asker.ask({
      message:
        "Your domain, in a zone of your Cloudflare account, as bot.example.com  (empty: workers.dev, blocked in the mainland · 托管在 Cloudflare 的自有域名；留空则用 workers.dev，内地网络通常无法访问)",
      flag: "--domain HOST (or · 或 --workers-dev)",
      initial: present,
      optional: asker.isPerson,
      fault: (text) => domainFault(text)?.join(" · "),
    }));
  return readDomain(answer);
}

/**
 * Deploys.
 *
 * @returns the exit code: 1 when the doctor found something
 * @throws {RefusedError} when Cloudflare refuses
 */
export async function deployWorker(deployment: Deployment, domain: string | undefined): Promise<number> {
  const { place, print, flags, answers, isTerminal } = deployment;
  const secrets = secretsOf(deployment);
  await needLogin(deployment);
  const origin = domain === undefined ? await toWorkersDev(deployment) : await toDomain(deployment, domain);
  await putSecrets(place, secrets);
  print([`✓ secrets · 机密变量: ${Object.keys(secrets).join(", ")}`, ...leftOut(deployment, secrets)]);
  const url = `${origin}/wechat`;
  const code = flags["no-doctor"] === true ? 0 : await examined(deployment, url);
  print(consolePageLines(url, answers, isTerminal));
  if (domain === undefined) print(WORKERS_DEV);
  return code;
}

const WORKERS_DEV = [
  "",
  "! workers.dev is blocked by the mainland's networks: WeChat may say 请求URL超时. Use a domain of your own: --domain bot.example.com",
  "! workers.dev 在内地网络通常无法访问，微信可能提示「请求URL超时」。请改用自有域名：--domain bot.example.com",
];

/** Wrangler's way to log in opens a browser: only where somebody sits. */
async function needLogin({ asker, place, print }: Deployment): Promise<void> {
  const found = await loginState(place);
  if (found.state === "in") return print([`✓ Cloudflare: ${found.who}`]);
  if (found.state === "unknown") {
    throw new RefusedError(
      "cloudflare_refused",
      `Cloudflare could not be asked who is logged in:\n${found.said}`,
      "无法向 Cloudflare 确认登录状态，原因见上。",
    );
  }
  const wants = await asker.confirm(
    "Log in to Cloudflare now? It opens a browser. · 现在登录 Cloudflare？将打开浏览器",
  );
  if (wants && (await wranglerSeen(place, ["login"])).code === 0) return;
  throw new RefusedError(
    "cloudflare_not_logged_in",
    "Nobody is logged in to Cloudflare: run `npx wrangler login` (or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID), then this again.",
    "尚未登录 Cloudflare：请先运行 npx wrangler login（或设置 CLOUDFLARE_API_TOKEN 与 CLOUDFLARE_ACCOUNT_ID），然后重试。",
  );
}

const WORKERS_DEV_HOST = /[\w-]+\.[\w-]+\.workers\.dev$/;

async function toWorkersDev({ place }: Deployment): Promise<string> {
  const targets = await deploy(place, []);
  if (targets === undefined) throw failedDeployment();
  const [host] = targets.flatMap((target) => WORKERS_DEV_HOST.exec(target) ?? []);
  if (host !== undefined) return `https://${host}`;
  throw new RefusedError(
    "cloudflare_refused",
    "The Worker is deployed, but not to workers.dev: wrangler.toml says workers_dev = false, or has routes. Give --domain.",
    "Worker 已部署，但不在 workers.dev 上：wrangler.toml 设置了 workers_dev = false 或 routes。请使用 --domain。",
  );
}

/** The domain is written down once it works, so that a wrong one breaks no later `npm run deploy`. */
async function toDomain(deployment: Deployment, host: string): Promise<string> {
  const { place, print, asker, flags, resolves } = deployment;
  const path = join(place.root, CONFIGURATION);
  const isNew = !customDomains(readFileSync(path, "utf8")).includes(host);
  // In a terminal wrangler asks before it replaces a record; without one it replaces it.
  if (isNew && !asker.isPerson && flags["replace-dns"] !== true && (await resolves(host)))
    throw dnsTaken(host);
  if ((await deploy(place, isNew ? ["--domain", host] : [])) === undefined) throw failedDeployment(host);
  if (isNew) print(keepDomain(path, host));
  return `https://${host}`;
}

function keepDomain(path: string, host: string): string[] {
  const written = withCustomDomain(readFileSync(path, "utf8"), host);
  const line = `routes = [{ pattern = "${host}", custom_domain = true }]`;
  if (written === undefined) {
    return [
      `! add at the top of wrangler.toml, so that npm run deploy keeps the domain · 请自行加到 wrangler.toml 顶部，以便下次部署保留域名:`,
      `  ${line}`,
    ];
  }
  writeFileSync(path, written);
  return [`✓ wrangler.toml: ${line}`];
}

function dnsTaken(host: string): RefusedError {
  return new RefusedError(
    "dns_record_exists",
    `${host} has a DNS record already, and deploying would replace it. Is it free? Then say --replace-dns.`,
    `${host} 已有 DNS 记录，部署会将其替换。确认可以替换后，请加 --replace-dns。`,
  );
}

function failedDeployment(host?: string): RefusedError {
  const [en, zh] =
    host === undefined
      ? ["", ""]
      : [
          ` Is the zone of ${host} in this Cloudflare account, and active?`,
          `请确认 ${host} 所在的域名已添加到当前 Cloudflare 账户并已生效。`,
        ];
  return new RefusedError(
    "deploy_failed",
    `wrangler deploy failed; the reason stands above.${en} Run this again once it is mended: it goes on where it stopped.`,
    `wrangler deploy 失败，原因见上。${zh}处理后重新运行即可继续。`,
  );
}

/** Secrets of the account. The relay's go only with a relay's address: the simulator is on this machine. */
const ACCOUNT_SECRETS = [
  "WECHAT_TOKEN",
  "WECHAT_APP_ID",
  "WECHAT_ENCODING_AES_KEY",
  "WECHAT_MODE",
  "WECHAT_ACCOUNT_KIND",
  "WECHAT_APP_SECRET",
];
const RELAY_SECRETS = ["WECHAT_API_BASE", "WECHAT_RELAY_SECRET"];

function secretsOf({ variables, flags }: Deployment): Variables {
  const relay = variables["WECHAT_API_BASE"]?.startsWith("https://") === true ? RELAY_SECRETS : [];
  const more = flags.secret ?? [];
  const unknown = more.find((name) => variables[name] === undefined);
  if (unknown !== undefined) {
    throw new UsageError(`--secret: .dev.vars has no ${unknown}.`, `--secret：.dev.vars 中没有 ${unknown}。`);
  }
  const names = [...ACCOUNT_SECRETS, ...relay, ...more];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function leftOut({ variables }: Deployment, secrets: Variables): string[] {
  const names = Object.keys(variables).filter((name) => secrets[name] === undefined);
  return names.length === 0
    ? []
    : [`  left here · 仅在本机: ${names.join(", ")}  (--secret NAME puts one · 可逐个上传)`];
}

/** Through a pipe: neither the process table nor the disk sees them. */
async function putSecrets(place: WranglerPlace, secrets: Variables): Promise<void> {
  const { code, stdout, stderr } = await wranglerQuietly(place, ["secret", "bulk"], JSON.stringify(secrets));
  if (code === 0) return;
  throw new RefusedError(
    "secrets_failed",
    `The Worker is deployed, but its secrets could not be put:\n${(stderr + stdout).trim()}\nRun this again.`,
    "Worker 已部署，但机密变量上传失败，原因见上。请重新运行。",
  );
}

async function examined({ doctor, print }: Deployment, url: string): Promise<number> {
  print(["", `npm run doctor -- --url ${url}`]);
  const code = await doctor(url);
  if (code === 0) return 0;
  if (code === undefined) {
    print(["  (there is no doctor here · 此处没有诊断命令)"]);
    return 0;
  }
  print([
    "! The doctor is not content; see above. A new domain may need some minutes: run it again. · 诊断有误，见上；新域名可能需要几分钟生效，可稍后重新运行。",
  ]);
  return 1;
}

const DNS_TIMEOUT_MS = 3_000;

/** Whether public DNS knows the name. Where DNS itself does not answer, nobody can tell: then no. */
export async function hasDnsRecord(host: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return found.some((one) => one.status === "fulfilled" && one.value.length > 0);
}
