// Generated from catalog.json by scripts/generate.ts. Do not edit: run `npm run generate`.

import type * as oa from "./oa.ts";
import type { AnyEvent, AnyMessage } from "./wire.ts";

/**
 * The type of the push that each selector stands for.
 *
 * A selector is `[product/]MsgType`, `[product/]event:Event[:ChangeType]` or `[product/]info:InfoType`; `message`
 * and `event` stand for any message and any event, those that no page describes included.
 */
export interface PushesBySelector {
  message: AnyMessage;
  event: AnyEvent;
  text: oa.OaText;
  image: oa.OaImage;
  voice: oa.OaVoice;
  video: oa.OaVideo;
  shortvideo: oa.OaShortvideo;
  location: oa.OaLocation;
  link: oa.OaLink;
  file: oa.OaFile;
  "event:subscribe": oa.OaSubscribeEvent;
  "event:unsubscribe": oa.OaUnsubscribeEvent;
  "event:SCAN": oa.OaScanEvent;
  "event:LOCATION": oa.OaLocationEvent;
  "event:CLICK": oa.OaClickEvent;
  "event:VIEW": oa.OaViewEvent;
  "event:view_miniprogram": oa.OaViewMiniprogramEvent;
  "event:scancode_push": oa.OaScancodePushEvent;
  "event:scancode_waitmsg": oa.OaScancodeWaitmsgEvent;
  "event:pic_sysphoto": oa.OaPicSysphotoEvent;
  "event:pic_photo_or_album": oa.OaPicPhotoOrAlbumEvent;
  "event:pic_weixin": oa.OaPicWeixinEvent;
  "event:location_select": oa.OaLocationSelectEvent;
  "event:MASSSENDJOBFINISH": oa.OaMasssendjobfinishEvent;
  "event:TEMPLATESENDJOBFINISH": oa.OaTemplatesendjobfinishEvent;
  "event:PUBLISHJOBFINISH": oa.OaPublishjobfinishEvent;
  "event:subscribe_msg_popup_event": oa.OaSubscribeMsgPopupEvent;
  "event:subscribe_msg_change_event": oa.OaSubscribeMsgChangeEvent;
  "event:subscribe_msg_sent_event": oa.OaSubscribeMsgSentEvent;
  "event:kf_create_session": oa.OaKfCreateSessionEvent;
  "event:kf_close_session": oa.OaKfCloseSessionEvent;
  "event:kf_switch_session": oa.OaKfSwitchSessionEvent;
  "event:user_info_modified": oa.OaUserInfoModifiedEvent;
  "event:user_authorization_revoke": oa.OaUserAuthorizationRevokeEvent;
  "event:user_authorization_cancellation": oa.OaUserAuthorizationCancellationEvent;
  "event:qualification_verify_success": oa.OaQualificationVerifySuccessEvent;
  "event:qualification_verify_fail": oa.OaQualificationVerifyFailEvent;
  "event:naming_verify_success": oa.OaNamingVerifySuccessEvent;
  "event:naming_verify_fail": oa.OaNamingVerifyFailEvent;
  "event:annual_renew": oa.OaAnnualRenewEvent;
  "event:verify_expired": oa.OaVerifyExpiredEvent;
  "event:guide_qrcode_scan_event": oa.OaGuideQrcodeScanEvent;
  "event:poi_check_notify": oa.OaPoiCheckNotifyEvent;
  "event:WifiConnected": oa.OaWifiConnectedEvent;
  "event:ShakearoundUserShake": oa.OaShakearoundUserShakeEvent;
  "event:merchant_order": oa.OaMerchantOrderEvent;
  "event:card_pass_check": oa.OaCardPassCheckEvent;
  "event:card_not_pass_check": oa.OaCardNotPassCheckEvent;
  "event:user_get_card": oa.OaUserGetCardEvent;
  "event:user_gifting_card": oa.OaUserGiftingCardEvent;
  "event:user_del_card": oa.OaUserDelCardEvent;
  "event:user_consume_card": oa.OaUserConsumeCardEvent;
  "event:user_pay_from_pay_cell": oa.OaUserPayFromPayCellEvent;
  "event:user_view_card": oa.OaUserViewCardEvent;
  "event:user_enter_session_from_card": oa.OaUserEnterSessionFromCardEvent;
  "event:update_member_card": oa.OaUpdateMemberCardEvent;
  "event:card_sku_remind": oa.OaCardSkuRemindEvent;
  "event:card_pay_order": oa.OaCardPayOrderEvent;
  "event:submit_membercard_user_info": oa.OaSubmitMembercardUserInfoEvent;
  "event:card_merchant_check_result": oa.OaCardMerchantCheckResultEvent;
  "event:giftcard_pay_done": oa.OaGiftcardPayDoneEvent;
  "event:giftcard_send_to_friend": oa.OaGiftcardSendToFriendEvent;
  "event:giftcard_user_accept": oa.OaGiftcardUserAcceptEvent;
  "event:user_authorize_invoice": oa.OaUserAuthorizeInvoiceEvent;
  "event:update_invoice_status": oa.OaUpdateInvoiceStatusEvent;
  "event:submit_invoice_title": oa.OaSubmitInvoiceTitleEvent;
  "event:cloud_invoice_invoiceresult_event": oa.OaCloudInvoiceInvoiceresultEvent;
  "event:apply_merchant_audit_info": oa.OaApplyMerchantAuditInfoEvent;
  "event:create_map_poi_audit_info": oa.OaCreateMapPoiAuditInfoEvent;
  "event:add_store_audit_info": oa.OaAddStoreAuditInfoEvent;
  "event:modify_store_audit_info": oa.OaModifyStoreAuditInfoEvent;
  "event:debug_demo": oa.OaDebugDemoEvent;
  "event:wx_verify_pay_succ": oa.OaWxVerifyPaySuccEvent;
  "oa/text": oa.OaText;
  "oa/image": oa.OaImage;
  "oa/voice": oa.OaVoice;
  "oa/video": oa.OaVideo;
  "oa/shortvideo": oa.OaShortvideo;
  "oa/location": oa.OaLocation;
  "oa/link": oa.OaLink;
  "oa/file": oa.OaFile;
  "oa/event:subscribe": oa.OaSubscribeEvent;
  "oa/event:unsubscribe": oa.OaUnsubscribeEvent;
  "oa/event:SCAN": oa.OaScanEvent;
  "oa/event:LOCATION": oa.OaLocationEvent;
  "oa/event:CLICK": oa.OaClickEvent;
  "oa/event:VIEW": oa.OaViewEvent;
  "oa/event:view_miniprogram": oa.OaViewMiniprogramEvent;
  "oa/event:scancode_push": oa.OaScancodePushEvent;
  "oa/event:scancode_waitmsg": oa.OaScancodeWaitmsgEvent;
  "oa/event:pic_sysphoto": oa.OaPicSysphotoEvent;
  "oa/event:pic_photo_or_album": oa.OaPicPhotoOrAlbumEvent;
  "oa/event:pic_weixin": oa.OaPicWeixinEvent;
  "oa/event:location_select": oa.OaLocationSelectEvent;
  "oa/event:MASSSENDJOBFINISH": oa.OaMasssendjobfinishEvent;
  "oa/event:TEMPLATESENDJOBFINISH": oa.OaTemplatesendjobfinishEvent;
  "oa/event:PUBLISHJOBFINISH": oa.OaPublishjobfinishEvent;
  "oa/event:subscribe_msg_popup_event": oa.OaSubscribeMsgPopupEvent;
  "oa/event:subscribe_msg_change_event": oa.OaSubscribeMsgChangeEvent;
  "oa/event:subscribe_msg_sent_event": oa.OaSubscribeMsgSentEvent;
  "oa/event:kf_create_session": oa.OaKfCreateSessionEvent;
  "oa/event:kf_close_session": oa.OaKfCloseSessionEvent;
  "oa/event:kf_switch_session": oa.OaKfSwitchSessionEvent;
  "oa/event:user_info_modified": oa.OaUserInfoModifiedEvent;
  "oa/event:user_authorization_revoke": oa.OaUserAuthorizationRevokeEvent;
  "oa/event:user_authorization_cancellation": oa.OaUserAuthorizationCancellationEvent;
  "oa/event:qualification_verify_success": oa.OaQualificationVerifySuccessEvent;
  "oa/event:qualification_verify_fail": oa.OaQualificationVerifyFailEvent;
  "oa/event:naming_verify_success": oa.OaNamingVerifySuccessEvent;
  "oa/event:naming_verify_fail": oa.OaNamingVerifyFailEvent;
  "oa/event:annual_renew": oa.OaAnnualRenewEvent;
  "oa/event:verify_expired": oa.OaVerifyExpiredEvent;
  "oa/event:guide_qrcode_scan_event": oa.OaGuideQrcodeScanEvent;
  "oa/event:poi_check_notify": oa.OaPoiCheckNotifyEvent;
  "oa/event:WifiConnected": oa.OaWifiConnectedEvent;
  "oa/event:ShakearoundUserShake": oa.OaShakearoundUserShakeEvent;
  "oa/event:merchant_order": oa.OaMerchantOrderEvent;
  "oa/event:card_pass_check": oa.OaCardPassCheckEvent;
  "oa/event:card_not_pass_check": oa.OaCardNotPassCheckEvent;
  "oa/event:user_get_card": oa.OaUserGetCardEvent;
  "oa/event:user_gifting_card": oa.OaUserGiftingCardEvent;
  "oa/event:user_del_card": oa.OaUserDelCardEvent;
  "oa/event:user_consume_card": oa.OaUserConsumeCardEvent;
  "oa/event:user_pay_from_pay_cell": oa.OaUserPayFromPayCellEvent;
  "oa/event:user_view_card": oa.OaUserViewCardEvent;
  "oa/event:user_enter_session_from_card": oa.OaUserEnterSessionFromCardEvent;
  "oa/event:update_member_card": oa.OaUpdateMemberCardEvent;
  "oa/event:card_sku_remind": oa.OaCardSkuRemindEvent;
  "oa/event:card_pay_order": oa.OaCardPayOrderEvent;
  "oa/event:submit_membercard_user_info": oa.OaSubmitMembercardUserInfoEvent;
  "oa/event:card_merchant_check_result": oa.OaCardMerchantCheckResultEvent;
  "oa/event:giftcard_pay_done": oa.OaGiftcardPayDoneEvent;
  "oa/event:giftcard_send_to_friend": oa.OaGiftcardSendToFriendEvent;
  "oa/event:giftcard_user_accept": oa.OaGiftcardUserAcceptEvent;
  "oa/event:user_authorize_invoice": oa.OaUserAuthorizeInvoiceEvent;
  "oa/event:update_invoice_status": oa.OaUpdateInvoiceStatusEvent;
  "oa/event:submit_invoice_title": oa.OaSubmitInvoiceTitleEvent;
  "oa/event:cloud_invoice_invoiceresult_event": oa.OaCloudInvoiceInvoiceresultEvent;
  "oa/event:apply_merchant_audit_info": oa.OaApplyMerchantAuditInfoEvent;
  "oa/event:create_map_poi_audit_info": oa.OaCreateMapPoiAuditInfoEvent;
  "oa/event:add_store_audit_info": oa.OaAddStoreAuditInfoEvent;
  "oa/event:modify_store_audit_info": oa.OaModifyStoreAuditInfoEvent;
  "oa/event:debug_demo": oa.OaDebugDemoEvent;
  "oa/event:wx_verify_pay_succ": oa.OaWxVerifyPaySuccEvent;
}

