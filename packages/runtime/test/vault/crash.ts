import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelRef } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { readModelPackage } from '@nootropic/core/formats'
import { expect } from 'vitest'
import { damage, openHome, type Said } from './crash-work.ts'

const isIn = (refs: readonly { name: string; version: string }[], ref: { name: string; version: string }): boolean =>
  refs.some(({ name, version }) => name === ref.name && version === ref.version)

/** Those of which a process said one thing and not, or not yet, the other. */
const saidOnly = (said: readonly Said[], done: Said['done'], not: Said['done']): ModelRef[] => {
  const later = said.flatMap((one) => (one.done === not ? [one.ref] : []))
  return said.flatMap((one) => (one.done === done && !isIn(later, one.ref) ? [one.ref] : []))
}

/** Verifies that a version that was backed up has a backup, or can have one again, that brings it back. */
const verifyBackups = async (home: string, said: readonly Said[], label: string): Promise<void> => {
  const vault = await openHome(home)
  const damaged = saidOnly(said, 'damaged', 'restored')
  // What is damaged is there until it is replaced.
  for (const ref of damaged) expect(existsSync(join(home, 'models', ref.name, ref.version)), label).toBe(true)
  for (const ref of [...damaged, ...saidOnly(said, 'lost', 'restored')]) {
    expect(await vault.restore(ref), label).toMatchObject({ ref })
  }
  for (const ref of saidOnly(said, 'backed-up', 'removing')) {
    await vault.backup(ref)
    damage(home, ref, 'lost')
    expect(await vault.restore(ref), label).toEqual({ ref, found: 'nothing' })
  }
  for (const ref of saidOnly(said, 'removing', 'removed')) {
    await vault.remove(ref).catch((error: unknown) => expect(error, label).toMatchObject({ code: 'MODEL_NOT_FOUND' }))
  }
  const backups = join(home, 'snapshots/models')
  if (!existsSync(backups)) return
  // A backup may be there without having been said, but none of what is not.
  const refs = (await vault.list()).map(({ name, version }) => `${name}/${version}`)
  const kept = readdirSync(backups).flatMap((name) =>
    readdirSync(join(backups, name)).map((version) => `${name}/${version}`),
  )
  expect(refs, label).toEqual(expect.arrayContaining(kept))
}

const verifyHome = async (home: string, said: readonly Said[], label: string): Promise<void> => {
  await verifyBackups(home, said, label)
  const vault = await openHome(home)
  const listed = await vault.list()
  for (const one of listed) expect(one, label).not.toHaveProperty('problem')
  const refs = listed.flatMap((one) => ('digest' in one ? [one] : []))
  const removing = said.flatMap((one) => (one.done === 'removing' ? [one.ref] : []))
  for (const one of said) {
    if (one.done === 'removed') expect(isIn(refs, one.ref), label).toBe(false)
    // A removal may be in force without having been said.
    if (one.done === 'sealed' && !isIn(removing, one.ref)) expect(refs, label).toContainEqual(one.ref)
    if (one.done === 'exported') expect(existsSync(one.to), label).toBe(true)
    if (one.done === 'exporting' && existsSync(one.to)) {
      expect((await readModelPackage(one.to)).digest, label).toBe(one.ref.digest)
    }
  }
  for (const ref of refs) expect((await vault.open(ref)).digest, label).toBe(ref.digest)
  // Every key belongs to a model that is there, or is revoked; but for one that was made and not yet written down.
  const active = (await (await openKeyStore({ directory: join(home, 'keys') })).list()).filter(
    ({ state }) => state === 'active',
  )
  expect(active.length, label).toBeLessThanOrEqual(refs.length + 1)

  // What was cut off can be done again.
  const source = join(home, 'next.onnx')
  writeFileSync(source, label)
  const ref = await vault.sealFrom(source, { name: 'next', version: '1.0.0' })
  expect((await vault.open(ref)).digest, label).toBe(ref.digest)
  for (const to of said.flatMap((one) => (one.done === 'exporting' ? [one.to] : []))) {
    rmSync(to, { recursive: true, force: true })
    await vault.export(ref, to)
    // Of one that was cut off no clear byte is left, though perhaps a directory that never had any.
    const paths = readdirSync(home, { recursive: true }).map(String)
    expect(
      paths.filter((path) => /\.unsealing-[^/]*\/model/.test(path)),
      label,
    ).toEqual([])
  }
  const names = readdirSync(join(home, 'models'))
  expect(
    names.filter((name) => !/^(model-\d|next|lock\.\d+)$/.test(name)),
    label,
  ).toEqual([])
}

/** A process that works on a new vault, and the models that it may not lose. */
export const vaultProgram = { source: new URL('crash-process.ts', import.meta.url), verify: verifyHome }
