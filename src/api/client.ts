/** `ctx.api`: WeChat's API for one account, by families of calls. */
import type { Logger } from "../telemetry/logger.ts";
import { type AccountApi, ApiCaller, type CallOptions } from "./request/caller.ts";
import { CustomerService } from "./calls/customer-service.ts";
import { JsSdk } from "./calls/js-sdk.ts";
import { Materials } from "./calls/materials.ts";
import { Media } from "./calls/media.ts";
import { Menu } from "./calls/menu.ts";
import { Operations } from "./calls/operations.ts";
import { QrCodes } from "./calls/qr-codes.ts";
import { SubscribeMessages } from "./calls/subscribe-messages.ts";
import { Tags } from "./calls/tags.ts";
import { Templates } from "./calls/templates.ts";
import { Users } from "./calls/users.ts";
import { WebLogin } from "./calls/web-login.ts";

/**
 * Calls WeChat's API for one account. The access token is added and renewed by itself; what has no method of its own
 * is reached by `call`.
 *
 * @example
 * await ctx.api.customerService.send(openid, "done");
 * const { menu } = await ctx.api.call<{ menu: object }>("GET", "/cgi-bin/menu/get");
 */
export class WechatApi {
  readonly #caller: ApiCaller;
  readonly customerService: CustomerService;
  readonly jsSdk: JsSdk;
  readonly materials: Materials;
  readonly media: Media;
  readonly menu: Menu;
  readonly operations: Operations;
  readonly qrCodes: QrCodes;
  readonly subscribeMessages: SubscribeMessages;
  readonly tags: Tags;
  readonly templates: Templates;
  readonly users: Users;
  readonly webLogin: WebLogin;

  /** @internal `ApiClients.of` makes them, and `api` of the package. */
  constructor(api: AccountApi, log: Logger) {
    const caller = new ApiCaller(api, log);
    this.#caller = caller;
    this.customerService = new CustomerService(caller);
    this.jsSdk = new JsSdk(caller, api.clock);
    this.materials = new Materials(caller);
    this.media = new Media(caller);
    this.menu = new Menu(caller);
    this.operations = new Operations(caller);
    this.qrCodes = new QrCodes(caller);
    this.subscribeMessages = new SubscribeMessages(caller);
    this.tags = new Tags(caller);
    this.templates = new Templates(caller);
    this.users = new Users(caller);
    this.webLogin = new WebLogin(caller);
  }

  /**
   * Makes any call. `T` is the shape of the answer, as WeChat's page promises it.
   *
   * @param path `/cgi-bin/…`, without query
   * @throws {ApiError} when WeChat answers with an error number, or the account's kind is known not to have the call
   * @throws {ApiUnreachableError} when there is no usable answer; `outcome` says whether the call may have had its effect
   * @throws {ConfigError} when the account has no AppSecret
   */
  call<T>(method: "GET" | "POST", path: `/${string}`, options?: CallOptions): Promise<T> {
    return this.#caller.call<T>(method, path, options);
  }

  /**
   * Makes sure that WeChat can be reached, before a call that must not be made twice.
   *
   * @throws {ApiUnreachableError} `not-sent`, and as every call does
   */
  probe(): Promise<void> {
    return this.#caller.probe();
  }

  /**
   * Whether calls of that path may be made: not those that the account's kind does not have, or that WeChat has refused
   * for want of quota or permission.
   */
  isOpen(path: `/${string}`): boolean {
    return this.#caller.isOpen(path);
  }
}
