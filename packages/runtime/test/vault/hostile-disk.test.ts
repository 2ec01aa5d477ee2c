import { join } from 'node:path'
import { createSeededRandom, isNootropicError, type ModelRef } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Vault } from '../../src/vault/vault-contract.ts'
import { createHome } from './home.ts'
import { mutate } from './hostile-disk.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const mutationCount = 2000
const refusals = ['SEALED_FILE_CORRUPT', 'FILE_UNREADABLE', 'LIMIT_EXCEEDED']

const readers: readonly ((vault: Vault, ref: ModelRef, target: string) => Promise<unknown>)[] = [
  (vault, ref) => vault.open(ref),
  async (vault, ref) => {
    const reader = await vault.openReader(ref)
    try {
      for (const file of reader.files) await file.read(0, file.size)
    } finally {
      await reader.close()
    }
  },
  (vault, ref, target) => vault.export(ref, target),
]

test(`none of ${mutationCount} changes of what is sealed gives a byte, and each is a typed error`, async () => {
  const vault = await at.open()
  const sources = ['digits 1.0.0', 'digits 1.1.0', 'faces 1.0.0'].map((label) => {
    const [name = '', version = ''] = label.split(' ')
    const source = at.write({ 'model.onnx': `graph of ${label}`, 'a/weights': `weights of ${label}`, empty: '' }, label)
    return { source, model: { name, version } }
  })
  const refs: ModelRef[] = []
  for (const { source, model } of sources) refs.push(await vault.sealFrom(source, model))
  const places = refs.map(({ name, version }) => join(at.directory, name, version))

  const random = createSeededRandom(4)
  for (let count = 0; count < mutationCount; count += 1) {
    const which = random.integer(refs.length)
    const others = places.filter((_, other) => other !== which)
    const { name, undo } = mutate(places[which] as string, others, random)
    // An export waits for the disk.
    const read = readers[count % 20 === 0 ? 2 : count % 2] as (typeof readers)[0]
    const outcome = await read(vault, refs[which] as ModelRef, join(at.home, 'target')).then(
      () => 'read',
      (error: unknown) => error,
    )
    undo()
    expect(isNootropicError(outcome) ? outcome.code : outcome, name).toSatisfy((found) => refusals.includes(found))
  }
  for (const ref of refs) expect((await vault.open(ref)).digest).toBe(ref.digest)
})
