import { createSecretKey, randomBytes } from 'node:crypto'
import { createManualClock, type Random, systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createApiKey } from '../src/credentials/api-key.ts'
import { openApiKeys } from '../src/credentials/api-keys.ts'

// What the check does with secrets: each HMAC by the length of what it read, each comparison by the lengths it compared.
const steps = vi.hoisted(() => [] as string[])
vi.mock('node:crypto', async (load) => {
  const crypto = await load<typeof import('node:crypto')>()
  const timingSafeEqual = (left: Uint8Array, right: Uint8Array): boolean => {
    steps.push(`compare ${left.length} ${right.length}`)
    return crypto.timingSafeEqual(left, right)
  }
  const createHmac: typeof crypto.createHmac = (...parameters) => {
    const hmac = crypto.createHmac(...parameters)
    const update = hmac.update.bind(hmac) as (data: string) => typeof hmac
    return Object.assign(hmac, {
      update: (data: string) => {
        steps.push(`${parameters[0]} of ${data.length}`)
        return update(data)
      },
    })
  }
  return { ...crypto, default: crypto, timingSafeEqual, createHmac }
})

test('a key that is wrong at its first digit, at its last, everywhere, or unknown takes the same steps as the right one', async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const pepper = createSecretKey(randomBytes(32))
  const idBytes = randomBytes(12)
  const secretBytes = randomBytes(32)
  const randomOf = (secret: Buffer): Random => ({
    ...systemRandom,
    bytes: (length) => (length === idBytes.length ? idBytes : secret),
  })
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const keys = await openApiKeys({ database, pepper, clock, random: randomOf(secretBytes) })
  const expiresAt = new Date('2026-01-02T00:00:00Z')
  const { secret } = await keys.create({ subject: { type: 'user', id: 'ada' }, roles: [], expiresAt })
  const outcomeOf = async (credential: string) => {
    steps.length = 0
    const subject = await keys.authenticate(credential).catch(() => undefined)
    return { isRight: subject !== undefined, steps: [...steps] }
  }
  const expected = [`sha256 of ${secret.length}`, 'compare 32 32']
  expect(await outcomeOf(secret)).toEqual({ isRight: true, steps: expected })
  const changedAt = (at: number): Buffer => {
    const bytes = Buffer.from(secretBytes)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
  // With the id of the right key and a right checksum: only the HMAC tells.
  for (const wrong of [changedAt(0), changedAt(31), Buffer.alloc(32)]) {
    const { text } = createApiKey('live', randomOf(wrong))
    expect(await outcomeOf(text)).toEqual({ isRight: false, steps: expected })
  }
  const unknown = createApiKey('live', systemRandom)
  expect(await outcomeOf(unknown.text)).toEqual({ isRight: false, steps: expected })
})
