import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readDataset } from '../../src/data/index.ts'
import { folderOf } from './support.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('../../../../tools/dataset-fixtures/random_data.py', import.meta.url))

/** JPEG leaves the rounding of its transform and of its colours to the decoder. */
const jpegTolerance = 6

const ask = async (seed: number): Promise<string> => {
  const folder = await folderOf({})
  try {
    execFileSync(python, [script, folder, String(seed)])
  } catch (cause) {
    throw new Error('expected numpy and PIL: install Debian’s python3-numpy and python3-pil', { cause })
  }
  return folder
}

test('random arrays of numpy and pictures of PIL are read as their own library reads them', {
  timeout: 60_000,
}, async () => {
  for (const seed of [1, 2, 3]) {
    const folder = await ask(seed)
    for (let index = 0; index < 150; index += 1) {
      const base = join(folder, 'arrays', String(index))
      const { shape } = JSON.parse(readFileSync(`${base}.json`, 'utf8')) as { shape: number[] }
      const expected = new Float64Array(Uint8Array.from(readFileSync(`${base}.bin`)).buffer)
      const { inputs } = await readDataset(`${base}.npy`, {
        domain: [-1000, 1000],
        input: { name: 'x', type: 'float64', dims: [] },
      })
      expect(inputs.dims).toEqual(shape.length === 1 ? [...shape, 1] : shape)
      expect([...inputs.data]).toEqual([...expected])
    }
    for (let index = 0; index < 100; index += 1) {
      const base = join(folder, 'pictures', String(index))
      const content = JSON.parse(readFileSync(`${base}.json`, 'utf8')) as {
        width: number
        height: number
        isJpeg: boolean
      }
      const expected = readFileSync(`${base}.bin`)
      const { inputs } = await readDataset(base, { preprocessing: { layout: 'nhwc', scale: [0, 255] } })
      expect(inputs.dims).toEqual([1, content.height, content.width, 3])
      const worst = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (inputs.data[at] ?? 999))), 0)
      expect(worst, `picture ${index} of seed ${seed}`).toBeLessThanOrEqual(content.isJpeg ? jpegTolerance : 0)
    }
  }
})
