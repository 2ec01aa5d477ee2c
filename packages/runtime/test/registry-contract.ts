import {
  createManualClock,
  type ModelRef,
  type NootropicError,
  type Report,
  type Signature,
  sha256,
} from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { afterEach, expect, test } from 'vitest'
import { openRegistry } from '../src/registry.ts'

const signature: Signature = {
  inputs: [{ name: 'x', type: 'float32', dims: ['batch', 784] }],
  outputs: [{ name: 'y', type: 'float32', dims: ['batch', null] }],
}
const reportOf = (ref: ModelRef): Report => ({
  subject: { path: 'digits.onnx', format: 'onnx', digest: ref.digest },
  verdict: 'pass',
  scores: {},
  findings: [],
  stages: [],
  skipped: [],
  environment: {},
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
})
const refOf = (version: string, name = 'digits'): ModelRef => ({ name, version, digest: sha256(`${name} ${version}`) })
const registration = (ref: ModelRef) => ({ ref, signature, report: reportOf(ref) })
const fails = (code: NootropicError['code'], text: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(text) })

/** What the registry does on either engine. `newLocation` names an empty database for each test. */
export const registryContract = (newLocation: () => Promise<string>): void => {
  const opened: Database[] = []
  const open = async (location: string) => {
    const database = await openDatabase(location)
    opened.push(database)
    return openRegistry({ database, clock: createManualClock('2026-01-01T00:00:00Z') })
  }
  const openNew = async () => open(await newLocation())
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close()
  })
  const closeAll = async () => {
    for (const database of opened.splice(0)) await database.close()
  }

  test('a registered model comes back as it was registered', async () => {
    const registry = await openNew()
    const ref = refOf('1.0.0')
    const registered = await registry.add({ ...registration(ref), originalDigest: sha256('original') })
    expect(registered).toEqual({
      ...registration(ref),
      originalDigest: sha256('original'),
      registeredAt: '2026-01-01T00:00:00.000Z',
    })
    expect(await registry.get('digits')).toEqual(registered)
    expect(await registry.get('digits', '1.0.0')).toEqual(registered)
    expect(await registry.list()).toEqual([{ name: 'digits', versions: [ref] }])
  })

  test('the same again changes nothing', async () => {
    const registry = await openNew()
    const ref = refOf('1.0.0')
    const first = await registry.add(registration(ref))
    await registry.add(registration(refOf('2.0.0')))
    expect(await registry.add(registration(ref))).toEqual(first)
    expect((await registry.status('digits')).versions).toEqual([ref, refOf('2.0.0')])
  })

  test('a version is never registered with other bytes', async () => {
    const registry = await openNew()
    await registry.add(registration(refOf('1.0.0')))
    const other = { ...refOf('1.0.0'), digest: sha256('other') }
    await expect(registry.add(registration(other))).rejects.toEqual(fails('MODEL_EXISTS', 'other bytes'))
    expect((await registry.get('digits')).ref).toEqual(refOf('1.0.0'))
  })

  test('a version below the highest is refused, by precedence and not by text', async () => {
    const registry = await openNew()
    for (const version of ['1.9.0', '1.10.0-rc.1', '1.10.0']) await registry.add(registration(refOf(version)))
    for (const version of ['1.9.1', '1.10.0-rc.2', '1.2.0', '0.99.0']) {
      await expect(registry.add(registration(refOf(version)))).rejects.toEqual(fails('MODEL_EXISTS', '1.10.0'))
    }
    expect((await registry.get('digits')).ref.version).toBe('1.10.0')
  })

  test('a refused first version leaves no model', async () => {
    const registry = await openNew()
    const bad = { ...registration(refOf('1.0.0')), report: {} as Report }
    await expect(registry.add(bad)).rejects.toEqual(fails('USAGE', 'report'))
    expect(await registry.list()).toEqual([])
  })

  test('names and versions that are none are refused', async () => {
    const registry = await openNew()
    for (const ref of [refOf('1.0'), refOf('1.0.0', '../x'), { ...refOf('1.0.0'), digest: 'sha256:0' as const }]) {
      await expect(registry.add(registration(ref))).rejects.toEqual(fails('USAGE', 'expected'))
      await expect(registry.activate(ref)).rejects.toEqual(fails('USAGE', 'expected'))
    }
  })

  test('an unknown model is named with the one that was probably meant', async () => {
    const registry = await openNew()
    await registry.add(registration(refOf('1.0.0')))
    const unknown = fails('MODEL_NOT_FOUND', 'did you mean "digits"')
    await expect(registry.get('digit')).rejects.toEqual(unknown)
    await expect(registry.active('digit')).rejects.toEqual(unknown)
    await expect(registry.suspend('digit', 'x')).rejects.toEqual(unknown)
    await expect(registry.resume('digit')).rejects.toEqual(unknown)
    await expect(registry.rollback('digit', 'x')).rejects.toEqual(unknown)
    await expect(registry.history('digit')).rejects.toEqual(unknown)
    await expect(registry.get('digits', '3.0.0')).rejects.toEqual(fails('MODEL_NOT_FOUND', 'its versions are 1.0.0'))
  })

  test('nothing serves before it is activated, and only the registered bytes can be', async () => {
    const registry = await openNew()
    await registry.add(registration(refOf('1.0.0')))
    await expect(registry.active('digits')).rejects.toEqual(fails('MODEL_NOT_FOUND', 'activate one'))
    const other = { ...refOf('1.0.0'), digest: sha256('other') }
    await expect(registry.activate(other)).rejects.toEqual(fails('MODEL_NOT_FOUND', 'registered as'))
    await expect(registry.activate(refOf('2.0.0'))).rejects.toEqual(fails('MODEL_NOT_FOUND', 'not registered'))
    await registry.activate(refOf('1.0.0'))
    expect((await registry.active('digits')).ref).toEqual(refOf('1.0.0'))
    expect((await registry.status('digits')).active).toEqual(refOf('1.0.0'))
  })

  test('rolling back goes one version further back each time, and every activation is kept', async () => {
    const registry = await openNew()
    const [first, second, third] = [refOf('1.0.0'), refOf('2.0.0'), refOf('3.0.0')]
    for (const ref of [first, second, third]) {
      await registry.add(registration(ref))
      await registry.activate(ref)
    }
    await registry.activate(third) // serves already
    expect(await registry.previous('digits')).toEqual(second)
    expect(await registry.rollback('digits', 'errors')).toEqual(second)
    expect(await registry.previous('digits')).toEqual(first)
    expect(await registry.rollback('digits', 'more errors')).toEqual(first)
    expect(await registry.previous('digits')).toBeUndefined()
    await expect(registry.rollback('digits', 'again')).rejects.toEqual(
      fails('MODEL_NOT_FOUND', 'before the active one'),
    )
    expect((await registry.active('digits')).ref).toEqual(first)
    await registry.activate(third)
    expect(await registry.previous('digits')).toEqual(first)

    const at = '2026-01-01T00:00:00.000Z'
    expect(await registry.history('digits')).toEqual([
      { ref: first, at },
      { ref: second, at },
      { ref: third, at },
      { ref: second, at, rollbackReason: 'errors' },
      { ref: first, at, rollbackReason: 'more errors' },
      { ref: third, at },
    ])
  })

  test('a suspended model serves nobody until it is resumed, after a restart too', async () => {
    const location = await newLocation()
    const before = await open(location)
    for (const ref of [refOf('1.0.0'), refOf('2.0.0')]) {
      await before.add(registration(ref))
      await before.activate(ref)
    }
    await before.suspend('digits', 'incident 7')
    await before.suspend('digits', 'incident 8')
    await closeAll()

    const registry = await open(location)
    await expect(registry.active('digits')).rejects.toEqual(fails('MODEL_SUSPENDED', 'incident 7'))
    await registry.rollback('digits', 'incident 7')
    await expect(registry.active('digits')).rejects.toEqual(fails('MODEL_SUSPENDED', 'incident 7'))
    expect(await registry.status('digits')).toEqual({
      name: 'digits',
      versions: [refOf('1.0.0'), refOf('2.0.0')],
      active: refOf('1.0.0'),
      suspended: { reason: 'incident 7', since: '2026-01-01T00:00:00.000Z' },
    })
    await registry.resume('digits')
    expect((await registry.active('digits')).ref).toEqual(refOf('1.0.0'))
  })

  test('one model does not touch another', async () => {
    const registry = await openNew()
    for (const ref of [refOf('1.0.0'), refOf('1.0.0', 'faces')]) {
      await registry.add(registration(ref))
      await registry.activate(ref)
    }
    await registry.suspend('faces', 'x')
    expect((await registry.active('digits')).ref).toEqual(refOf('1.0.0'))
    expect((await registry.list()).map(({ name }) => name)).toEqual(['digits', 'faces'])
  })

  test('of two that register different bytes as one version at once, one wins', async () => {
    const registry = await openNew()
    const refs = Array.from({ length: 8 }, (_, index) => ({ ...refOf('1.0.0'), digest: sha256(`bytes ${index}`) }))
    const outcomes = await Promise.allSettled(refs.map((ref) => registry.add(registration(ref))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(fails('MODEL_EXISTS', 'other bytes'))
    }
  })
}
