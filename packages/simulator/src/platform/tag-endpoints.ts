import type { Follower } from '../model/follower.ts'
import { SYSTEM_TAG_IDS, type Tag } from '../model/tags.ts'
import {
  type ApiAnswer,
  type ApiContext,
  ApiRefusal,
  type Endpoint,
  type JsonObject,
  json,
  numberIn,
  OK,
  objectIn,
  readJson,
  refuse,
  textIn,
} from './api.ts'

const MOST_TAGS = 100
const LONGEST_NAME_BYTES = 30
const MOST_MEMBERS_TO_DELETE = 100_000
const MOST_TAGS_OF_FOLLOWER = 20
const MOST_IN_BATCH = 50
const MOST_IN_BLACKLIST_BATCH = 20
const PAGE = 10_000

/** Protocol reference, section 6.4. */
export const tagEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/tags/create', auth: 'token', run: createTag },
  { method: 'GET', path: '/cgi-bin/tags/get', auth: 'token', run: listTags },
  { method: 'POST', path: '/cgi-bin/tags/update', auth: 'token', run: renameTag },
  { method: 'POST', path: '/cgi-bin/tags/delete', auth: 'token', run: deleteTag },
  { method: 'POST', path: '/cgi-bin/tags/getidlist', auth: 'token', run: tagsOfFollower },
  { method: 'POST', path: '/cgi-bin/user/tag/get', auth: 'token', run: membersOfTag },
  { method: 'POST', path: '/cgi-bin/tags/members/batchtagging', auth: 'token', run: tagMembers },
  { method: 'POST', path: '/cgi-bin/tags/members/batchuntagging', auth: 'token', run: untagMembers },
  { method: 'POST', path: '/cgi-bin/tags/members/getblacklist', auth: 'token', run: listBlacklist },
  { method: 'POST', path: '/cgi-bin/tags/members/batchblacklist', auth: 'token', run: blacklistAs(true) },
  { method: 'POST', path: '/cgi-bin/tags/members/batchunblacklist', auth: 'token', run: blacklistAs(false) },
]

function createTag({ world, call, settings }: ApiContext): ApiAnswer {
  const name = nameIn(objectIn(readJson(call), 'tag'))
  const own = world.tags.own(settings.id)
  if (own.length >= MOST_TAGS) return refuse(45056)
  if (own.some((tag) => tag.name === name)) return refuse(45157)
  const { id } = world.tags.create(settings.id, name)
  world.emit({ type: 'account', account: settings.id })
  return json({ tag: { id, name } })
}

function listTags(context: ApiContext): ApiAnswer {
  const { world, settings } = context
  const tags = world.tags.of(settings.id).map(({ id, name }) => ({ id, name, count: membersOf(context, id).length }))
  return json({ tags })
}

function renameTag(context: ApiContext): ApiAnswer {
  const { world, call, settings } = context
  const given = objectIn(readJson(call), 'tag')
  const tag = changeableTag(context, numberIn(given, 'id'))
  const name = nameIn(given)
  if (world.tags.own(settings.id).some((other) => other !== tag && other.name === name)) return refuse(45157)
  tag.name = name
  world.emit({ type: 'account', account: settings.id })
  return OK
}

function deleteTag(context: ApiContext): ApiAnswer {
  const { world, call, settings } = context
  const { id } = changeableTag(context, numberIn(objectIn(readJson(call), 'tag'), 'id'))
  const members = membersOf(context, id)
  if (members.length > MOST_MEMBERS_TO_DELETE) return refuse(45057)
  for (const member of members) member.tagIds = member.tagIds.filter((other) => other !== id)
  world.tags.delete(settings.id, id)
  world.emit({ type: 'account', account: settings.id })
  return OK
}

function tagsOfFollower({ world, call, settings }: ApiContext): ApiAnswer {
  const follower = world.followerByOpenid(settings.id, textIn(readJson(call), 'openid') ?? '')
  return follower === undefined ? refuse(40003) : json({ tagid_list: follower.tagIds })
}

