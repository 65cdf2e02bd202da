import { element } from '../dom.js'
import { icon } from '../icons.js'
import { say } from '../words.js'
import { askForFile, askForLink, askForPicture, askForPlace, askForVideo } from './attach.js'
import { askForPage, askToEnter, isMiniProgram } from './mini-program.js'
import { askForScan } from './scan.js'

export function morePanel({ act, phone, account, sheet, done }) {
  const open = (ask) => () => {
    done()
    ask({ act, phone: phone(), account: account(), sheet })
  }
  const report = ({ act: doIt }) =>
    doIt({ type: 'report-location', latitude: 31.230416, longitude: 121.473701, precision: 65 })
  const photo = ['photo', 'image', askForPicture]
  const ofProgram = [photo, ['enter', 'person', askToEnter], ['sendPage', 'compass', askForPage]]
  const ofAccount = [
    photo,
    ['video', 'video', askForVideo],
    ['location', 'location', askForPlace],
    ['link', 'link', askForLink],
    ['file', 'file', askForFile],
    ['scan', 'scan', askForScan],
    ['report', 'compass', report],
  ]
  const tiles = (isMiniProgram(account()) ? ofProgram : ofAccount).map(([word, picture, ask]) =>
    element(
      'button',
      { type: 'button', class: 'tile', on: { click: open(ask) } },
      element('span', { class: 'tile-face' }, icon(picture)),
      element('span', {}, say(word)),
    ),
  )
  return element('div', { class: 'panel more-panel', role: 'group', 'aria-label': say('more') }, ...tiles)
}
