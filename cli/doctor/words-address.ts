/** Words for what is found of the address: its looks, its name, its certificate. */
import type { OutsideCode } from "./findings.ts";
import type { Words } from "./words.ts";

export const ADDRESS_WORDS = {
  address_ok: {
    en: ["The address {host} looks as WeChat wants it."],
    zh: ["地址 {host} 符合微信的要求。"],
  },
  address_local: {
    en: [
      "{host} is this machine: fine for trying things out, but WeChat cannot reach it.",
      "",
      "Deploy, or open a named tunnel, and give its address: --url https://…/wechat",
    ],
    zh: [
      "{host} 是本机：可以用来调试，但微信访问不到。",
      "",
      "部署后（或使用命名隧道）用 --url https://…/wechat 检查。",
    ],
    page: "development",
  },
  address_private: {
    en: [
      "{host} is an address inside a private network.",
      "WeChat cannot reach it.",
      "Use a domain of your own.",
    ],
    zh: ["{host} 是内网地址。", "微信无法访问。", "请使用自己的域名。"],
    page: "connect",
  },
  address_bare_ip: {
    en: [
      "The address is the bare IP {host}.",
      "It changes with the server, hardly any certificate names it, and a Worker has none.",
      "Use a domain of your own.",
    ],
    zh: [
      "地址是裸 IP {host}。",
      "IP 会变化，证书一般不包含 IP，Worker 也没有固定 IP。",
      "请使用自己的域名。",
    ],
    page: "connect",
  },
  address_workers_dev: {
    en: [
      "{host} is a workers.dev name.",
      "In the mainland its DNS is polluted: often no request of WeChat's arrives at all (请求URL超时, token验证失败).",
      "Give the Worker a custom domain, and enter that one.",
    ],
    zh: [
      "{host} 是 workers.dev 域名。",
      "该域名在中国大陆被 DNS 污染，微信的请求往往根本到不了（请求URL超时、token验证失败）。",
      "请给 Worker 绑定自定义域名，并在后台填写该域名。",
    ],
    page: "connect",
  },
  address_tunnel: {
    en: [
      "{host} is a throw-away tunnel ({by}).",
      "Its name changes with the next start, some show a page of their own first, and many are blocked in the mainland.",
      "For an account in use deploy to a domain of your own; while developing, use a named tunnel.",
    ],
    zh: [
      "{host} 是临时隧道（{by}）。",
      "重启后域名会变，有的会先显示自己的提示页，多数在大陆访问不了。",
      "正式使用请部署到自己的域名；开发调试请用命名隧道。",
    ],
    page: "development",
  },
  address_port: {
    en: [
      "The address has the port {port} ({scheme}).",
      "WeChat calls http on port 80 and https on port 443, and nothing else.",
      "Leave the port out, and have the service listen there.",
    ],
    zh: [
      "地址使用了端口 {port}（{scheme}）。",
      "微信只支持 http 的 80 端口和 https 的 443 端口。",
      "请去掉端口号，并让服务监听标准端口。",
    ],
    page: "connect",
  },
  address_unencrypted: {
    en: [
      "The address is http: everybody on the way can read, and in plain mode alter, what passes.",
      "",
      "Enter the https address in the console.",
    ],
    zh: ["地址是 http：途中任何人都能读取内容，明文模式下还能篡改。", "", "请在后台填写 https 地址。"],
    page: "connect",
  },
  dns_ok: { en: ["{host} resolves to {addresses}."], zh: ["{host} 解析为 {addresses}。"] },
  dns_no_address: {
    en: [
      "The name {host} has no address.",
      "It is misspelt, its DNS record is missing or not yet known everywhere, or the domain has expired.",
      "Add the record (for a Worker: Custom Domains), wait some minutes, try again.",
    ],
    zh: [
      "域名 {host} 没有解析结果。",
      "域名写错、缺少 DNS 记录、记录尚未生效，或域名已过期。",
      "请添加解析记录（Worker 请绑定自定义域名），几分钟后重试。",
    ],
    page: "messages/url-timeout",
  },
  dns_unanswered: {
    en: [
      "The name {host} could not be looked up ({code}).",
      "The domain's name servers, or this machine's own, do not answer.",
      "Is this machine online? Then look at the domain's name servers.",
    ],
    zh: [
      "域名 {host} 查询失败（{code}）。",
      "域名的 DNS 服务器或本机的 DNS 没有应答。",
      "请确认本机联网，再检查域名的 DNS 服务器。",
    ],
    page: "messages/url-timeout",
  },
  dns_ipv6_only: {
    en: [
      "{host} has only an IPv6 address ({ip}).",
      "WeChat calls by IPv4.",
      "Add an A record; behind Cloudflare switch the proxy on.",
    ],
    zh: [
      "{host} 只有 IPv6 地址（{ip}）。",
      "微信通过 IPv4 访问。",
      "请添加 A 记录；使用 Cloudflare 时打开代理。",
    ],
    page: "connect",
  },
  dns_private_address: {
    en: [
      "{host} resolves to {ip}, an address inside a private network.",
      "The DNS record points there, or this machine's DNS or hosts file says something else than the public one.",
      "Point the record at the Worker; then try from another network.",
    ],
    zh: [
      "{host} 解析为内网地址 {ip}。",
      "DNS 记录指向了内网，或本机的 DNS、hosts 文件与公网不同。",
      "请把记录指向 Worker，再换一个网络重试。",
    ],
    page: "connect",
  },
  dns_fake_address: {
    en: [
      "A proxy program on this machine answers for {host} with a stand-in ({ip}).",
      "So the real DNS record cannot be seen from here.",
    ],
    zh: ["本机的代理软件用占位地址 {ip} 应答了 {host}。", "因此这里看不到真实的 DNS 记录。"],
    page: "connect",
  },
  tls_ok: { en: ["The certificate holds, {days} more days."], zh: ["证书有效，还有 {days} 天。"] },
  tls_expired: {
    en: [
      "The certificate has expired on {until}.",
      "Its renewal fails.",
      "Renew it, or let Cloudflare hold it (Custom Domains).",
    ],
    zh: ["证书已于 {until} 过期。", "证书没有续期成功。", "请续期，或交给 Cloudflare 管理（自定义域名）。"],
    page: "connect",
  },
  tls_not_yet_valid: {
    en: [
      "The certificate is valid only from {from} on.",
      "It is too new, or this machine's clock is wrong.",
      "Set the clock right; else wait.",
    ],
    zh: ["证书从 {from} 起才有效。", "证书太新，或本机时钟不准。", "请校准时钟，否则等待生效。"],
    page: "connect",
  },
  tls_wrong_name: {
    en: [
      "The certificate is for {names}, not for {host}.",
      "The name leads to another server, or that server does not know it.",
      "Get a certificate for this name; behind Cloudflare: Custom Domains, and only one level of subdomain.",
    ],
    zh: [
      "证书属于 {names}，不是 {host}。",
      "域名指向了别的服务器，或服务器没有配置该域名。",
      "请为该域名申请证书；使用 Cloudflare 时绑定自定义域名（免费证书只含一级子域名）。",
    ],
    page: "connect",
  },
  tls_self_signed: {
    en: [
      "The certificate is signed by itself ({code}).",
      "WeChat trusts public authorities only.",
      "Use one of a public authority.",
    ],
    zh: ["证书是自签名的（{code}）。", "微信只信任公共 CA。", "请使用公共 CA 签发的证书。"],
    page: "connect",
  },
  tls_chain_incomplete: {
    en: [
      "The certificate's chain is not complete ({code}).",
      "The server does not send the intermediate certificate: browsers find it by themselves, WeChat does not.",
      "Configure the full chain (fullchain.pem).",
    ],
    zh: [
      "证书链不完整（{code}）。",
      "服务器没有发送中间证书：浏览器会自动补全，微信不会。",
      "请配置完整证书链（fullchain.pem）。",
    ],
    page: "connect",
  },
  tls_untrusted: {
    en: [
      "The certificate is not trusted here ({code}).",
      "Its authority is unknown, or it was withdrawn.",
      "Use one of a public authority.",
    ],
    zh: ["证书不受信任（{code}）。", "签发机构未知，或证书已被吊销。", "请使用公共 CA 签发的证书。"],
    page: "connect",
  },
  tls_failed: {
    en: [
      "The TLS handshake fails ({code}).",
      "The port speaks no TLS, or the server has no certificate for this name yet (new domains take some minutes).",
      "Wait for the certificate, then try again.",
    ],
    zh: [
      "TLS 握手失败（{code}）。",
      "端口上不是 TLS 服务，或该域名还没有证书（新域名需要几分钟）。",
      "请等待证书签发后重试。",
    ],
    page: "messages/url-timeout",
  },
  tls_expires_soon: {
    en: [
      "The certificate holds only {days} more days.",
      "Its renewal may have failed.",
      "See that it is renewed.",
    ],
    zh: ["证书只剩 {days} 天。", "可能续期失败。", "请检查续期。"],
    page: "connect",
  },
} as const satisfies Partial<Record<OutsideCode, Words>>;
