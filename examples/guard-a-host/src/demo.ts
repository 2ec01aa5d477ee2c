import { pictureOf } from './digits.ts'
import { startFastifyHost } from './fastify-host.ts'
import { startHonoHost } from './hono-host.ts'
import type { Host } from './host.ts'
import { startNodeHost } from './node-host.ts'

/** The three hosts, by the name of what they are built on. */
export const hosts = { 'node:http': startNodeHost, Hono: startHonoHost, Fastify: startFastifyHost }

/**
 * Sends the same requests to each host and prints what it answers.
 *
 * @param print takes one line at a time.
 */
export const runDemo = async (host: Host, print: (line: string) => void): Promise<void> => {
  for (const [name, start] of Object.entries(hosts)) {
    const reader = await host.createKey(`ada-at-${name}`, 'reader')
    const visitor = await host.createKey(`eve-at-${name}`, 'visitor')
    const { url, close } = await start(host)
    const ask = async (what: string, path: string, key?: string): Promise<void> => {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: pictureOf(7) })
      const limit = answer.headers.get('ratelimit')
      const body = answer.ok ? await answer.text() : ''
      print(`  ${what.padEnd(26)}${answer.status} ${body}${limit === null ? '' : ` RateLimit: ${limit}`}`)
    }
    print(name)
    await ask('no key', '/models/digits')
    await ask('a visitor', '/models/digits', visitor)
    await ask('a path that is none', '/models/..%2Fdigits', reader)
    for (let count = 0; count < 3; count += 1) await ask('a reader', '/models/digits', reader)
    await close()
  }
  const { size } = await host.log.verify()
  print(`${size} records of the audit log are what was signed`)
}
