import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyStore } from '@nootropic/core/crypto'
import { readModelPackage } from '@nootropic/core/formats'
import { expect } from 'vitest'
import { buildProgram, type Kill, runProgram } from '../../../../tools/testing/killed-process.ts'
import { openHome, type Said } from './crash-work.ts'

export const buildCrashProgram = (): string => buildProgram(new URL('crash-process.ts', import.meta.url))

const isIn = (refs: readonly { name: string; version: string }[], ref: { name: string; version: string }): boolean =>
  refs.some(({ name, version }) => name === ref.name && version === ref.version)

const verifyHome = async (home: string, said: readonly Said[], label: string): Promise<void> => {
  // Opening it removes what is left over.
  const vault = await openHome(home)
  const listed = await vault.list()
  for (const one of listed) expect(one, label).not.toHaveProperty('problem')
  const refs = listed.flatMap((one) => ('digest' in one ? [one] : []))
  const removing = said.flatMap((one) => (one.done === 'removing' ? [one.ref] : []))
  for (const one of said) {
    if (one.done === 'removed') expect(isIn(refs, one.ref), label).toBe(false)
    // A removal may be in force without having been said.
    if (one.done === 'sealed' && !isIn(removing, one.ref)) expect(refs, label).toContainEqual(one.ref)
    if (one.done === 'exported') expect((await readModelPackage(one.to)).digest, label).toBe(one.ref.digest)
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
  const names = readdirSync(join(home, 'models'))
  expect(
    names.filter((name) => !/^(model-\d|next|lock\.\d+)$/.test(name)),
    label,
  ).toEqual([])
}

/** Lets a process work on a new vault and die, and verifies what is left; the number of steps when it came to its end. */
export const crash = async (program: string, { seed, step, mode }: Kill): Promise<number | undefined> => {
  const home = mkdtempSync(join(tmpdir(), 'nootropic-vault-crash-'))
  try {
    const said = await runProgram<Said>(program, [home, String(seed), String(step), mode])
    await verifyHome(home, said, `seed ${seed}, ${mode} step ${step}`)
    const last = said.at(-1)
    return last?.done === 'all' ? last.steps : undefined
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