/** Every selector that a handler can be registered under. */
export type Selector = keyof PushesBySelector;

/** The same at run time, where a selector may come from a configuration. */
export const SELECTORS: ReadonlySet<string> = new Set<Selector>([
  "message",
  "event",
  "text",
  "image",
  "voice",
  "video",
  "shortvideo",
  "location",
  "link",
  "file",
  "event:subscribe",
  "event:unsubscribe",
  "event:SCAN",
  "event:LOCATION",
  "event:CLICK",
  "event:VIEW",
  "event:view_miniprogram",
  "event:scancode_push",
  "event:scancode_waitmsg",
  "event:pic_sysphoto",
  "event:pic_photo_or_album",
  "event:pic_weixin",
  "event:location_select",
  "event:MASSSENDJOBFINISH",
  "event:TEMPLATESENDJOBFINISH",
  "event:PUBLISHJOBFINISH",
  "event:subscribe_msg_popup_event",
  "event:subscribe_msg_change_event",
  "event:subscribe_msg_sent_event",
  "event:kf_create_session",
  "event:kf_close_session",
  "event:kf_switch_session",
  "event:user_info_modified",
  "event:user_authorization_revoke",
  "event:user_authorization_cancellation",
  "event:qualification_verify_success",
  "event:qualification_verify_fail",
  "event:naming_verify_success",
  "event:naming_verify_fail",
  "event:annual_renew",
  "event:verify_expired",
  "event:guide_qrcode_scan_event",
  "event:poi_check_notify",
  "event:WifiConnected",
  "event:ShakearoundUserShake",
  "event:merchant_order",
  "event:card_pass_check",
  "event:card_not_pass_check",
  "event:user_get_card",
  "event:user_gifting_card",
  "event:user_del_card",
  "event:user_consume_card",
  "event:user_pay_from_pay_cell",
  "event:user_view_card",
  "event:user_enter_session_from_card",
  "event:update_member_card",
  "event:card_sku_remind",
  "event:card_pay_order",
  "event:submit_membercard_user_info",
  "event:card_merchant_check_result",
  "event:giftcard_pay_done",
  "event:giftcard_send_to_friend",
  "event:giftcard_user_accept",
  "event:user_authorize_invoice",
  "event:update_invoice_status",
  "event:submit_invoice_title",
  "event:cloud_invoice_invoiceresult_event",
  "event:apply_merchant_audit_info",
  "event:create_map_poi_audit_info",
  "event:add_store_audit_info",
  "event:modify_store_audit_info",
  "event:debug_demo",
  "event:wx_verify_pay_succ",
  "oa/text",
  "oa/image",
  "oa/voice",
  "oa/video",
  "oa/shortvideo",
  "oa/location",
  "oa/link",
  "oa/file",
  "oa/event:subscribe",
  "oa/event:unsubscribe",
  "oa/event:SCAN",
  "oa/event:LOCATION",
  "oa/event:CLICK",
  "oa/event:VIEW",
  "oa/event:view_miniprogram",
  "oa/event:scancode_push",
  "oa/event:scancode_waitmsg",
  "oa/event:pic_sysphoto",
  "oa/event:pic_photo_or_album",
  "oa/event:pic_weixin",
  "oa/event:location_select",
  "oa/event:MASSSENDJOBFINISH",
  "oa/event:TEMPLATESENDJOBFINISH",
  "oa/event:PUBLISHJOBFINISH",
  "oa/event:subscribe_msg_popup_event",
  "oa/event:subscribe_msg_change_event",
  "oa/event:subscribe_msg_sent_event",
  "oa/event:kf_create_session",
  "oa/event:kf_close_session",
  "oa/event:kf_switch_session",
  "oa/event:user_info_modified",
  "oa/event:user_authorization_revoke",
  "oa/event:user_authorization_cancellation",
  "oa/event:qualification_verify_success",
  "oa/event:qualification_verify_fail",
  "oa/event:naming_verify_success",
  "oa/event:naming_verify_fail",
  "oa/event:annual_renew",
  "oa/event:verify_expired",
  "oa/event:guide_qrcode_scan_event",
  "oa/event:poi_check_notify",
  "oa/event:WifiConnected",
  "oa/event:ShakearoundUserShake",
  "oa/event:merchant_order",
  "oa/event:card_pass_check",
  "oa/event:card_not_pass_check",
  "oa/event:user_get_card",
  "oa/event:user_gifting_card",
  "oa/event:user_del_card",
  "oa/event:user_consume_card",
  "oa/event:user_pay_from_pay_cell",
  "oa/event:user_view_card",
  "oa/event:user_enter_session_from_card",
  "oa/event:update_member_card",
  "oa/event:card_sku_remind",
  "oa/event:card_pay_order",
  "oa/event:submit_membercard_user_info",
  "oa/event:card_merchant_check_result",
  "oa/event:giftcard_pay_done",
  "oa/event:giftcard_send_to_friend",
  "oa/event:giftcard_user_accept",
  "oa/event:user_authorize_invoice",
  "oa/event:update_invoice_status",
  "oa/event:submit_invoice_title",
  "oa/event:cloud_invoice_invoiceresult_event",
  "oa/event:apply_merchant_audit_info",
  "oa/event:create_map_poi_audit_info",
  "oa/event:add_store_audit_info",
  "oa/event:modify_store_audit_info",
  "oa/event:debug_demo",
  "oa/event:wx_verify_pay_succ",
]);

