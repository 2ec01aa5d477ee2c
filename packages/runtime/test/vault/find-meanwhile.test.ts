import { readdirSync } from 'node:fs'
import type { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHome } from './home.ts'

// What happens after a look at the disk.
const disk = vi.hoisted(() => ({ meanwhile: async () => {} }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<{ lstat: typeof lstat }>()
  const look = async (...parameters: Parameters<typeof lstat>) => {
    const stats = await original.lstat(...parameters)
    await disk.meanwhile()
    return stats
  }
  return { ...original, lstat: look }
})

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => {
  disk.meanwhile = async () => {}
  at.remove()
})

test('a version that is removed while it is looked for is not found, and not made again', async () => {
  const vault = await at.open()
  const version = { name: 'digits', version: '1.0.0' }
  const source = at.write({ 'model.onnx': 'graph' })
  for (const look of [1, 2, 3]) {
    await vault.sealFrom(source, version)
    let looks = 0
    disk.meanwhile = async () => {
      looks += 1
      if (looks === look) await vault.remove(version)
    }
    expect(await vault.find(version)).toBeUndefined()
    expect(looks).toBeGreaterThan(look)
    disk.meanwhile = async () => {}
    expect(readdirSync(join(at.directory, 'digits'))).toEqual([])
  }
})
