import { createHash } from 'node:crypto'
import { type MenuButton, menuButtonAt } from '../model/account.ts'
import type { ChatContent, Notice } from '../model/chat.ts'
import type { Follower } from '../model/follower.ts'
import type { MediaType } from '../model/media-files.ts'
import type { TriggerClass } from '../model/quota.ts'
import type { Account, World } from '../model/world.ts'
import { randomToken } from '../ports.ts'
import type { ActionRefusal, FollowerAction, RawFields } from './actions.ts'
import type { PushContent } from './order.ts'

/** What an action does: entries on the phone, a quota window, and the pushes that follow. */
export interface ActionEffect {
  shows: ChatContent[]
  notices: Notice[]
  opens: TriggerClass | null
  pushes: PushContent[]
}

export type Performed = { kind: 'effect'; effect: ActionEffect } | { kind: 'refused'; reason: ActionRefusal }

export interface ActionContext {
  world: World
  account: Account
  follower: Follower
  /** Where this simulator is reached: `PicUrl` points there. */
  origin: string
}

/** A mini program hears of nothing else (section 9), and an official account of none of the last two. */
const MINI_PROGRAM_ACTIONS: readonly FollowerAction['type'][] = ['text', 'image', 'raw', 'enter', 'mini-program-page']

function isOfItsKind({ account }: ActionContext, { type }: FollowerAction): boolean {
  if (account.settings.kind === 'mini-program') return MINI_PROGRAM_ACTIONS.includes(type)
  return type !== 'enter' && type !== 'mini-program-page'
}

/** Only following and scanning are open to somebody who does not follow. */
export function perform(context: ActionContext, action: FollowerAction): Performed {
  if (!isOfItsKind(context, action)) return refused('wrong-account-kind')
  const { account, follower, world } = context
  // Nobody follows a mini program: whoever is in it can write.
  if (account.settings.kind === 'mini-program') follower.followingSinceMs ??= world.ports.clock.nowMs()
  const isFollowing = context.follower.followingSinceMs !== null
  if (action.type === 'follow') return isFollowing ? refused('already-following') : follow(context, action)
  if (action.type === 'scan') return isFollowing ? scan(action) : follow(context, action)
  if (!isFollowing) return refused('not-following')
  switch (action.type) {
    case 'text':
      return message({ kind: 'text', text: action.text }, { MsgType: 'text', Content: action.text })
    case 'image':
      return image(context, action.mediaId)
    case 'voice':
      return voice(context, action.mediaId)
    case 'video':
    case 'short-video':
      return video(context, action)
    case 'location':
      return location(action)
    case 'link':
      return link(action)
    case 'file':
      return file(context, action)
    case 'menu':
      return menu(context, action.path)
    case 'menu-choice':
      return menuChoice(action)
    case 'unfollow':
      return unfollow(context)
    case 'enter':
      return event({ Event: 'user_enter_tempsession', SessionFrom: action.sessionFrom }, { opens: 'enter' })
    case 'mini-program-page':
      return miniProgramPage(context, action)
    case 'report-location':
      return event(reportedLocation(action), { notices: [{ code: 'location-reported' }] })
    case 'raw':
      return raw(action.fields)
    default: {
      const missed: never = action
      return missed
    }
  }
}

function refused(reason: ActionRefusal): Performed {
  return { kind: 'refused', reason }
}

function message(content: ChatContent, fields: RawFields, opens: TriggerClass = 'message'): Performed {
  const pushes: PushContent[] = [{ kind: 'message', fields, isAwaited: true }]
  return { kind: 'effect', effect: { shows: [content], notices: [], opens, pushes } }
}

interface EventTraits {
  notices?: Notice[]
  opens?: TriggerClass | null
  isAwaited?: boolean
}

function event(fields: RawFields, traits: EventTraits = {}): Performed {
  const pushes: PushContent[] = [
    { kind: 'event', fields: { MsgType: 'event', ...fields }, isAwaited: traits.isAwaited ?? false },
  ]
  return { kind: 'effect', effect: { shows: [], notices: traits.notices ?? [], opens: traits.opens ?? null, pushes } }
}

