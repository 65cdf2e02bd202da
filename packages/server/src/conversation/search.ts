import type { Content } from '@duoke/contract'
import { previewOf, searchWords } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

const mostTerms = 32
const mostFound = 1000
const han = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu
const word = /[\p{L}\p{N}]+/gu

/**
 * What a text is found by: pairs of neighbouring characters where words are not separated, whole words elsewhere. A single
 * Chinese character is a term of its own only when nothing stands beside it.
 */
export function searchTerms(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  const terms = new Set<string>()
  for (const [run] of folded.matchAll(han)) {
    const characters = [...run]
    if (characters.length === 1) terms.add(run)
    for (let at = 0; at + 1 < characters.length; at++) terms.add(`${characters[at]}${characters[at + 1]}`)
  }
  for (const [found] of folded.replaceAll(han, ' ').matchAll(word)) terms.add(found.slice(0, 64))
  return [...terms]
}

/** Positions that share a key for the same word, and after how many such parts the numbers begin anew: migration 010. */
const positionsOfPart = 8192
const parts = 8192
const numbersOfPart = 2 ** 40

/** A word of an organization as a number of 40 bits: an index over numbers is a fraction of one over texts. */
export function searchWord(organizationId: string, term: string): number {
  const text = `${organizationId}\n${term}`
  // FNV-1a, twice from different starts.
  let [low, high] = [0x811c9dc5, 0x2f0b4c27]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x01000193) ^ (high >>> 15)
  }
  return ((high ^ (high >>> 13)) & 0xff) * 2 ** 32 + ((low ^ (low >>> 15)) >>> 0)
}

/** What a message at a position is found by. */
export function searchKeys(organizationId: string, text: string, position: number): number[] {
  const part = (Math.floor(position / positionsOfPart) % parts) * numbersOfPart
  return searchTerms(text).map((term) => part + searchWord(organizationId, term))
}

/** What of a message is searched. */
export function searchedText(content: Content): string {
  return content.type === 'text' ? content.text : previewOf(content)
}

/** What the index is asked for these words. */
export function keysOfWords(organizationId: string, words: readonly string[]): number[] {
  const terms = words.flatMap(searchTerms)
  // The index has a single character only where nothing stood beside it, so it narrows nothing where there is more to go by.
  const long = terms.filter((term) => [...term].length > 1)
  return [...new Set(long.length > 0 ? long : terms)]
    .slice(0, mostTerms)
    .map((term) => searchWord(organizationId, term))
}

/** Ids of the conversations with a message in which all words of the text occur, the newest such message first. */
export async function findConversations(tx: Transaction, organizationId: string, text: string): Promise<string[]> {
  const keys = keysOfWords(organizationId, searchWords(text))
  if (keys.length === 0) return []
  const { rows } = await tx.query<{ conversation_id: string }>({
    name: 'search_conversations',
    text: 'select conversation_id from search_conversations($1::bigint[], $2)',
    values: [keys, mostFound],
  })
  return rows.map(({ conversation_id }) => conversation_id)
}
