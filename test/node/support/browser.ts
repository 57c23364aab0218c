/** A real Chromium for tests: the one that `npm ci` brings on Linux, elsewhere an installed Chrome. */
import { type Browser, chromium, type Page } from "playwright-core";

/** On Linux x64 an optional dependency; where npm has left it out, an installed Chrome will do as well. */
const PACKAGE = "@sparticuz/chromium";
/** Makes the package unpack the libraries too that a bare Linux lacks. */
const WITH_LIBRARIES = { AWS_LAMBDA_JS_RUNTIME: "nodejs22.x" };
/** Containers run as root and give no namespaces to build a sandbox of. */
const NO_SANDBOX = ["--no-sandbox"];

/** What a test says that is skipped for want of a browser. */
export const NO_BROWSER =
  "skipped: no Chromium here; install Chrome, or run `npm ci` under Node 24 on Linux x64 · 没有可用的 Chromium";

/**
 * Starts a headless browser.
 *
 * @returns `undefined` where there is none
 * @throws {Error} where there must be one, because `CI` is set; or when it does not start
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const launched = (process.platform === "linux" && (await launchPackaged())) || (await launchInstalled());
  if (launched !== undefined) return launched;
  if (process.env["CI"] !== undefined) throw new Error(NO_BROWSER);
  console.warn(NO_BROWSER);
  return undefined;
}

/**
 * Opens a page for a Chinese reader.
 *
 * @param complaints what the browser complains about is added here, violations of the page's policy included
 */
export async function openPage(
  browser: Browser | undefined,
  url: string,
  complaints: string[],
): Promise<Page> {
  const context = await browser?.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 800 } });
  const page = await context?.newPage();
  if (page === undefined) throw new Error(NO_BROWSER);
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

async function launchPackaged(): Promise<Browser | undefined> {
  const environment = { ...process.env };
  try {
    // The package reads and sets variables. They are the browser's alone: what tests start besides must not see them.
    Object.assign(process.env, WITH_LIBRARIES);
    const executablePath = await packagedExecutable();
    if (executablePath === undefined) return undefined;
    return await chromium.launch({ executablePath, args: NO_SANDBOX, env: { ...process.env } });
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  }
}

async function packagedExecutable(): Promise<string | undefined> {
  try {
    // By a variable: the types of an optional package are not always there to be checked.
    const { default: packaged }: { default: unknown } = await import(PACKAGE);
    return hasExecutablePath(packaged) ? await packaged.executablePath() : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function hasExecutablePath(value: unknown): value is { executablePath(): Promise<string> } {
  return (
    (typeof value === "object" || typeof value === "function") && value !== null && "executablePath" in value
  );
}

async function launchInstalled(): Promise<Browser | undefined> {
  try {
    return await chromium.launch({ channel: "chrome", args: process.platform === "linux" ? NO_SANDBOX : [] });
  } catch (error) {
    if (error instanceof Error && /is not found at|Executable doesn't exist/.test(error.message))
      return undefined;
    throw error;
  }
}
