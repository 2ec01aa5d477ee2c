import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createFetchGuard } from '@nootropic/access/guard'
import { Hono } from 'hono'
import { type Host, operationAt } from './host.ts'
import { readBody } from './read-body.ts'
import { isBadInput, type RunningHost } from './running-host.ts'

/** The model behind Hono, as behind everything that takes a `Request` and gives a `Response`. */
export const startHonoHost = async ({ gateOptions, readDigit }: Host): Promise<RunningHost> => {
  const guard = createFetchGuard({ ...gateOptions, operationOf: ({ url }) => operationAt(new URL(url).pathname) })
  const read = guard(async ({ body }) => {
    try {
      return Response.json({ digit: await readDigit(body === null ? '' : await readBody(body)) })
    } catch (error) {
      if (!isBadInput(error)) throw error
      return new Response(null, { status: 400 })
    }
  })
  const app = new Hono()
  app.post('/models/:name', (context) => read(context.req.raw))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
