import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryLock } from '../../src/storage/index.ts'
import { startProcess } from './processes.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-lock-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const attempt = () => tryLock(directory, 'lock')
const take = async () => {
  const { release } = await attempt()
  if (release === undefined) throw new Error('expected the lock to be free')
  return release
}

test('one caller has the lock until it gives it back', async () => {
  const release = await take()
  expect(await attempt()).toEqual({
    holder: expect.stringContaining(`process ${process.pid} of `),
    path: join(directory, 'lock.1'),
  })
  expect(await tryLock(directory, 'other')).toHaveProperty('release')
  await release()
  await (await take())()
  expect(readdirSync(directory).sort()).toEqual(['lock.2', 'other.1'])
})

test('of many that try at once one gets it', async () => {
  for (let round = 1; round <= 5; round += 1) {
    const attempts = await Promise.all(Array.from({ length: 8 }, attempt))
    const winners = attempts.flatMap(({ release }) => (release === undefined ? [] : [release]))
    expect(winners).toHaveLength(1)
    await winners[0]?.()
  }
})

test('the lock of a process that was killed is taken over, and what it left is removed', async () => {
  const { child } = startProcess(new URL('lock-process.ts', import.meta.url), [directory])
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  expect(await attempt()).toMatchObject({ holder: expect.stringContaining(`process ${child.pid} of `) })
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await ended
  writeFileSync(join(directory, '.lock.1.left'), '')
  await take()
  expect(readdirSync(directory)).toEqual(['lock.2'])
})

test('of many that find the lock of a dead process one takes it over', async () => {
  const dead = { pid: 2 ** 30, startedAt: '1', boot: 'before', place: `${hostname()} pid:[1]` }
  for (let number = 7; number < 12; number += 1) {
    writeFileSync(join(directory, `lock.${number}`), JSON.stringify(dead))
    const attempts = await Promise.all(Array.from({ length: 8 }, attempt))
    expect(attempts.filter(({ release }) => release !== undefined)).toHaveLength(1)
    expect(readdirSync(directory)).toEqual([`lock.${number + 1}`])
    rmSync(join(directory, `lock.${number + 1}`))
  }
})

test('a lock of another time is free, one that cannot be judged is not', async () => {
  await take()
  const held = JSON.parse(readFileSync(join(directory, 'lock.1'), 'utf8'))
  const [host] = String(held.place).split(' ')
  const isFree = async (text: string): Promise<boolean> => {
    for (const name of readdirSync(directory)) rmSync(join(directory, name))
    writeFileSync(join(directory, 'lock.7'), text)
    return (await attempt()).release !== undefined
  }
  expect(await isFree('')).toBe(true)
  expect(await isFree(JSON.stringify({ ...held, pid: 2 ** 30 }))).toBe(true)
  expect(await isFree(JSON.stringify({ ...held, startedAt: '1' }))).toBe(true)
  expect(await isFree(JSON.stringify({ ...held, boot: 'before', place: `${host} pid:[1]` }))).toBe(true)
  expect(await isFree(JSON.stringify(held))).toBe(false)
  expect(await isFree(JSON.stringify({ ...held, pid: 2 ** 30, place: 'other-host pid:[1]' }))).toBe(false)
  expect(await isFree('no lock')).toBe(false)
})