function follow(context: ActionContext, action: { scene?: string; ticket?: string }): Performed {
  const { follower, world } = context
  const scene = action.scene ?? ''
  follower.followingSinceMs = world.ports.clock.nowMs()
  follower.subscribeScene = scene === '' ? 'ADD_SCENE_SEARCH' : 'ADD_SCENE_QR_CODE'
  follower.lastScene = scene
  const fields: RawFields = { Event: 'subscribe', EventKey: scene === '' ? '' : `qrscene_${scene}` }
  if (scene !== '') fields['Ticket'] = action.ticket ?? ticketOf(scene)
  return event(fields, { notices: [{ code: 'followed' }], opens: 'follow', isAwaited: true })
}

function scan(action: { scene: string; ticket?: string }): Performed {
  const fields = { Event: 'SCAN', EventKey: action.scene, Ticket: action.ticket ?? ticketOf(action.scene) }
  return event(fields, { notices: [{ code: 'scanned', scene: action.scene }], opens: 'scan', isAwaited: true })
}

function ticketOf(scene: string): string {
  return `gQ${createHash('sha512').update(scene).digest('base64url')}`
}

/** No window outlives the following: 45015 says "or subscription is canceled". */
function unfollow({ follower }: ActionContext): Performed {
  follower.followingSinceMs = null
  follower.quota = []
  return event({ Event: 'unsubscribe', EventKey: '' }, { notices: [{ code: 'unfollowed' }] })
}

function hasMedia({ world, account }: ActionContext, mediaId: string, type: MediaType): boolean {
  return world.media.find(account.settings.id, mediaId)?.type === type
}

function image(context: ActionContext, mediaId: string): Performed {
  if (!hasMedia(context, mediaId, 'image')) return refused('no-such-media')
  const PicUrl = `${context.origin}/mmbiz/${mediaId}/0`
  return message({ kind: 'image', mediaId }, { MsgType: 'image', PicUrl, MediaId: mediaId })
}

function voice(context: ActionContext, mediaId: string): Performed {
  if (!hasMedia(context, mediaId, 'voice')) return refused('no-such-media')
  const file = context.world.media.find(context.account.settings.id, mediaId)
  const fields = { MsgType: 'voice', MediaId: mediaId, Format: file?.extension ?? 'amr', MediaId16K: mediaId }
  return message({ kind: 'voice', mediaId, seconds: Math.ceil(file?.seconds ?? 0) }, fields)
}

function video(
  context: ActionContext,
  action: { type: 'video' | 'short-video'; mediaId: string; thumbMediaId: string },
): Performed {
  const { mediaId, thumbMediaId } = action
  const hasBoth = hasMedia(context, mediaId, 'video') && hasMedia(context, thumbMediaId, 'thumb')
  if (!hasBoth) return refused('no-such-media')
  const MsgType = action.type === 'video' ? 'video' : 'shortvideo'
  const fields = { MsgType, MediaId: mediaId, ThumbMediaId: thumbMediaId }
  return message({ kind: 'video', mediaId, title: '', description: '' }, fields)
}

interface Place {
  latitude: number
  longitude: number
  scale?: number
  label: string
}

function location(action: Place): Performed {
  const { latitude, longitude, label, scale = 16 } = action
  return message(
    { kind: 'location', latitude, longitude, scale, label },
    { MsgType: 'location', ...placeFields(latitude, longitude, scale, label) },
  )
}

function placeFields(latitude: number, longitude: number, scale: number, label: string): RawFields {
  return {
    Location_X: latitude.toFixed(6),
    Location_Y: longitude.toFixed(6),
    Scale: String(Math.round(scale)),
    Label: label,
  }
}

function reportedLocation(action: { latitude: number; longitude: number; precision: number }): RawFields {
  return {
    Event: 'LOCATION',
    Latitude: action.latitude.toFixed(6),
    Longitude: action.longitude.toFixed(6),
    Precision: action.precision.toFixed(6),
  }
}

function link(action: { title: string; description: string; url: string }): Performed {
  const { title, description, url } = action
  return message(
    { kind: 'link', title, description, url },
    { MsgType: 'link', Title: title, Description: description, Url: url },
  )
}

