import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createNodeGuard } from '@nootropic/access/guard'
import { type Host, operationAt } from './host.ts'
import { readBody } from './read-body.ts'
import { isBadInput, type RunningHost } from './running-host.ts'

/** The model behind `node:http`, as behind what is built on it (Express, Connect). */
export const startNodeHost = async ({ gateOptions, readDigit }: Host): Promise<RunningHost> => {
  const guard = createNodeGuard({ ...gateOptions, operationOf: ({ url = '' }) => operationAt(url) })
  const server = createServer(
    guard(async (request, response) => {
      try {
        const digit = await readDigit(await readBody(request))
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ digit }))
      } catch (error) {
        if (!isBadInput(error)) throw error
        response.writeHead(400).end()
      }
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
