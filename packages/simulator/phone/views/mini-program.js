import { element } from '../dom.js'
import { say } from '../words.js'

export function isMiniProgram(account) {
  return account?.kind === 'mini-program'
}

/** The button `open-type="contact"`: what its `session-from` says reaches the developer. */
export function askToEnter({ act, sheet }) {
  askInForm(
    { sheet, title: say('enter'), submit: say('enter') },
    { sessionFrom: ['sessionFrom', 'order-detail'] },
    (given) => act({ type: 'enter', sessionFrom: given.sessionFrom }),
  )
}

/** A page of the mini program, sent from inside it as a card. */
export function askForPage({ act, sheet }) {
  const fields = { title: ['pageTitle', '订单详情'], pagePath: ['pagePath', 'pages/order/detail?id=20'] }
  askInForm({ sheet, title: say('sendPage'), submit: say('send') }, fields, ({ title, pagePath }) =>
    act({ type: 'mini-program-page', title, pagePath }),
  )
}

function askInForm({ sheet, title, submit: label }, fields, send) {
  const inputs = Object.entries(fields).map(([name, [word, value]]) =>
    element('label', {}, say(word), element('input', { class: 'field', name, value, maxlength: 500 })),
  )
  const submit = (event) => {
    event.preventDefault()
    sheet.close()
    void send(Object.fromEntries(new FormData(event.target)))
  }
  sheet.open(
    title,
    element('form', { class: 'form', on: { submit } }, ...inputs, element('button', { class: 'primary' }, label)),
  )
}
