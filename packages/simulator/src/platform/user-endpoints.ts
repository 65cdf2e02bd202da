import { type Follower, isOpenid } from '../model/follower.ts'
import { toSeconds } from '../ports.ts'
import {
  type ApiAnswer,
  type ApiContext,
  type Endpoint,
  isObject,
  type JsonObject,
  json,
  OK,
  readJson,
  refuse,
  textIn,
} from './api.ts'

const MOST_OPENIDS = 10_000
const MOST_IN_BATCH = 100

/** Protocol reference, section 6.3. */
export const userEndpoints: Endpoint[] = [
  { method: 'GET', path: '/cgi-bin/user/info', auth: 'token', run: userInfo },
  { method: 'POST', path: '/cgi-bin/user/info/batchget', auth: 'token', run: manyUserInfos },
  { method: 'POST', path: '/cgi-bin/user/info/updateremark', auth: 'token', run: updateRemark },
  { method: 'GET', path: '/cgi-bin/user/get', auth: 'token', run: listFollowers },
]

function userInfo({ world, call, settings }: ApiContext): ApiAnswer {
  const openid = call.query['openid']
  if (!openid) return refuse(41009)
  const follower = world.followerByOpenid(settings.id, openid)
  return follower ? json(infoOf(follower)) : refuse(40003)
}

/** No name, no picture, no place: WeChat stopped telling them on 2021-12-27. */
function infoOf(follower: Follower): JsonObject {
  if (follower.followingSinceMs === null) return { subscribe: 0, openid: follower.openid }
  const scene = follower.lastScene
  const isNumber = /^[1-9]\d{0,9}$/.test(scene)
  return {
    subscribe: 1,
    openid: follower.openid,
    language: 'zh_CN',
    subscribe_time: toSeconds(follower.followingSinceMs),
    remark: follower.remark,
    groupid: 0,
    tagid_list: follower.tagIds,
    subscribe_scene: follower.subscribeScene,
    qr_scene: isNumber ? Number(scene) : 0,
    qr_scene_str: isNumber ? '' : scene,
  }
}

function manyUserInfos({ world, call, settings }: ApiContext): ApiAnswer {
  const list = readJson(call)['user_list']
  if (!Array.isArray(list) || list.length === 0) return refuse(40031)
  if (list.length > MOST_IN_BATCH) return refuse(40032)
  const infos: JsonObject[] = []
  for (const item of list) {
    const openid = isObject(item) ? textIn(item, 'openid') : undefined
    const follower = openid === undefined ? undefined : world.followerByOpenid(settings.id, openid)
    if (!follower) return refuse(40003)
    infos.push(infoOf(follower))
  }
  return json({ user_info_list: infos })
}

function updateRemark({ world, call, settings }: ApiContext): ApiAnswer {
  const body = readJson(call)
  const follower = world.followerByOpenid(settings.id, textIn(body, 'openid') ?? '')
  if (!follower) return refuse(40003)
  follower.remark = (textIn(body, 'remark') ?? '').slice(0, 30)
  return OK
}

/** Pages follow each other by the last openid of the page before; an empty page has no `data`. */
function listFollowers({ world, call, settings }: ApiContext): ApiAnswer {
  const after = call.query['next_openid'] ?? ''
  if (after !== '' && !isOpenid(after)) return refuse(40003)
  const openids = world
    .followersOf(settings.id)
    .filter((follower) => follower.followingSinceMs !== null)
    .map((follower) => follower.openid)
  const start = after === '' ? 0 : openids.indexOf(after) + 1
  if (after !== '' && start === 0) return refuse(40003)
  const page = openids.slice(start, start + MOST_OPENIDS)
  const total = openids.length
  if (page.length === 0) return json({ total, count: 0, next_openid: '' })
  return json({ total, count: page.length, data: { openid: page }, next_openid: page.at(-1) })
}
