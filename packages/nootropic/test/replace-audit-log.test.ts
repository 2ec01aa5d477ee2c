import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyServedAuditLog } from '@nootropic/access/audit'
import { type Random, systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceAuditLog } from '../src/audit/replace-audit-log.ts'
import type { InstallationTables } from '../src/installation-tables.ts'
import { openNootropic } from '../src/open.ts'
import { runIn } from './support/run-command.ts'

let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nootropic-replace-'))
  home = join(folder, 'home')
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = () => openNootropic({ home, isolation: 'none', alertIntervalSeconds: 0, tidyEverySeconds: 0 })

/** An installation with `count` entries of its own; gives the key of its log. */
const begin = async (count = 2): Promise<string> => {
  const nootropic = await open()
  for (let at = 0; at < count; at += 1) {
    await nootropic.audit.append({
      category: 'operation',
      actor: 'user:ada',
      action: `step ${at}`,
      resource: 'model:digits',
      outcome: 'succeeded',
    })
  }
  await nootropic.close()
  return nootropic.audit.verifierKey
}

const changeEntry = (directory = join(home, 'audit')): void => {
  const bundle = join(directory, 'tile/entries')
  const [tile = ''] = readdirSync(bundle, { recursive: true, encoding: 'utf8' }).filter((name) => /\/\d+$/.test(name))
  writeFileSync(join(bundle, tile), readFileSync(join(bundle, tile), 'utf8').replace('step 0', 'step 9'))
}

const entriesOf = async () => {
  const nootropic = await open()
  try {
    await nootropic.audit.verify()
    return await nootropic.audit.tail(10)
  } finally {
    await nootropic.close()
  }
}

const refusal = () =>
  open().then(
    () => undefined,
    (error: Error) => error.message,
  )

test('a log that was changed in its middle still opens, and is replaced because it does not verify', async () => {
  const first = await begin()
  changeEntry()
  const { found, keptIn, checkpoint, verifierKey } = await replaceAuditLog({ home })
  expect(found).toContain('got a changed tile')
  expect(keptIn).toMatch(/audit\.replaced-\d{8}T\d{9}Z$/)
  expect(verifierKey).not.toBe(first)
  const [entry] = await entriesOf()
  expect(entry).toMatchObject({
    index: 0,
    actor: 'system:nootropic',
    action: 'replace-log',
    details: { found, checkpoint, keptIn: keptIn?.split('/').at(-1) },
  })
  // What was kept is the evidence: the same files, which the key that was handed out refuses.
  await expect(
    verifyServedAuditLog({ directory: keptIn ?? '', verifierKey: first, anchor: checkpoint }),
  ).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
})

test('a log that is gone, that ends where somebody wrote, or whose key is lost is refused with what to do, and replaced', async () => {
  const losses = [
    () => rmSync(join(home, 'audit'), { recursive: true }),
    () => {
      const journal = join(home, 'audit/journal')
      for (const name of readdirSync(journal)) appendFileSync(join(journal, name), 'somebody was here')
    },
    () => writeFileSync(join(home, 'audit-key/epoch'), 'no key'),
    () => rmSync(join(home, 'audit-key/epoch')),
  ]
  await begin()
  for (const lose of losses) {
    lose()
    expect(await refusal()).toContain('`nootropic audit replace` keeps what is left of it and begins another')
    await replaceAuditLog({ home })
    const [first, ...more] = await entriesOf()
    expect([first?.action, more]).toEqual(['replace-log', []])
  }
  expect(readdirSync(home).filter((name) => name.startsWith('audit.replaced-')).length).toBe(losses.length - 1)
})

