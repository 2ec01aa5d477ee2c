import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Quota } from '@nootropic/access/quotas'
import { afterEach, expect, test } from 'vitest'
import { hosts, runDemo } from '../src/demo.ts'
import { pictureOf } from '../src/digits.ts'
import { openHost } from '../src/host.ts'

const quota: Quota = {
  id: 'pictures',
  measure: 'requests',
  kind: 'rate',
  limit: 1,
  burst: 2,
  windowSeconds: 86_400,
  per: ['subject'],
}
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const open = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nootropic-guard-a-host-test-'))
  closing.push(() => rm(directory, { recursive: true }))
  const errors: unknown[] = []
  const host = await openHost(directory, { quotas: [quota], onError: (error) => errors.push(error) })
  closing.push(() => host.close())
  return { host, errors }
}

for (const [name, start] of Object.entries(hosts)) {
  test(`${name}: who is known, allowed and within the quota is answered, all others are not`, async () => {
    const { host, errors } = await open()
    const { url, close } = await start(host)
    closing.push(close)
    const reader = await host.createKey('ada', 'reader')
    const visitor = await host.createKey('eve', 'visitor')
    const ask = async (key?: string, path = '/models/digits', body = pictureOf(7)) => {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const answer = await fetch(url + path, { method: 'POST', headers, body })
      return { status: answer.status, fields: answer.headers, text: await answer.text() }
    }

    const unknown = await ask()
    expect([unknown.status, unknown.fields.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(unknown.fields.get('content-type')).toContain('application/problem+json')
    expect((await ask(`${reader}x`)).status).toBe(401)
    expect((await ask(visitor)).status).toBe(403)
    expect((await ask(reader, '/models/letters')).status).toBe(403)
    expect((await ask(reader, '/models/..%2Fdigits')).status).toBe(400)

    const answered = await ask(reader)
    expect([answered.status, answered.text]).toEqual([200, '{"digit":7}'])
    expect(answered.fields.get('ratelimit-policy')).toBe('"pictures";q=1;w=86400')
    expect(answered.fields.get('ratelimit')).toBe('"pictures";r=1;t=86400')
    // A body that is none is the caller's mistake, and counts.
    expect((await ask(reader, undefined, '{"pixels":[]}')).status).toBe(400)
    const over = await ask(reader)
    expect(over.status).toBe(429)
    expect(over.fields.get('ratelimit')).toMatch(/^"pictures";r=0;t=\d+$/)
    expect(Number(over.fields.get('retry-after'))).toBeGreaterThan(86_000)
    expect(errors).toEqual([])

    const written = async () => {
      const lines: string[] = []
      for await (const { actor, action, outcome } of host.log.entries()) lines.push(`${actor} ${action} ${outcome}`)
      return lines.sort()
    }
    // node:http tells its guard that an answer was sent when its caller may have it already.
    await expect
      .poll(written)
      .toEqual([
        'anonymous authenticate denied',
        'anonymous authenticate denied',
        'user:ada ask denied',
        'user:ada execute allowed',
        'user:ada execute allowed',
        'user:ada execute denied',
        'user:ada execute denied',
        'user:ada execute succeeded',
        'user:ada execute succeeded',
        'user:eve execute denied',
      ])

    await host.log.close() // as a full disk does: it cannot be written any more
    const other = await host.createKey('grace', 'reader')
    expect((await ask(other)).status).toBe(503)
    expect((await ask()).status).toBe(503)
    expect(errors.map((error) => (error as { code: string }).code)).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE'])
  })
}

test('the demo ends with a record that is what was signed', async () => {
  const { host } = await open()
  const lines: string[] = []
  await runDemo(host, (line) => lines.push(line))
  expect(lines.filter((line) => line.includes(' 200 {"digit":7}'))).toHaveLength(6)
  expect(lines.filter((line) => line.includes(' 429 '))).toHaveLength(3)
  expect(lines.at(-1)).toMatch(/^\d+ records of the audit log are what was signed$/)
})
