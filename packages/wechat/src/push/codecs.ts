import {
  decimal,
  filledText,
  group,
  list,
  optionalGroup,
  optionalText,
  optionalWhole,
  type ShapeCodec,
  shape,
  text,
  whole,
} from '../document/codec.ts'
import type * as events from './events.ts'
import type * as messages from './messages.ts'
import type { MessageEnvelope, PushEnvelope } from './push.ts'

export const envelopeCodec = shape<PushEnvelope>({
  toUser: text('ToUserName'),
  fromUser: text('FromUserName'),
  createTime: whole('CreateTime'),
})

export const messageIdCodec = shape<Omit<MessageEnvelope, keyof PushEnvelope>>({
  msgId: text('MsgId'),
  msgDataId: optionalText('MsgDataId'),
  idx: optionalWhole('Idx'),
})

const video = shape<messages.VideoBody>({ mediaId: text('MediaId'), thumbMediaId: optionalText('ThumbMediaId') })

export const messageCodecs: { readonly [K in messages.MessageType]: ShapeCodec<messages.MessageBodies[K]> } = {
  text: shape<messages.TextBody>({ content: text('Content'), menuItemId: filledText('bizmsgmenuid') }),
  image: shape<messages.ImageBody>({ picUrl: optionalText('PicUrl'), mediaId: text('MediaId') }),
  voice: shape<messages.VoiceBody>({
    mediaId: text('MediaId'),
    format: optionalText('Format'),
    mediaId16K: optionalText('MediaId16K'),
    recognition: filledText('Recognition'),
  }),
  video,
  shortvideo: video,
  location: shape<messages.LocationBody>({
    latitude: decimal('Location_X'),
    longitude: decimal('Location_Y'),
    scale: optionalWhole('Scale'),
    label: optionalText('Label'),
  }),
  link: shape<messages.LinkBody>({
    title: text('Title'),
    description: optionalText('Description'),
    url: text('Url'),
  }),
  miniprogrampage: shape<messages.MiniProgramPageBody>({
    title: text('Title'),
    appId: text('AppId'),
    pagePath: text('PagePath'),
    thumbUrl: optionalText('ThumbUrl'),
    thumbMediaId: optionalText('ThumbMediaId'),
  }),
  file: shape<messages.FileBody>({
    title: text('Title'),
    description: optionalText('Description'),
    fileKey: text('FileKey'),
    fileMd5: optionalText('FileMd5'),
    fileTotalLen: optionalWhole('FileTotalLen'),
  }),
}

const view = shape<events.ViewBody>({ eventKey: text('EventKey'), menuId: optionalText('MenuId') })

const scanCode = shape<events.ScanCodeBody>({
  eventKey: text('EventKey'),
  scanCodeInfo: group('ScanCodeInfo', shape({ scanType: text('ScanType'), scanResult: text('ScanResult') })),
})

const pictures = shape<events.PicturesBody>({
  eventKey: text('EventKey'),
  sendPicsInfo: group(
    'SendPicsInfo',
    shape<events.PicturesBody['sendPicsInfo']>({
      count: whole('Count'),
      picList: list(['PicList', 'item'], shape<{ readonly picMd5Sum: string }>({ picMd5Sum: text('PicMd5Sum') })),
    }),
  ),
})

const copyrightCheck = shape<events.CopyrightCheck>({
  count: optionalWhole('Count'),
  resultList: list(
    ['ResultList', 'item'],
    shape<events.CopyrightCheck['resultList'][number]>({
      articleIdx: whole('ArticleIdx'),
      userDeclareState: optionalWhole('UserDeclareState'),
      auditState: optionalWhole('AuditState'),
      originalArticleUrl: optionalText('OriginalArticleUrl'),
      originalArticleType: optionalWhole('OriginalArticleType'),
      canReprint: optionalWhole('CanReprint'),
      needReplaceContent: optionalWhole('NeedReplaceContent'),
      needShowReprintSource: optionalWhole('NeedShowReprintSource'),
    }),
  ),
  checkState: optionalWhole('CheckState'),
})

const articleUrls = shape<events.ArticleUrls>({
  count: optionalWhole('Count'),
  resultList: list(
    ['ResultList', 'item'],
    shape<events.ArticleUrls['resultList'][number]>({
      articleIdx: whole('ArticleIdx'),
      articleUrl: text('ArticleUrl'),
    }),
  ),
})

