/** Every call of WeChat's API that the simulator plays. */
import { BLACKLIST_ENDPOINTS } from "./blacklist-endpoints.ts";
import { CUSTOM_MESSAGE_ENDPOINTS } from "./custom-message-endpoints.ts";
import type { ApiEndpoint } from "./endpoint.ts";
import { MATERIAL_ENDPOINTS } from "./material-endpoints.ts";
import { MEDIA_ENDPOINTS } from "./media-endpoints.ts";
import { MENU_ENDPOINTS } from "./menu-endpoints.ts";
import { OAUTH_ENDPOINTS } from "./oauth-endpoints.ts";
import { operationEndpoints } from "./operation-endpoints.ts";
import { QR_CODE_ENDPOINTS } from "./qr-code-endpoints.ts";
import { SUBSCRIBE_ENDPOINTS } from "./subscribe-endpoints.ts";
import { TAG_ENDPOINTS } from "./tag-endpoints.ts";
import { TEMPLATE_ENDPOINTS } from "./template-endpoints.ts";
import { TICKET_ENDPOINTS } from "./ticket-endpoints.ts";
import { TOKEN_ENDPOINTS } from "./token-endpoints.ts";
import { USER_ENDPOINTS } from "./user-endpoints.ts";

const FAMILIES: readonly ApiEndpoint[] = [
  ...TOKEN_ENDPOINTS,
  ...TICKET_ENDPOINTS,
  ...CUSTOM_MESSAGE_ENDPOINTS,
  ...MEDIA_ENDPOINTS,
  ...MATERIAL_ENDPOINTS,
  ...MENU_ENDPOINTS,
  ...QR_CODE_ENDPOINTS,
  ...USER_ENDPOINTS,
  ...TAG_ENDPOINTS,
  ...BLACKLIST_ENDPOINTS,
  ...TEMPLATE_ENDPOINTS,
  ...SUBSCRIBE_ENDPOINTS,
  ...OAUTH_ENDPOINTS,
];

export const ENDPOINTS: readonly ApiEndpoint[] = [...FAMILIES, ...operationEndpoints(FAMILIES)];
