/** The page of a Worker that has no account yet: what is missing, and how to go on. Both languages, no script. */
import { html, raw } from "hono/html";

/** A page, or a part of one: everything that was put into it is escaped. */
type Html = ReturnType<typeof html>;

/** The page's style, in the exact form that its digest stands for. */
export const STYLE =
  "body{max-width:42rem;margin:0 auto;padding:1rem;font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}" +
  "h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}li{margin:.4rem 0}" +
  "code{font-family:ui-monospace,monospace;font-size:.9em}pre{white-space:pre-wrap}";
/** In one piece: a formatter's blanks inside would change the digest. */
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`);

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** What secure mode needs, in the order in which they are come by. */
const SECRETS = ["WECHAT_TOKEN", "WECHAT_APP_ID", "WECHAT_ENCODING_AES_KEY"];

/** What a fault says, in Chinese; the first that fits. */
const IN_CHINESE: readonly (readonly [RegExp, string])[] = [
  [/ is missing/, "未设置"],
  [/ is not filled in/, "没有填写"],
  [/ example value/, "仍是示例值，请换成自己的"],
  [/ development value/, "是公开的开发凭据，请换成自己的"],
  [/ is not JSON/, "不是合法的 JSON"],
];
const IS_WRONG = "值不正确";

/**
 * The page.
 *
 * @param url of the request: its host is where WeChat should send pushes
 * @param faults what is wrong with the configuration; each begins with the name of a variable
 */
export function landingPage(url: URL, faults: readonly string[]): Html {
  const isLocal = LOOPBACK.has(url.hostname);
  const place: Place = {
    callback: `${isLocal ? url.origin : `https://${url.host}`}/wechat`,
    isLocal,
    isWorkersDev: url.hostname.endsWith(".workers.dev"),
  };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>wechat-edge</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <h1>wechat-edge: running, but without an account · 已运行，还没有账号</h1>
        <p>
          WeChat's pushes are refused until this is set.
          <span lang="zh-CN">设置好之前，微信的推送都会被拒绝。</span>
        </p>
        <ul>
          ${faults.map(faultItem)}
        </ul>
        <section>${english(place)}</section>
        <section lang="zh-CN">${chinese(place)}</section>
      </body>
    </html>`;
}

/** Where the Worker is. */
interface Place {
  readonly callback: string;
  readonly isLocal: boolean;
  readonly isWorkersDev: boolean;
}

function faultItem(fault: string): Html {
  const [name = ""] = fault.split(/[ :]/, 1);
  const gloss = IN_CHINESE.find(([pattern]) => pattern.test(fault))?.[1] ?? IS_WRONG;
  return html`<li><code>${name}</code>${fault.slice(name.length)} · <span lang="zh-CN">${gloss}</span></li>`;
}

const COMMANDS = html`<pre><code>${SECRETS.map((name) => `npx wrangler secret put ${name}`).join("\n")}</code></pre>`;
const SETUP = html`<pre><code>npm run setup -- --remote</code></pre>`;
const LOCAL = html`<code>.dev.vars</code>`;

function english({ callback, isLocal, isWorkersDev }: Place): Html {
  return html`<h2>How to go on</h2>
    <ol>
      <li>
        In your clone of the repository: ${SETUP} It asks for what is missing, sets it, and says what to enter
        at WeChat.
      </li>
      <li>
        Or by hand: ${COMMANDS} or in Cloudflare's dashboard: this Worker → Settings → Variables and Secrets,
        as secrets. The Token is your own choice (3 to 32 letters and digits); the AppID and the
        EncodingAESKey stand on WeChat's page.
        ${isLocal ? html`On this machine they belong into ${LOCAL}; see <code>.dev.vars.example</code>.` : ""}
      </li>
      <li>
        Load this page again. When it says <em>ok</em>, enter on WeChat's page (设置与开发 → 基本配置 →
        服务器配置): the URL <code>${callback}</code>, the same Token and EncodingAESKey, and 安全模式.
        ${
          isWorkersDev
            ? html`<strong
                >workers.dev is not reachable from the mainland's networks: give the Worker a domain of your
                own first.</strong
              >`
            : ""
        }
      </li>
    </ol>
    <p>
      More, in the repository: <code>README.md</code>, <code>docs/connect.md</code>,
      <code>docs/accounts/README.md</code>, <code>docs/security.md</code>.
    </p>`;
}

function chinese({ callback, isLocal, isWorkersDev }: Place): Html {
  return html`<h2>接下来</h2>
    <ol>
      <li>在仓库目录里运行：${SETUP}它会询问缺少的内容、完成设置，并告诉你在微信后台填什么。</li>
      <li>
        或者手动设置：${COMMANDS}也可以在 Cloudflare 控制台设置：这个 Worker → 设置 →
        变量和机密，类型选机密。Token 自己定（3 到 32 位字母和数字）；AppID 和 EncodingAESKey
        在微信后台的页面上。
        ${isLocal ? html`在本机运行时写进 ${LOCAL}，参考 <code>.dev.vars.example</code>。` : ""}
      </li>
      <li>
        刷新本页，显示 <em>ok</em> 后，到微信后台（设置与开发 → 基本配置 → 服务器配置）填写：URL
        <code>${callback}</code>，相同的 Token 和 EncodingAESKey，选安全模式。
        ${isWorkersDev ? html`<strong>大陆网络无法访问 workers.dev：请先给 Worker 绑定自己的域名。</strong>` : ""}
      </li>
    </ol>
    <p>
      更多说明在仓库里：<code>README.zh-CN.md</code>、<code>docs/connect.zh-CN.md</code>、
      <code>docs/accounts/README.zh-CN.md</code>、<code>docs/security.md</code>。
    </p>`;
}