/** Not on the official page, but on the wire since 2018 (protocol reference, section 2.3): no media id, so no download. */
function file({ world }: ActionContext, action: { title: string; size: number }): Performed {
  const FileKey = randomToken(world.ports.random, 40)
  return message(
    { kind: 'file', title: action.title, size: action.size },
    {
      MsgType: 'file',
      Title: action.title,
      Description: `${(action.size / 1024).toFixed(1)} KB`,
      FileKey,
      FileMd5: createHash('md5').update(FileKey).digest('hex'),
      FileTotalLen: String(Math.round(action.size)),
    },
  )
}

function miniProgramPage(
  { account }: ActionContext,
  { title, pagePath }: { title: string; pagePath: string },
): Performed {
  const { appId } = account.settings
  return message(
    { kind: 'mini-program', title, appId, pagePath },
    { MsgType: 'miniprogrampage', Title: title, AppId: appId, PagePath: pagePath, ThumbUrl: '', ThumbMediaId: '' },
  )
}

/** On the wire a text like any other; for the quota a click (protocol reference, section 2.4). */
function menuChoice(action: { id: string; content: string }): Performed {
  const fields = { MsgType: 'text', Content: action.content, bizmsgmenuid: action.id }
  return message({ kind: 'text', text: action.content }, fields, 'menu-click')
}

/** Only click and scan buttons open a window (protocol reference, section 5.9). */
function menu({ account }: ActionContext, path: number[]): Performed {
  const button = menuButtonAt(account.settings.menu, path)
  if (!button?.type) return refused('no-such-button')
  const notices: Notice[] = [{ code: 'menu', name: button.name }]
  const EventKey = button.key ?? button.url ?? ''
  switch (button.type) {
    case 'click':
      return event({ Event: 'CLICK', EventKey }, { notices, opens: 'menu-click', isAwaited: true })
    case 'view':
      return event({ Event: 'VIEW', EventKey }, { notices })
    case 'scancode_push':
    case 'scancode_waitmsg': {
      const ScanCodeInfo = { ScanType: 'qrcode', ScanResult: `https://example.com/scanned/${EventKey}` }
      const isAwaited = button.type === 'scancode_waitmsg'
      return event({ Event: button.type, EventKey, ScanCodeInfo }, { notices, opens: 'menu-click', isAwaited })
    }
    case 'location_select':
      return selectedLocation(button, notices)
    default: {
      const missed: never = button.type
      return missed
    }
  }
}

/** The event is followed by an ordinary location message. */
function selectedLocation(button: MenuButton, notices: Notice[]): Performed {
  const place = { latitude: 31.230416, longitude: 121.473701, scale: 16, label: '人民广场(上海市黄浦区人民大道200号)' }
  const SendLocationInfo = {
    ...placeFields(place.latitude, place.longitude, place.scale, place.label),
    Poiname: '人民广场',
  }
  const chosen = event({ Event: 'location_select', EventKey: button.key ?? '', SendLocationInfo }, { notices })
  const sent = location(place)
  if (chosen.kind !== 'effect' || sent.kind !== 'effect') return chosen
  return {
    kind: 'effect',
    effect: { ...sent.effect, notices, pushes: [...chosen.effect.pushes, ...sent.effect.pushes] },
  }
}

const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/
const DEEPEST_FIELDS = 8

function raw(fields: RawFields): Performed {
  const type = fields['MsgType']
  if (typeof type !== 'string' || type === '' || !areWritable(fields, DEEPEST_FIELDS)) return refused('bad-fields')
  return type === 'event' ? event(fields) : message({ kind: 'raw', type }, fields)
}

/** They come from a control call whose schema only says "an object": everything must fit into an XML document. */
function areWritable(fields: unknown, depth: number): boolean {
  if (typeof fields === 'string') return true
  if (typeof fields !== 'object' || fields === null || depth === 0) return false
  if (Array.isArray(fields)) return fields.every((item) => areWritable(item, depth - 1))
  return Object.entries(fields).every(([name, value]) => FIELD_NAME.test(name) && areWritable(value, depth - 1))
}
