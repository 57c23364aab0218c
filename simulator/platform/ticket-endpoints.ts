/**
 * Tickets of web pages.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
 */
import { type ApiEndpoint, ApiFailure, OK } from "./endpoint.ts";

const TYPES = ["jsapi", "wx_card"];

export const TICKET_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "GET",
    path: "/cgi-bin/ticket/getticket",
    right: "always",
    access: "token",
    dailyLimit: 1_000_000,
    handle: ({ platform, query, now }) => {
      const type = query.get("type") ?? "";
      if (!TYPES.includes(type)) throw new ApiFailure(40097);
      const { value, expiresInSeconds } = platform.tickets.of(type, now);
      return { ...OK, ticket: value, expires_in: expiresInSeconds };
    },
  },
];
