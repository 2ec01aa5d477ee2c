import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeGuard, type GuardedNodeHandler, type NodeGuardOptions } from '../../src/guard/node-guard.ts'
import { createHost, good, operation, outcomes } from './support.ts'

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