function membersOfTag(context: ApiContext): ApiAnswer {
  const body = readJson(context.call)
  const { id } = knownTag(context, numberIn(body, 'tagid'))
  return pageOf(membersOf(context, id), textIn(body, 'next_openid') ?? '')
}

function tagMembers(context: ApiContext): ApiAnswer {
  const body = readJson(context.call)
  const followers = followersIn(context, body, MOST_IN_BATCH)
  const { id } = knownTag(context, numberIn(body, 'tagid'))
  const others = followers.filter(({ tagIds }) => !tagIds.includes(id))
  if (others.some(({ tagIds }) => tagIds.length >= MOST_TAGS_OF_FOLLOWER)) return refuse(45059)
  for (const follower of others) {
    follower.tagIds = [...follower.tagIds, id]
    context.world.changed(follower)
  }
  return OK
}

function untagMembers(context: ApiContext): ApiAnswer {
  const body = readJson(context.call)
  const followers = followersIn(context, body, MOST_IN_BATCH)
  const { id } = knownTag(context, numberIn(body, 'tagid'))
  for (const follower of followers) {
    follower.tagIds = follower.tagIds.filter((other) => other !== id)
    context.world.changed(follower)
  }
  return OK
}

function listBlacklist({ world, call, settings }: ApiContext): ApiAnswer {
  const listed = world.followersOf(settings.id).filter(({ isBlacklisted }) => isBlacklisted)
  return pageOf(listed, textIn(readJson(call), 'begin_openid') ?? '', { total: listed.length })
}

function blacklistAs(isBlacklisted: boolean): (context: ApiContext) => ApiAnswer {
  return (context) => {
    for (const follower of followersIn(context, readJson(context.call), MOST_IN_BLACKLIST_BATCH)) {
      follower.isBlacklisted = isBlacklisted
      context.world.changed(follower)
    }
    return OK
  }
}

function nameIn(tag: JsonObject): string {
  const name = textIn(tag, 'name') ?? ''
  if (name === '') throw new ApiRefusal(45157)
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) throw new ApiRefusal(45158)
  return name
}

function knownTag({ world, settings }: ApiContext, id: number | undefined): Tag {
  const tag = world.tags.of(settings.id).find((known) => known.id === id)
  if (tag === undefined) throw new ApiRefusal(45159)
  return tag
}

function changeableTag(context: ApiContext, id: number | undefined): Tag {
  if (id !== undefined && SYSTEM_TAG_IDS.includes(id)) throw new ApiRefusal(45058)
  return knownTag(context, id)
}

function membersOf({ world, settings }: ApiContext, tagId: number): Follower[] {
  return world.followersOf(settings.id).filter(({ tagIds }) => tagIds.includes(tagId))
}

/** All of them, or a refusal: nothing is done for a part. */
function followersIn({ world, settings }: ApiContext, body: JsonObject, most: number): Follower[] {
  const { openid_list: list } = body
  if (!Array.isArray(list) || list.length === 0) throw new ApiRefusal(40031)
  if (list.length > most) throw new ApiRefusal(40032)
  return list.map((openid) => {
    const follower = typeof openid === 'string' ? world.followerByOpenid(settings.id, openid) : undefined
    if (follower === undefined) throw new ApiRefusal(49003)
    return follower
  })
}

/** As `user/get`: by the last openid of the page before, and an empty page has no `data`. */
function pageOf(all: readonly Follower[], after: string, more: JsonObject = {}): ApiAnswer {
  const openids = all.map(({ openid }) => openid)
  const start = after === '' ? 0 : openids.indexOf(after) + 1
  if (after !== '' && start === 0) return refuse(40003)
  const page = openids.slice(start, start + PAGE)
  if (page.length === 0) return json({ ...more, count: 0, next_openid: '' })
  return json({ ...more, count: page.length, data: { openid: page }, next_openid: page.at(-1) })
}