test('a log that is sound is not replaced, nor one that another program has open', async () => {
  await begin()
  const before = readdirSync(home).filter((name) => !name.startsWith('in-use'))
  await expect(replaceAuditLog({ home })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('found a sound one'),
  })
  const running = await open()
  try {
    await expect(replaceAuditLog({ home })).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      message: expect.stringContaining('only program'),
    })
  } finally {
    await running.close()
  }
  expect(readdirSync(home).filter((name) => name.includes('replaced'))).toEqual([])
  expect(readdirSync(home).filter((name) => !name.startsWith('in-use'))).toEqual(before)
})

// With its modes: cpSync of Node 24 gives directories those of new ones.
const copyHome = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to])

const tampered = 'got a changed tile'
const noteFile = () => join(home, 'audit-replacement')

test('a replacement that was stopped after any of its steps is gone on with, and says all that it would have said', async () => {
  await begin()
  changeEntry()
  const reference = join(folder, 'reference')
  copyHome(home, reference)
  let note = ''
  // Stopped where the new log asks for its first key: everything was put aside.
  const dying: Random = {
    ...systemRandom,
    bytes(length) {
      if (!existsSync(noteFile())) return systemRandom.bytes(length)
      note = readFileSync(noteFile(), 'utf8')
      throw new Error('killed')
    },
  }
  await expect(replaceAuditLog({ home, random: dying })).rejects.toThrow()
  expect(note).toContain(tampered)
  const steps = [
    // When the note was written, and nothing else done.
    (place: string) => writeFileSync(join(place, 'audit-replacement'), note, { mode: 0o600 }),
    // When the log was put aside, and its key was not.
    (place: string) => {
      writeFileSync(join(place, 'audit-replacement'), note, { mode: 0o600 })
      renameSync(join(place, 'audit'), join(place, JSON.parse(note).keptIn))
    },
  ]
  const places = steps.map((step, at) => {
    const place = join(folder, `stopped-${at}`)
    copyHome(reference, place)
    step(place)
    return place
  })
  for (const place of [home, ...places]) {
    home = place
    expect(await refusal()).toContain('a replacement that was stopped; `nootropic audit replace`')
    const { found, keptIn, checkpoint } = await replaceAuditLog({ home })
    expect(found).toContain(tampered)
    expect(existsSync(join(keptIn ?? '', 'tile'))).toBe(true)
    expect(await entriesOf()).toMatchObject([{ action: 'replace-log', details: { found, checkpoint } }])
    expect(existsSync(noteFile())).toBe(false)
  }
})

test('a note of a replacement that cannot be read keeps the log shut, and is gone on with', async () => {
  await begin()
  writeFileSync(noteFile(), 'nonsense', { mode: 0o600 })
  expect(await refusal()).toContain('a replacement that was stopped')
  await replaceAuditLog({ home })
  expect((await entriesOf()).map(({ action }) => action)).toEqual(['replace-log'])
})

test('a text of any length in the place of the checkpoint does not keep the log from being replaced', async () => {
  await begin()
  const database = await openDatabase(join(home, 'state.db'))
  const checkpoint = 'x'.repeat(100_000)
  await database.tables<InstallationTables>().updateTable('nootropic_anchors').set({ checkpoint }).execute()
  await database.close()
  expect((await replaceAuditLog({ home })).checkpoint).toContain('100000 characters with the digest sha256:')
  expect((await entriesOf()).map(({ action }) => action)).toEqual(['replace-log'])
})

test('the command says what was found, where the files are, and the key to keep', async () => {
  await begin()
  changeEntry()
  const run = (...words: string[]) => runIn(folder, ['audit', 'replace', '--home', home, ...words])
  const { exit, output } = await run()
  const [found, kept = '', another] = output.split('\n')
  expect(exit).toBe(0)
  expect(found).toContain('expected the audit log that was signed')
  expect(existsSync(kept.replace('its files are kept in ', ''))).toBe(true)
  expect(another).toMatch(/^another was begun; keep elsewhere: nootropic\.local\/audit\+/)
  expect(await run()).toMatchObject({ exit: 2, diagnostics: expect.stringContaining('go on with it') })
})
