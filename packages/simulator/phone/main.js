import { replace } from './dom.js'
import { Sheet } from './sheet.js'
import { keyOf, Store } from './store.js'
import { showToast } from './toast.js'
import { PhoneView } from './views/phone.js'
import { emptyWorld } from './views/profile.js'
import { renderTabs } from './views/tabs.js'
import { locale, say } from './words.js'

const query = new URL(location.href).searchParams
const isEmbedded = query.get('embed') === '1'
const tabs = document.getElementById('tabs')
const host = document.getElementById('phone')

document.documentElement.lang = locale
document.documentElement.classList.toggle('embed', isEmbedded)
tabs.hidden = isEmbedded

const store = new Store()
const sheet = new Sheet(document.getElementById('sheet'))
let view = null

/** The phone on show, else the one named by the address, else the first. */
function wantedKey() {
  if (store.activeKey && store.phones.has(store.activeKey)) return store.activeKey
  const account = query.get('account')
  const follower = query.get('follower')
  const named = [...store.phones.values()].find(
    (phone) => (!account || phone.account === account) && (!follower || phone.id === follower),
  )
  return named ? keyOf(named) : null
}

function show(key) {
  const phone = store.phones.get(key)
  if (!phone) return
  const address = new URL(location.href)
  address.searchParams.set('account', phone.account)
  address.searchParams.set('follower', phone.id)
  history.replaceState(null, '', address)
  view?.close()
  view = new PhoneView({ store, sheet, key })
  replace(host, view.root)
  store.activate(key)
  void store.load(key)
}

function takeSnapshot() {
  showToast('')
  const key = wantedKey()
  if (key) show(key)
  else replace(host, emptyWorld({ store, sheet, show }))
}

store.listen((change) => {
  if (change.type === 'snapshot') takeSnapshot()
  if (change.type === 'disconnected') showToast(say('offline'), Number.POSITIVE_INFINITY)
  if (change.type === 'follower' && !view) show(keyOf(change.follower))
  view?.update(change)
  if (!isEmbedded && change.type !== 'typing') renderTabs(tabs, { store, sheet, show })
  const unread = [...store.unread.values()].reduce((sum, count) => sum + count, 0)
  document.title = `${unread > 0 ? `(${unread}) ` : ''}微信 · WeChat simulator`
})

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && store.activeKey) store.read(store.activeKey)
})

store.connect()
