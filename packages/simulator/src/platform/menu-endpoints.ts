import { MENU_BUTTON_TYPES, type MenuButton } from '../model/account.ts'
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

const MOST_BUTTONS = 3
const MOST_CHILDREN = 5

/** The custom menu, so that a server can set what the phone shows. */
export const menuEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/menu/create', auth: 'token', run: createMenu },
  { method: 'GET', path: '/cgi-bin/menu/get', auth: 'token', run: getMenu },
  { method: 'GET', path: '/cgi-bin/menu/delete', auth: 'token', run: deleteMenu },
]

function createMenu({ world, call, account, settings }: ApiContext): ApiAnswer {
  const menu = readButtons(readJson(call)['button'], MOST_BUTTONS)
  if (!menu) return refuse(40097)
  account.settings = { ...settings, menu }
  world.emit({ type: 'account', account: settings.id })
  return OK
}

function getMenu({ settings }: ApiContext): ApiAnswer {
  return settings.menu.length === 0 ? refuse(46003) : json({ menu: { button: settings.menu.map(wireButton) } })
}

function deleteMenu({ world, account, settings }: ApiContext): ApiAnswer {
  account.settings = { ...settings, menu: [] }
  world.emit({ type: 'account', account: settings.id })
  return OK
}

/** Undefined when WeChat would refuse the list. */
function readButtons(value: unknown, most: number): MenuButton[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) return undefined
  const buttons = value.map((item) => (isObject(item) ? readButton(item) : undefined))
  return buttons.every((button) => button !== undefined) ? buttons : undefined
}

function readButton(item: JsonObject): MenuButton | undefined {
  const name = textIn(item, 'name')
  if (!name) return undefined
  const { sub_button: below } = item
  if (Array.isArray(below) && below.length > 0) {
    const children = readButtons(below, MOST_CHILDREN)
    return children ? { name, children } : undefined
  }
  const type = MENU_BUTTON_TYPES.find((known) => known === item['type'])
  const key = textIn(item, 'key')
  const url = textIn(item, 'url')
  if (!type || (type === 'view' ? !url : !key)) return undefined
  return { name, type, ...(key ? { key } : {}), ...(url ? { url } : {}) }
}

function wireButton({ children, ...button }: MenuButton): JsonObject {
  return { ...button, sub_button: (children ?? []).map(wireButton) }
}
