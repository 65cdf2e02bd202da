import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderSVG } from 'uqr'
import type { ApiFault } from '../model/faults.ts'
import { LARGEST_UPLOAD_BYTES } from '../model/media-files.ts'
import type { World } from '../model/world.ts'
import { type ApiAnswer, type ApiCall, refuse, type Upload } from './api.ts'
import { dispatch, errorBody } from './dispatch.ts'

/** Sic: WeChat writes `encoding`, not `charset`. */
const JSON_TYPE = 'application/json; encoding=utf-8'
const GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n'

interface Written {
  contentType: string
  body: Buffer
  fileName?: string
}

/** WeChat's API at this origin: `api.weixin.qq.com`, and the two picture hosts. */
export function registerPlatform(app: FastifyInstance, world: World): void {
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const call = await readCall(request)
    const { answer, fault } = await dispatch(world, call)
    const written = write(world, answer)
    return fault ? sendFaulty(reply, written, fault) : send(reply, written)
  }
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const errcode = error.statusCode === 413 ? 45001 : -1
    return send(reply, write(world, refuse(errcode)))
  })
  app.all('/customservice/*', handle)
  app.all('/cgi-bin/*', handle)
  app.get<{ Querystring: { ticket?: string } }>('/cgi-bin/showqrcode', (request, reply) => {
    const code = world.qrCodes.find(request.query.ticket ?? '')
    if (!code) return reply.code(404).send()
    return reply.type('image/svg+xml').send(renderSVG(code.url, { border: 2 }))
  })
  app.get<{ Params: { id: string } }>('/mmbiz/:id/0', (request, reply) => {
    const media = world.media.onPhone(request.params.id)
    if (!media) return reply.code(404).send()
    return reply.type(media.contentType).send(Buffer.from(media.bytes))
  })
}

async function readCall(request: FastifyRequest): Promise<ApiCall> {
  const url = new URL(request.url, 'http://simulator')
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    upload: request.isMultipart() ? await readUpload(request) : null,
    ip: request.ip,
    origin: `http://${request.host}`,
  }
}

/** The first file of the form; one byte more than the largest limit is enough to know that it is too large. */
async function readUpload(request: FastifyRequest): Promise<Upload | null> {
  const limits = { fileSize: LARGEST_UPLOAD_BYTES + 1, files: 1, fields: 10 }
  try {
    const part = await request.file({ limits, throwFileSizeLimit: false })
    return part ? { fieldName: part.fieldname, bytes: await part.toBuffer() } : null
  } catch {
    return null
  }
}

function write(world: World, answer: ApiAnswer): Written {
  switch (answer.kind) {
    case 'json':
      return { contentType: JSON_TYPE, body: Buffer.from(JSON.stringify(answer.value)) }
    case 'error':
      return {
        contentType: JSON_TYPE,
        body: Buffer.from(JSON.stringify(errorBody(world, answer.errcode, answer.hint))),
      }
    case 'media': {
      const { id, bytes, contentType, extension } = answer.media
      return { contentType, body: Buffer.from(bytes), fileName: `${id}.${extension}` }
    }
    default: {
      const missed: never = answer
      return missed
    }
  }
}

function send(reply: FastifyReply, { contentType, body, fileName }: Written): FastifyReply {
  if (fileName) reply.header('content-disposition', `attachment; filename="${fileName}"`)
  return reply.header('content-type', contentType).send(body)
}

function sendFaulty(reply: FastifyReply, written: Written, fault: ApiFault): FastifyReply {
  switch (fault.kind) {
    case 'delay':
    case 'errcode':
      return send(reply, written)
    case 'hang':
      // The socket stays open and silent until the caller gives up or the simulator closes.
      return reply.hijack()
    case 'cut':
      return cut(reply, written, fault.when)
    case 'html':
      return reply
        .code(fault.status ?? 502)
        .header('content-type', 'text/html')
        .send(GATEWAY_PAGE)
    case 'truncated-json':
      return send(reply, { ...written, body: written.body.subarray(0, Math.ceil(written.body.length / 2)) })
    case 'doubled-json':
      return send(reply, { ...written, body: Buffer.concat([written.body, written.body]) })
    default: {
      const missed: never = fault
      return missed
    }
  }
}

function cut(
  reply: FastifyReply,
  { contentType, body }: Written,
  when: 'before' | 'after' | 'in-answer',
): FastifyReply {
  reply.hijack()
  if (when !== 'in-answer') {
    reply.raw.socket?.destroy()
    return reply
  }
  reply.raw.writeHead(200, { 'content-type': contentType, 'content-length': body.length })
  reply.raw.write(body.subarray(0, Math.ceil(body.length / 2)), () => reply.raw.socket?.destroy())
  return reply
}
