import { control } from '../control.js'
import { element } from '../dom.js'
import { icon } from '../icons.js'
import { say } from '../words.js'

/** A scene typed in, or one of the codes the account has made. */
export function askForScan({ sheet, act, account }) {
  const scene = element('input', {
    class: 'field',
    maxlength: 64,
    required: true,
    placeholder: say('sceneHint'),
    'aria-label': say('scene'),
  })
  const scan = async (action) => {
    sheet.close()
    await act(action)
  }
  const submit = (event) => {
    event.preventDefault()
    void scan({ type: 'scan', scene: scene.value.trim() })
  }
  const made = element('div', { class: 'choices' })
  const form = element(
    'form',
    { class: 'form', on: { submit } },
    element('label', {}, say('scene'), scene),
    element('button', { class: 'primary' }, say('scan')),
    made,
  )
  sheet.open(say('scan'), form)
  if (account) void listCodes(made, account, scan)
}

async function listCodes(host, account, scan) {
  const { items } = await control.qrCodes(account.id)
  if (items.length === 0) return
  const rows = items
    .slice(-8)
    .map(({ scene, ticket }) =>
      element(
        'button',
        { type: 'button', class: 'choice', on: { click: () => scan({ type: 'scan', scene, ticket }) } },
        icon('scan'),
        element('span', {}, scene),
      ),
    )
  host.append(element('h3', {}, say('codes')), ...rows)
}
