import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeGuard, type GuardedNodeHandler, type NodeGuardOptions } from '../../src/guard/node-guard.ts'
import { createHost, good, operation, outcomes, requests } from './support.ts'

const serve = async (options: NodeGuardOptions, handler: GuardedNodeHandler): Promise<number> => {
  const server = createServer((incoming, response) => void createNodeGuard(options)(handler)(incoming, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const get = (port: number, headers: string[]) =>
  new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, headers: ['Host', 'host', ...headers] }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
const authorization = ['Authorization', `Bearer ${good}`]
const pipelined = (paths: readonly string[]): string =>
  paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: host\r\n${authorization.join(': ')}\r\n\r\n`).join('')
const pipeline = (port: number, paths: readonly string[]): Socket => {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(pipelined(paths))
  return socket
}
const manyRequests = { ...requests, limit: 1000 }
const manyTokens = { ...manyRequests, id: 'tokens', measure: 'tokens' } as const
const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a server lets through, settles when the answer is sent, and refuses as the fetch guard does', async () => {
  const { options, entries, remaining } = await createHost()
  const port = await serve({ ...options, operationOf: () => operation }, (_, response, { subject, use }) => {
    use({ tokens: 3 })
    response.end(subject.id)
  })
  const answer = await get(port, authorization)
  expect([answer.status, answer.body]).toEqual([200, 'ada'])
  expect(answer.headers['ratelimit-policy']).toBe('"requests";q=3;w=60, "tokens";q=100;w=60;qu="tokens"')
  await until(() => entries.length === 2)
  expect(outcomes(entries)).toEqual(['access user:ada execute allowed', 'operation user:ada execute succeeded'])
  expect(await remaining()).toEqual({ requests: 2, tokens: 97 })
  const stranger = await get(port, [])
  expect([stranger.status, stranger.body]).toEqual([401, '{"title":"A valid credential is needed","status":401}'])
  expect(stranger.headers['www-authenticate']).toBe('Bearer')
})

test('two Authorization fields are none: a server in front may have looked at the other', async () => {
  const { options } = await createHost()
  const port = await serve({ ...options, operationOf: () => operation }, (_, response) => void response.end())
  expect((await get(port, [...authorization, 'Authorization', 'Bearer x'])).status).toBe(401)
})

test('a handler that throws is a 500 without what it had set; one that had begun is broken off', async () => {
  const { options, entries, errors } = await createHost()
  let begun = false
  const port = await serve({ ...options, operationOf: () => operation }, (_, response) => {
    response.setHeader('x-secret', 'path')
    if (begun) response.write('part')
    throw new Error('at /srv/models')
  })
  const answer = await get(port, authorization)
  expect([answer.status, answer.body, answer.headers['x-secret']]).toEqual([
    500,
    '{"title":"The request failed","status":500}',
    undefined,
  ])
  begun = true
  await expect(get(port, authorization)).rejects.toThrow()
  expect(outcomes(entries).filter((line) => line.endsWith('failed'))).toHaveLength(2)
  expect(errors).toHaveLength(2)
})

test('a caller who goes away, while it is checked or while it is served, leaves nothing reserved', async () => {
  const { options, entries, remaining } = await createHost()
  let arrived: () => void = () => {}
  let isSlow = true
  const port = await serve(
    {
      ...options,
      operationOf: async () => {
        arrived()
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 100))
        return operation
      },
    },
    (_, __, { use }) => {
      use({ tokens: 0 })
      arrived()
    },
  )
  for (const slow of [true, false]) {
    isSlow = slow
    const before = entries.length
    let arrivals = 0
    const wanted = slow ? 1 : 2
    const reached = new Promise<void>((resolve) => {
      arrived = () => {
        arrivals += 1
        if (arrivals === wanted) resolve()
      }
    })
    const outgoing = httpRequest({ host: '127.0.0.1', port, headers: { authorization: `Bearer ${good}` } })
    outgoing.on('error', () => {})
    outgoing.end()
    await reached
    outgoing.destroy()
    await until(() => entries.length === before + 2)
    expect(entries.at(-1)).toMatchObject({ outcome: 'failed', reason: 'the caller went away' })
  }
  expect(await remaining()).toEqual({ requests: 1, tokens: 90 })
})

test('requests that wait behind another on a connection end with it, answered or not', async () => {
  const { options, entries, errors, remaining } = await createHost([manyRequests, manyTokens])
  let arrivals = 0
  const port = await serve({ ...options, operationOf: () => operation }, async ({ url }, response, { use }) => {
    use({ tokens: 1 })
    arrivals += 1
    if (url === '/quick') response.end('never sent')
  })
  const client = pipeline(port, ['/slow', '/quick', '/quick', '/slow', '/quick', '/quick'])
  await until(() => arrivals === 6)
  client.resetAndDestroy()
  await until(() => entries.length === 12)
  const ends = entries.filter(({ category }) => category === 'operation')
  expect(ends.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual(
    Array(6).fill('failed: the caller went away'),
  )
  expect(await remaining()).toEqual({ requests: 994, tokens: 994 })
  expect(errors).toEqual([])
})

test('a connection that ends while its waiting requests are checked runs none of them', async () => {
  const { options, entries } = await createHost([manyRequests])
  const arrived: (() => void)[] = []
  const served: (string | undefined)[] = []
  const port = await serve(
    {
      ...options,
      operationOf: async ({ url }) => {
        if (url === '/checked') await new Promise<void>((resolve) => arrived.push(resolve))
        return operation
      },
    },
    ({ url }) => void served.push(url),
  )
  const client = pipeline(port, ['/slow', '/checked', '/checked'])
  await until(() => arrived.length === 2 && served.length === 1)
  client.resetAndDestroy()
  await until(() => entries.length === 2)
  for (const resolve of arrived) resolve()
  await until(() => entries.length === 6)
  expect(outcomes(entries).filter((line) => line.endsWith('execute failed'))).toHaveLength(3)
  expect(served).toEqual(['/slow'])
})

test('an answer that is cut off before or while it is sent has failed', async () => {
  const { options, entries } = await createHost()
  let client: Socket | undefined
  let connection: Socket | undefined
  const port = await serve({ ...options, operationOf: () => operation }, ({ url, socket }, response) => {
    if (url === '/before') client?.resetAndDestroy()
    connection = socket
    response.end(Buffer.alloc(2 ** 25)) // more than a connection takes before it is read
  })
  for (const path of ['/before', '/by-caller', '/by-host']) {
    const before = entries.length
    client = pipeline(port, [path])
    if (path !== '/before') await once(client, 'readable')
    if (path === '/by-caller') client.resetAndDestroy()
    if (path === '/by-host') connection?.destroy()
    await until(() => entries.length === before + 2)
    expect(entries.at(-1), path).toMatchObject({ outcome: 'failed', reason: 'the caller went away' })
  }
})

test('any number of requests on one connection succeed once they are sent, and leave nothing on it', async () => {
  const { options, entries } = await createHost([manyRequests])
  const warnings: Error[] = []
  const warn = (warning: Error) => void warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const sockets: Socket[] = []
  const waiting: ServerResponse[] = []
  const port = await serve({ ...options, operationOf: () => operation }, ({ socket }, response) => {
    sockets.push(socket)
    waiting.push(response)
    if (waiting.length === 50) for (const one of waiting.splice(0)) one.end('fine')
  })
  const paths = Array<string>(50).fill('/')
  const client = pipeline(port, paths).resume()
  await until(() => entries.length === 100)
  const [socket] = sockets
  const listeners = socket?.listenerCount('close')
  client.write(pipelined(paths))
  await until(() => entries.length === 200)
  expect(socket?.listenerCount('close')).toBe(listeners)
  client.destroy()
  await until(() => socket?.closed === true)
  expect(new Set(sockets).size).toBe(1)
  expect(outcomes(entries).filter((line) => line.endsWith('succeeded'))).toHaveLength(100)
  expect(entries).toHaveLength(200)
  expect(warnings).toEqual([])
})
