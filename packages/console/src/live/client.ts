import { type Client, createClient } from '@duoke/sdk'

/** The server that gave us this page, also below a path of a proxy. */
export const client: Client = createClient({ baseUrl: new URL('.', globalThis.location.href).href })