/**
 * The elements that repeat, as dotted paths with the outer ones first, by the prefixed selector of their push.
 *
 * One that was sent once looks like a single element and must be made an array. Pushes without such elements are
 * absent. A `ChangeType` that is absent falls under its event: `product/event:Event` has the paths of all changes.
 */
export const REPEATED_ELEMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["oa/event:pic_sysphoto", ["SendPicsInfo.PicList.item"]],
  ["oa/event:pic_photo_or_album", ["SendPicsInfo.PicList.item"]],
  ["oa/event:pic_weixin", ["SendPicsInfo.PicList.item"]],
  [
    "oa/event:MASSSENDJOBFINISH",
    ["CopyrightCheckResult.ResultList.item", "ArticleUrlResult.ResultList.item"],
  ],
  ["oa/event:PUBLISHJOBFINISH", ["PublishEventInfo.article_detail.item", "PublishEventInfo.fail_idx"]],
  ["oa/event:subscribe_msg_popup_event", ["SubscribeMsgPopupEvent.List"]],
  ["oa/event:subscribe_msg_change_event", ["SubscribeMsgChangeEvent.List", "SubscribeMsgPopupEvent.List"]],
  ["oa/event:subscribe_msg_sent_event", ["SubscribeMsgSentEvent.List"]],
  ["oa/event:ShakearoundUserShake", ["AroundBeacons.AroundBeacon"]],
]);
