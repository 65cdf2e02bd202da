/** The control API, from the page's side. Every failure carries the server's own sentence. */
async function call(method, path, body, contentType = 'application/json') {
  const isRaw = body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': contentType },
    body: body === undefined || isRaw ? body : JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message ?? response.statusText)
  return answer
}

const phonePath = ({ account, id }) =>
  `/sim/accounts/${encodeURIComponent(account)}/followers/${encodeURIComponent(id)}`

export const control = {
  chat: (phone) => call('GET', `${phonePath(phone)}/chat`),
  act: (phone, action) => call('POST', `${phonePath(phone)}/actions`, action),
  addFollower: (account, name) => call('POST', `/sim/accounts/${encodeURIComponent(account)}/followers`, { name }),
  qrCodes: (account) => call('GET', `/sim/accounts/${encodeURIComponent(account)}/qrcodes`),
  putFile: (phone, type, bytes) =>
    call('POST', `${phonePath(phone)}/media?type=${type}`, bytes, 'application/octet-stream'),
  fileAddress: (mediaId) => `/sim/media/${encodeURIComponent(mediaId)}`,
  soundAddress: (mediaId) => `/sim/media/${encodeURIComponent(mediaId)}/sound`,
}
