import type { Message, MessageDays, Response } from '@duoke/contract'
import { hasAllWords, previewOf, searchWords } from '@duoke/domain'
import type { FakeWorld } from './fake-world.ts'

const pageSize = 50

export function messagesPage(world: FakeWorld, id: string, query: URLSearchParams): Response<'listMessages'> {
  const isForward = query.get('order') === 'oldest'
  const all = (world.messages.get(id) ?? []).toSorted((left, right) => left.position - right.position)
  const from = query.get('from')
  const ordered = (isForward ? all : all.toReversed()).filter(
    ({ position }) => from === null || (isForward ? position >= Number(from) : position <= Number(from)),
  )
  const after = query.get('after')
  // What an earlier page says of where to go on holds whatever it began with.
  const rest = after === null ? ordered : (isForward ? all : all.toReversed()).filter(beyond(Number(after), isForward))
  const items = rest.slice(0, Number(query.get('limit') ?? pageSize))
  return { items, next: items.length < rest.length ? String(items.at(-1)?.position) : null }
}

const beyond = (position: number, isForward: boolean) => (message: Message) =>
  isForward ? message.position > position : message.position < position

export function searchIn(world: FakeWorld, query: URLSearchParams): Response<'searchMessages'> {
  const words = searchWords(query.get('text') ?? '')
  const conversation = query.get('conversation')
  const found = [...world.messages]
    .filter(([id]) => conversation === null || id === conversation)
    .flatMap(([, messages]) => messages)
    .filter(({ content, recalled }) => {
      if (content === null || recalled === true || words.length === 0) return false
      return hasAllWords(content.type === 'text' ? content.text : previewOf(content), words)
    })
    .sort((left, right) => right.position - left.position)
  const from = Number(query.get('after') ?? 0)
  const until = from + Number(query.get('limit') ?? pageSize)
  return { items: found.slice(from, until), next: until < found.length ? String(until) : null }
}

/** In the zone of the fake organization, which has no summer time. */
export function daysOf(world: FakeWorld, id: string, asked: string | null): MessageDays {
  const dayOf = ({ at }: Message) => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10)
  const all = (world.messages.get(id) ?? []).toSorted((left, right) => left.position - right.position)
  const [first = null] = all.map(dayOf)
  const last = all.map(dayOf).at(-1) ?? null
  const month = asked ?? last?.slice(0, 7) ?? ''
  const days = Map.groupBy(
    all.filter((message) => dayOf(message).startsWith(month)),
    dayOf,
  )
  return {
    timeZone: 'Asia/Shanghai',
    month,
    days: [...days].map(([day, [begin, ...more]]) => ({
      day,
      messages: more.length + 1,
      position: begin?.position ?? 0,
    })),
    first,
    last,
  }
}
