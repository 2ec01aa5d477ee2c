import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelRef, modelDigest, type SeededRandom, sha256 } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { openVault } from '../../src/vault/vault.ts'

/** What a process says once a call of the vault has resolved. */
export type Said =
  | { done: 'sealed' | 'removing' | 'removed' | 'backed-up' | 'damaged' | 'lost' | 'restored'; ref: ModelRef }
  | { done: 'exporting' | 'exported'; ref: ModelRef; to: string }

export const openHome = async (home: string) =>
  openVault({
    directory: join(home, 'models'),
    backups: join(home, 'snapshots', 'models'),
    keys: await openKeyStore({ directory: join(home, 'keys') }),
  })

const contentOf = (number: number) => {
  const files = { 'model.onnx': `graph ${number}`, 'data/weights.bin': Buffer.alloc(40_000, `weights ${number} `) }
  return Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content)
    return { path, digest: sha256(bytes), bytes }
  })
}

/** Does to a sealed model what a restore has to mend. */
export const damage = (home: string, { name, version }: ModelRef, what: 'damaged' | 'lost'): void => {
  const place = join(home, 'models', name, version)
  rmSync(what === 'damaged' ? join(place, 'file-0') : place, { recursive: true })
}

/** Seals, exports, backs up, restores and removes models in a seeded order, and says what is done. */
export const crashWork = async (home: string, random: SeededRandom, say: (said: Said) => void): Promise<void> => {
  const vault = await openHome(home)
  const sealed: ModelRef[] = []
  let number = 0
  const next = () => {
    number += 1
    const files = contentOf(number)
    return { files, model: { name: `model-${number % 3}`, version: `1.${number}.0`, digest: modelDigest(files) } }
  }
  const acknowledge = (ref: ModelRef): void => {
    sealed.push(ref)
    say({ done: 'sealed', ref })
  }
  const seal = async (): Promise<void> => {
    const { files, model } = next()
    await vault.seal(model, { main: 'model.onnx', files })
    acknowledge(model)
  }
  const sealFrom = async (): Promise<void> => {
    const { files, model } = next()
    const source = join(home, 'clear', String(number))
    // Not by node:fs/promises: what the test itself writes counts as no step.
    mkdirSync(join(source, 'data'), { recursive: true })
    for (const { path, bytes } of files) writeFileSync(join(source, path), bytes)
    const { name, version } = model
    acknowledge(await vault.sealFrom(source, { name, version }))
  }
  const remove = async (): Promise<void> => {
    const [ref] = sealed.splice(random.integer(sealed.length), 1)
    if (ref === undefined) return
    say({ done: 'removing', ref })
    await vault.remove(ref)
    say({ done: 'removed', ref })
  }
  const exportOne = async (): Promise<void> => {
    const ref = sealed[random.integer(sealed.length)]
    if (ref === undefined) return
    const to = join(home, `export-${number}-${ref.version}`)
    say({ done: 'exporting', ref, to })
    await vault.export(ref, to)
    say({ done: 'exported', ref, to })
  }
  const backupAndRestore = async (): Promise<void> => {
    const ref = sealed.at(-1)
    if (ref === undefined) return
    await vault.backup(ref)
    say({ done: 'backed-up', ref })
    const what = random.integer(2) === 0 ? 'damaged' : 'lost'
    say({ done: what, ref })
    damage(home, ref, what)
    await vault.restore(ref)
    say({ done: 'restored', ref })
    rmSync(join(home, 'snapshots/models', ref.name, ref.version, 'index'))
    await vault.backup(ref)
  }
  const work = [seal, sealFrom, remove, exportOne, backupAndRestore]
  for (let at = work.length - 1; at > 0; at -= 1) {
    const other = random.integer(at + 1)
    ;[work[at], work[other]] = [work[other] as () => Promise<void>, work[at] as () => Promise<void>]
  }
  await seal()
  for (const change of work) await change()
  await seal()
}
