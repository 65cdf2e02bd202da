/** The control API in one table, served at `/sim` and compared with the registered routes by a test. */
export interface ControlOperation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  does: string
}

export const CONTROL_OPERATIONS: readonly ControlOperation[] = [
  { method: 'GET', path: '/sim', does: 'This table, the platform paths served, and the open faults.' },
  { method: 'GET', path: '/sim/accounts', does: 'All accounts, without their secrets.' },
  { method: 'POST', path: '/sim/accounts', does: 'Create an account, or replace the one with this id.' },
  { method: 'GET', path: '/sim/accounts/:account', does: 'One account, without its secrets.' },
  {
    method: 'PATCH',
    path: '/sim/accounts/:account',
    does: 'Change settings: server address, keys, mode, menu, agents …',
  },
  {
    method: 'POST',
    path: '/sim/accounts/:account/verify',
    does: 'Send the GET with echostr to the server address; says whether it answered rightly.',
  },
  {
    method: 'POST',
    path: '/sim/accounts/:account/tokens/invalidate',
    does: 'Every token of the account answers 40001 from now on.',
  },
  {
    method: 'PUT',
    path: '/sim/accounts/:account/limits',
    does: 'Set the daily limit of one API path (45009 beyond it).',
  },
  { method: 'POST', path: '/sim/accounts/:account/media/:media/expire', does: 'A media id answers 40007 from now on.' },
  { method: 'GET', path: '/sim/accounts/:account/qrcodes', does: 'The parameter QR codes that are valid now.' },
  {
    method: 'GET',
    path: '/sim/accounts/:account/pushes',
    does: 'Pushes with every attempt and its outcome, newest last.',
  },
  {
    method: 'GET',
    path: '/sim/accounts/:account/calls',
    does: 'API calls with the code told and whether they took effect.',
  },
  { method: 'GET', path: '/sim/accounts/:account/followers', does: 'The followers with their open quota windows.' },
  {
    method: 'POST',
    path: '/sim/accounts/:account/followers',
    does: 'Create a follower; `follows` true without a push.',
  },
  { method: 'GET', path: '/sim/accounts/:account/followers/:follower', does: 'One follower.' },
  {
    method: 'GET',
    path: '/sim/accounts/:account/followers/:follower/chat',
    does: 'What the phone shows; `?after=ID` for what came later.',
  },
  {
    method: 'POST',
    path: '/sim/accounts/:account/followers/:follower/actions',
    does: 'Do something with the phone; `?wait=1` answers when the pushes have ended.',
  },
  {
    method: 'POST',
    path: '/sim/accounts/:account/followers/:follower/media',
    does: 'Put a file on the phone (`?type=image|voice|video|thumb`, the bytes as body; a wave becomes AMR).',
  },
  { method: 'GET', path: '/sim/media/:media', does: 'A file as the phone shows it, expired or not.' },
  { method: 'GET', path: '/sim/media/:media/sound', does: 'A voice as a browser can play it.' },
  { method: 'GET', path: '/sim/faults', does: 'The faults that are waiting.' },
  { method: 'POST', path: '/sim/faults', does: 'Plan a fault for the next matching calls or pushes.' },
  { method: 'DELETE', path: '/sim/faults', does: 'Forget all faults.' },
  { method: 'DELETE', path: '/sim/faults/:fault', does: 'Forget one fault.' },
  { method: 'POST', path: '/sim/script', does: 'Run steps (faults, actions, invalidations) at given distances.' },
  { method: 'GET', path: '/sim/quota-table', does: 'The table of send allowances in force.' },
  { method: 'PUT', path: '/sim/quota-table', does: 'Choose the dated table: current, 2021-06 or original.' },
  { method: 'GET', path: '/sim/clock', does: "The simulator's time, and whether it is moved by hand." },
  { method: 'POST', path: '/sim/clock/advance', does: 'Move a manual clock; 409 on a real one.' },
  { method: 'POST', path: '/sim/demo', does: "The example follower's first message, once." },
]
