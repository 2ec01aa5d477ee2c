import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../src/clock.ts'
import { openKeyStore } from '../../src/crypto/index.ts'

let home: string
let directory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nootropic-key-history-'))
  directory = join(home, 'keys')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const clock = createManualClock('2026-01-01T00:00:00Z')
const open = () => openKeyStore({ directory, clock })
const digits = { purpose: 'vault', id: 'digits 1.0.0' }
const path = () => join(directory, 'history.jsonl')
const read = (): string[] => readFileSync(path(), 'utf8').split('\n').slice(0, -1)
const write = (lines: readonly string[]): void =>
  writeFileSync(path(), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
const unavailable = (found: string) =>
  expect.objectContaining({ code: 'KEY_UNAVAILABLE', message: expect.stringContaining(found) })
const sha256 = (line: string): string => createHash('sha256').update(line).digest('hex')

/** A store whose history has five lines. */
const fill = async (): Promise<string> => {
  const keys = await open()
  const { keyId } = await keys.createDataKey(digits)
  await keys.setState(keyId, 'revoked')
  await keys.rotate()
  await keys.removeKey(keyId)
  return keyId
}

test('the history says what was done when, and to which key, and each line names the one before it', async () => {
  const keyId = await fill()
  const lines = read()
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    [
      { action: 'store-created' },
      { action: 'key-created', keyId },
      { action: 'state-changed', keyId, state: 'revoked' },
      { action: 'rotated' },
      { action: 'key-removed', keyId },
    ].map((change, at) => ({
      revision: at + 1,
      at: '2026-01-01T00:00:00.000Z',
      changes: [change],
      ...(at === 0 ? {} : { previous: sha256(lines[at - 1] as string) }),
    })),
  )
})

test('a history that was altered, and its chain mended up to its end, is refused', async () => {
  await fill()
  const lines = read()
  const chained = (altered: readonly string[]): string[] => {
    const result: string[] = []
    for (const line of altered) {
      const previous = result.at(-1)
      const value = JSON.parse(line)
      // In the order of names, as the key store writes it.
      result.push(JSON.stringify(previous === undefined ? value : { ...value, previous: sha256(previous) }, order))
    }
    return result
  }
  const order = ['action', 'at', 'changes', 'keyId', 'previous', 'revision', 'state']
  expect(chained(lines)).toEqual(lines)
  const [created, made, revoked, rotated, removed] = lines as [string, string, string, string, string]
  const later = made.replace('2026', '2027')
  const spoilt = revoked.replace('revision', 'Revision')
  for (const altered of [
    [created, made, spoilt, rotated, removed],
    [created, made, revoked, spoilt, rotated, removed],
    [created.replace('revision', 'Revision'), made, revoked, rotated, removed],
    [created, made, revoked, rotated, removed.replace('revision', 'Revision')],
    [created, made, revoked, rotated, removed, ''],
    [created, made, revoked, rotated, removed, removed.slice(0, -9)],
    [created, later, revoked, rotated, removed],
    [created, revoked, rotated, removed],
    [created, made, rotated, revoked, removed],
    [created, made, revoked, revoked.replace('revoked', 'active'), rotated, removed],
    [created, made, revoked],
    [created, made, revoked, rotated, removed.replace('removed', 'created')],
    [created, made, revoked, rotated, `${removed}${' '.repeat(300_000)}`],
  ]) {
    const isParsable = altered.every((line) => line.includes('revision') && line.trimEnd().endsWith('}'))
    for (const written of isParsable ? [altered, chained(altered)] : [altered]) {
      if (written.join() === lines.join()) continue
      write(written)
      await expect(open(), written.join('\n')).rejects.toEqual(unavailable('changed or gone'))
    }
  }
  write(lines)
  await open()
})

test('a history that was cut in its last line, or lacks it, goes on with a whole one', async () => {
  await fill()
  const cuts: ((text: string) => string)[] = [
    (text) => text.slice(0, -30),
    (text) => text.slice(0, -1),
    (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1),
    // What a file system may leave of a line after a power cut.
    (text) => `${text}${'\0'.repeat(4096)}`,
  ]
  for (const cut of cuts) {
    const text = readFileSync(path(), 'utf8')
    const last = read().at(-1) as string
    writeFileSync(path(), cut(text))
    await (await open()).createDataKey(digits)
    expect(read()).toContain(last)
    expect(JSON.parse(read().at(-1) as string).previous).toBe(sha256(last))
    for (const line of read()) expect(JSON.parse(line)).toHaveProperty('revision')
    await open()
  }
})

test('where the first line was cut, it is written again', async () => {
  await open()
  const [first] = read() as [string]
  writeFileSync(path(), first.slice(0, 40))
  await (await open()).createDataKey(digits)
  expect(read()).toHaveLength(2)
  expect(read()[0]).toBe(first)
  await open()
})

test('a history that was moved away begins anew, and shows that one came before it', async () => {
  await fill()
  const last = read().at(-1) as string
  rmSync(path())
  await (await open()).createDataKey(digits)
  const [first, second] = read() as [string, string]
  expect(first).toBe(last)
  expect(JSON.parse(first).previous).toMatch(/^[0-9a-f]{64}$/)
  expect(JSON.parse(second)).toMatchObject({ revision: 6, previous: sha256(first) })
  await open()
})
