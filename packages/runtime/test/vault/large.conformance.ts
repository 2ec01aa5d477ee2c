import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { code, createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const gibibyte = 2 ** 30
const size = 4 * gibibyte + 12_345
const marks = [0, 2 * gibibyte - 3, 4 * gibibyte - 5, 4 * gibibyte + 12_335]

test('a file of more than 4 GiB is sealed, read anywhere, and refused where it would be held whole', async () => {
  mkdirSync(join(at.home, 'clear'))
  // A sparse file: zeros but for the marks.
  const file = openSync(join(at.home, 'clear', 'model.onnx'), 'w')
  ftruncateSync(file, size)
  for (const mark of marks) writeSync(file, String(mark).slice(0, 10), mark)
  closeSync(file)

  const vault = await at.open()
  const ref = await vault.sealFrom(join(at.home, 'clear'), { name: 'digits', version: '1.0.0' })
  const reader = await vault.openReader(ref)
  const [large] = reader.files
  expect(large?.size).toBe(size)
  for (const mark of marks) {
    const text = String(mark).slice(0, 10)
    expect((await large?.read(mark, text.length))?.toString()).toBe(text)
  }
  expect((await large?.read(3 * gibibyte, 65_536))?.every((byte) => byte === 0)).toBe(true)
  await reader.close()
  await expect(vault.open(ref)).rejects.toEqual(code('LIMIT_EXCEEDED'))
})
