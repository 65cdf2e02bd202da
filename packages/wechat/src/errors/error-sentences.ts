export interface ErrorSentence {
  readonly zh: string
  readonly en: string
}

/** What happened and what to do, for the codes an agent or an operator can meet. */
export const errorSentences: ReadonlyMap<number, ErrorSentence> = new Map([
  [0, { zh: '成功。', en: 'Done.' }],
  [
    -1,
    {
      zh: '微信系统繁忙，无法确定消息是否已送达；请先确认客户是否收到，再决定是否重发。',
      en: 'WeChat was busy and did not say whether the message went out; check with the customer before sending again.',
    },
  ],
  [
    40001,
    {
      zh: 'access_token 已被更新的取代或 AppSecret 有误，系统会自动换取一次；若反复出现，请检查是否有其他系统在刷新同一账号的 token。',
      en: 'The access token was replaced or the AppSecret is wrong; a new one is fetched once, and if this keeps coming back, look for another system that refreshes this account’s token.',
    },
  ],
  [
    40003,
    {
      zh: '这个 openid 不属于该账号，请确认客户与账号是否对应。',
      en: 'This openid does not belong to the account; check that customer and account match.',
    },
  ],
  [
    40007,
    {
      zh: '素材不存在或已过期（临时素材只保留 3 天），请重新上传后再发。',
      en: 'The media does not exist or has expired (temporary media live 3 days); upload it again and resend.',
    },
  ],
  [
    40008,
    {
      zh: '微信不支持这种消息类型，请改用其他类型发送。',
      en: 'WeChat does not know this message type; send it as another one.',
    },
  ],
  [
    40013,
    {
      zh: 'AppID 无效，请在账号设置中核对。',
      en: 'The AppID is not valid; check it in the account’s settings.',
    },
  ],
  [
    40014,
    {
      zh: 'access_token 无效，系统会自动重新获取并重发一次。',
      en: 'The access token is not valid; a new one is fetched and the message sent once more.',
    },
  ],
  [
    40033,
    {
      zh: '消息不是 UTF-8 编码，请检查发送方的编码。',
      en: 'The message is not in UTF-8; check the encoding of the sender.',
    },
  ],
  [
    40125,
    {
      zh: 'AppSecret 有误，请在公众平台重新获取并更新账号设置。',
      en: 'The AppSecret is wrong; get it again in WeChat’s console and update the account’s settings.',
    },
  ],
  [
    40164,
    {
      zh: '服务器 IP 不在公众平台的 IP 白名单中，请管理员添加；待发消息会保留到恢复为止。',
      en: 'This server’s IP is not in the account’s IP whitelist; add it in WeChat’s console, and waiting messages go out then.',
    },
  ],
  [
    40165,
    {
      zh: '小程序页面路径无效，请检查卡片的路径。',
      en: 'The mini program’s page path is not valid; check the card’s path.',
    },
  ],
  [
    40166,
    {
      zh: '小程序 AppID 无效或未与该账号关联，请先关联。',
      en: 'The mini program’s AppID is not valid or not linked to this account; link it first.',
    },
  ],
  [
    40200,
    {
      zh: '该账号类型不支持这个操作。',
      en: 'This type of account cannot do that.',
    },
  ],
  [
    40243,
    {
      zh: 'AppSecret 已被冻结，请管理员在公众平台解冻。',
      en: 'The AppSecret is frozen; the administrator must unfreeze it in WeChat’s console.',
    },
  ],
  [
    42001,
    {
      zh: 'access_token 已过期，系统会自动重新获取并重发一次。',
      en: 'The access token has expired; a new one is fetched and the message sent once more.',
    },
  ],
  [
    42007,
    {
      zh: '账号密码已修改，授权随之失效，请重新授权。',
      en: 'The account’s password was changed, which ended the authorization; authorize again.',
    },
  ],
  [
    43004,
    {
      zh: '客户已取消关注，无法再向其发送消息。',
      en: 'The customer no longer follows the account, so nothing can be sent to them.',
    },
  ],
  [
    43019,
    {
      zh: '客户在账号的黑名单中，移出黑名单后才能发送。',
      en: 'The customer is on the account’s blacklist; take them off it before sending.',
    },
  ],
  [44002, { zh: '请求内容为空，请检查调用方。', en: 'The request was empty; check the caller.' }],
  [44003, { zh: '图文消息没有内容，请补充后再发。', en: 'The news message has no article; add one and resend.' }],
  [44004, { zh: '消息内容为空，请输入后再发。', en: 'The message is empty; write something and resend.' }],
  [
    45002,
    {
      zh: '文字太长，微信最多接受 2048 字节（约 680 个汉字），请分成几条发送。',
      en: 'The text is too long: WeChat takes 2048 bytes (about 680 Chinese characters); split it.',
    },
  ],
  [
    45008,
    {
      zh: '一条图文消息只能包含一篇文章，请只保留一篇。',
      en: 'A news message may hold one article only; keep one.',
    },
  ],
  [
    45009,
    {
      zh: '该接口今天的调用次数已用完，次日零点恢复；管理员可在公众平台清零。',
      en: 'Today’s calls of this interface are used up; they return at midnight in China, or the administrator can reset them.',
    },
  ],
  [
    45011,
    {
      zh: '调用过于频繁，请一分钟后再试。',
      en: 'Too many calls in this minute; try again in the next one.',
    },
  ],
  [
    45015,
    {
      zh: '已超出可回复的时间（客户 48 小时内没有发消息）或客户已取消关注，需等客户再次发消息。',
      en: 'The time to answer is over (no message from the customer within 48 hours) or they no longer follow; wait until they write again.',
    },
  ],
  [
    45047,
    {
      zh: '本轮可发送的条数已用完，需等客户再发一条消息。',
      en: 'The messages allowed since the customer’s last one are used up; wait until they write again.',
    },
  ],
  [
    45050,
    {
      zh: '该会话不能使用这种消息类型，请改用其他类型。',
      en: 'This message type may not be used here; choose another one.',
    },
  ],
  [
    45072,
    {
      zh: '输入状态指令有误，只能是 Typing 或 CancelTyping。',
      en: 'The typing command is wrong; it must be Typing or CancelTyping.',
    },
  ],
  [
    45080,
    {
      zh: '30 秒内与客户没有消息往来，暂时不能显示“正在输入”。',
      en: 'No message was exchanged with the customer in the last 30 seconds, so typing cannot be shown.',
    },
  ],
  [45081, { zh: '“正在输入”已在显示，无需重复。', en: 'Typing is already shown; nothing to do.' }],
  [
    45087,
    {
      zh: '该账号的客服消息功能已被微信封禁，请管理员到公众平台处理。',
      en: 'WeChat has blocked customer-service messages of this account; the administrator must settle it in WeChat’s console.',
    },
  ],
  [
    45093,
    {
      zh: '该账号没有客服消息额度，请管理员到公众平台确认。',
      en: 'The account has no quota for customer messages; the administrator should check WeChat’s console.',
    },
  ],
  [
    45094,
    {
      zh: '该账号因违规，暂时不能在客户进入会话时发送消息。',
      en: 'As a penalty, this account may not send when a customer enters the conversation.',
    },
  ],
  [
    45098,
    { zh: '菜单消息的选项数量超出限制，请减少选项。', en: 'The menu has too many or no items; change their number.' },
  ],
  [45099, { zh: '菜单消息的选项文字过长，请缩短。', en: 'An item of the menu is too long; shorten it.' }],
  [
    47001,
    {
      zh: '请求的数据格式有误，请检查 JSON 内容。',
      en: 'The request’s data could not be read; check the JSON.',
    },
  ],
  [
    47002,
    {
      zh: 'JSON 中不能使用 \\uXXXX 转义，请直接发送 UTF-8 文字。',
      en: 'The JSON must hold raw UTF-8 text, not \\uXXXX escapes.',
    },
  ],
  [
    48001,
    {
      zh: '该账号没有这个接口的权限，请确认账号已认证并已授权。',
      en: 'The account may not use this interface; check that it is verified and has granted the permission.',
    },
  ],
  [48002, { zh: '客户拒收该账号的消息，无法发送。', en: 'The customer refuses messages of this account.' }],
  [
    48004,
    {
      zh: '该接口因违规被封禁，请管理员到公众平台查看原因。',
      en: 'This interface is blocked for a breach of the rules; the administrator finds the reason in WeChat’s console.',
    },
  ],
  [
    48008,
    {
      zh: '该账号没有发送这种消息的权限，请改用其他类型。',
      en: 'The account may not send this type of message; choose another one.',
    },
  ],
  [
    61007,
    {
      zh: '账号没有把这项权限授予第三方平台，请重新授权。',
      en: 'The account has not granted this permission to the platform; authorize again.',
    },
  ],
  [
    65400,
    {
      zh: '该账号尚未开通新版客服功能，请先在公众平台开通；刚开通的请稍候再试。',
      en: 'The account has not enabled the new customer service; enable it in WeChat’s console, or wait a little if it was just enabled.',
    },
  ],
  [65401, { zh: '客服账号无效，请检查。', en: 'There is no such customer-service account; check it.' }],
  [
    65402,
    { zh: '该客服账号还没有绑定微信号。', en: 'This customer-service account is not bound to a WeChat user yet.' },
  ],
  [65413, { zh: '该客户当前没有会话。', en: 'The customer has no session now.' }],
  [65414, { zh: '该客户正由其他客服接待。', en: 'Another agent is serving this customer.' }],
  [65415, { zh: '该客服不在线。', en: 'This agent is not online.' }],
  [
    70000,
    {
      zh: '对方受未成年人保护，消息无法发送。',
      en: 'The message was stopped by WeChat’s protection of minors.',
    },
  ],
  [
    89503,
    {
      zh: '此 IP 调用需管理员确认，请管理员在手机上确认后再试。',
      en: 'Calls from this IP need the administrator’s confirmation; confirm on the phone, then try again.',
    },
  ],
])
