import { errorCodes } from './error-codes.ts'
import { errorSentences } from './error-sentences.ts'

export type ErrorLanguage = 'zh' | 'en'

/** One sentence for an agent or an operator: what happened and what to do about it. */
export function describeError(errcode: number, language: ErrorLanguage): string {
  const sentence = errorSentences.get(errcode)
  if (sentence !== undefined) return sentence[language]
  const errmsg = errorCodes.get(errcode)?.errmsg
  const known = errmsg === undefined ? String(errcode) : `${errcode}, ${errmsg}`
  return language === 'zh' ? `微信拒绝了这次请求（${known}）。` : `WeChat refused this request (${known}).`
}