const session = shape<events.SessionBody>({ kfAccount: text('KfAccount') })

const answer = shape<events.SubscriptionAnswer>({
  templateId: text('TemplateId'),
  subscribeStatusString: text('SubscribeStatusString'),
  popupScene: optionalText('PopupScene'),
})

const sentSubscription = shape<events.SubscriptionSentBody['list'][number]>({
  templateId: text('TemplateId'),
  msgId: text('MsgID'),
  errorCode: optionalText('ErrorCode'),
  errorStatus: optionalText('ErrorStatus'),
})

const verification = shape<events.VerificationBody>({
  expiredTime: optionalWhole('ExpiredTime'),
  failTime: optionalWhole('FailTime'),
  failReason: optionalText('FailReason'),
})

export const eventCodecs: { readonly [K in events.EventName]: ShapeCodec<events.EventBodies[K]> } = {
  subscribe: shape<events.SubscribeBody>({ eventKey: filledText('EventKey'), ticket: filledText('Ticket') }),
  unsubscribe: shape<events.UnsubscribeBody>({ eventKey: filledText('EventKey') }),
  SCAN: shape<events.ScanBody>({ eventKey: text('EventKey'), ticket: optionalText('Ticket') }),
  LOCATION: shape<events.LocationReportBody>({
    latitude: decimal('Latitude'),
    longitude: decimal('Longitude'),
    precision: decimal('Precision'),
  }),
  CLICK: shape<events.ClickBody>({ eventKey: text('EventKey') }),
  VIEW: view,
  view_miniprogram: view,
  scancode_push: scanCode,
  scancode_waitmsg: scanCode,
  pic_sysphoto: pictures,
  pic_photo_or_album: pictures,
  pic_weixin: pictures,
  location_select: shape<events.LocationSelectBody>({
    eventKey: text('EventKey'),
    sendLocationInfo: group(
      'SendLocationInfo',
      shape<events.LocationSelectBody['sendLocationInfo']>({
        latitude: decimal('Location_X'),
        longitude: decimal('Location_Y'),
        scale: optionalWhole('Scale'),
        label: optionalText('Label'),
        poiName: optionalText('Poiname'),
      }),
    ),
  }),
  kf_create_session: session,
  kf_close_session: session,
  kf_switch_session: shape<events.SessionSwitchBody>({
    fromKfAccount: text('FromKfAccount'),
    toKfAccount: text('ToKfAccount'),
  }),
  TEMPLATESENDJOBFINISH: shape<events.TemplateSentBody>({ msgId: text('MsgID'), status: text('Status') }),
  MASSSENDJOBFINISH: shape<events.MassSentBody>({
    msgId: text('MsgID'),
    status: text('Status'),
    totalCount: optionalWhole('TotalCount'),
    filterCount: optionalWhole('FilterCount'),
    sentCount: optionalWhole('SentCount'),
    errorCount: optionalWhole('ErrorCount'),
    copyrightCheck: optionalGroup('CopyrightCheckResult', copyrightCheck),
    articleUrls: optionalGroup('ArticleUrlResult', articleUrls),
  }),
  user_enter_tempsession: shape<events.EnterSessionBody>({ sessionFrom: filledText('SessionFrom') }),
  user_enter_session_from_card: shape<events.EnterFromCardBody>({
    cardId: text('CardId'),
    userCardCode: optionalText('UserCardCode'),
  }),
  subscribe_msg_popup_event: shape<events.SubscriptionAnswersBody>({
    list: list(['SubscribeMsgPopupEvent', 'List'], answer),
  }),
  subscribe_msg_change_event: shape<events.SubscriptionAnswersBody>({
    list: list(['SubscribeMsgChangeEvent', 'List'], answer),
  }),
  subscribe_msg_sent_event: shape<events.SubscriptionSentBody>({
    list: list(['SubscribeMsgSentEvent', 'List'], sentSubscription),
  }),
  qualification_verify_success: verification,
  qualification_verify_fail: verification,
  naming_verify_success: verification,
  naming_verify_fail: verification,
  annual_renew: verification,
  verify_expired: verification,
}
