import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TensorSpec } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDataset } from '../../src/data/index.ts'
import { zip64Field, zipOf } from '../support/zip-builder.ts'
import { bytesOf, fileOf, fixture, floatsOf, folderOf, npyOf } from './support.ts'

const fixtures = fixture('arrays') as {
  readonly arrays: readonly { name: string; shape: number[]; file: string; values: string }[]
  readonly refused: readonly { name: string; file: string }[]
  readonly archives: readonly { name: string; file: string }[]
}

const wide = [-1e9, 1e9] as const
const input = (dims: readonly (number | string)[]): TensorSpec => ({
  name: 'x',
  type: 'float32',
  dims: ['batch', ...dims],
})

test.each(fixtures.arrays)('an array of $name is read as numpy reads it', async ({ shape, file, values }) => {
  const { buffer, byteOffset } = Uint8Array.from(bytesOf(values))
  const expected = new Float64Array(buffer, byteOffset)
  const path = await fileOf('array.npy', bytesOf(file))
  const dataset = await readDataset(path, { domain: wide, input: { name: 'x', type: 'float64', dims: [] } })
  expect(dataset.inputs.dims).toEqual(shape.length === 1 ? [...shape, 1] : shape)
  expect([...dataset.inputs.data]).toEqual([...expected])
})

test.each(fixtures.refused)('an array of $name is refused by name, and nothing is unpickled', async ({ file }) => {
  const path = await fileOf('array.npy', bytesOf(file))
  await expect(readDataset(path, { domain: wide })).rejects.toMatchObject({ code: 'USAGE' })
})

test('an array of objects says that a pickle is a program', async () => {
  const path = await fileOf('array.npy', bytesOf(fixtures.refused[0]?.file ?? ''))
  await expect(readDataset(path, { domain: wide })).rejects.toThrow(/to hold numbers, found Python objects .*pickle/)
})

test.each(fixtures.archives)(
  'a $name archive gives inputs and labels, and a seeded choice of both',
  async ({ file }) => {
    const path = await fileOf('data.npz', bytesOf(file))
    const all = await readDataset(path, { domain: [0, 1], classes: 7 })
    expect(all.inputs.dims).toEqual([500, 2, 4])
    expect(all.labels?.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1])
    const some = await readDataset(path, { domain: [0, 1], limit: 40, seed: 3 })
    expect(some.inputs.dims[0]).toBe(40)
    for (const [place, label] of (some.labels ?? []).entries()) {
      const row = Math.round((some.inputs.data[8 * place] ?? 0) * 500)
      expect(label).toBe(row % 7)
    }
    expect(await readDataset(path, { domain: [0, 1], limit: 40, seed: 3 })).toEqual(some)
    expect(await readDataset(path, { domain: [0, 1], limit: 40, seed: 4 })).not.toEqual(some)
    const fortran = await readDataset(path, { domain: [0, 1], limit: 40, seed: 3, arrays: { inputs: 'fortran' } })
    expect(fortran.inputs).toEqual(some.inputs)
    expect(some.notes).toContain('40 of 500 examples, chosen with the seed 3')
    await expect(readDataset(path, { domain: [0, 1], arrays: { inputs: 'z' } })).rejects.toThrow(/"x", "y", "fortran"/)
  },
)

test('the domain is the one of 8 bits, else it must be declared, and values must lie in it', async () => {
  const bytes = await fileOf(
    'x.npy',
    npyOf("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", Uint8Array.of(0, 51, 102, 255)),
  )
  expect((await readDataset(bytes)).domain).toEqual([0, 255])
  const scaled = await readDataset(bytes, { preprocessing: { scale: [-1, 1] } })
  expect(scaled.domain).toEqual([-1, 1])
  expect([...scaled.inputs.data]).toEqual([-1, -0.6, -0.2, 1].map(Math.fround))
  const floats = await fileOf('x.npy', floatsOf([2, 2], [0, 0.5, 1, 2]))
  await expect(readDataset(floats)).rejects.toThrow(/numbers from 0 to 2 and no domain; declare `domain`/)
  await expect(readDataset(floats, { domain: [0, 1] })).rejects.toThrow(/values from 0 to 2/)
})

test('channels are normalised each on its own, and the domain is the widest of theirs', async () => {
  const path = await fileOf('x.npy', floatsOf([1, 2, 1, 2], [0, 1, 0, 1]))
  const dataset = await readDataset(path, {
    domain: [0, 1],
    preprocessing: { normalise: { mean: [0.5, 0.25], deviation: [0.5, 0.125] } },
  })
  expect([...dataset.inputs.data]).toEqual([-1, 1, -2, 6])
  expect(dataset.domain).toEqual([-2, 6])
  expect(dataset.normalisation).toEqual({ axis: 1, mean: [0.5, 0.25], deviation: [0.5, 0.125], domain: [0, 1] })
  expect(dataset.notes.join()).toContain('widest')
  const same = await readDataset(path, {
    domain: [0, 1],
    preprocessing: { normalise: { mean: [0.5], deviation: [0.5] } },
  })
  expect(same.normalisation).toBeUndefined()
  expect(same.domain).toEqual([-1, 1])
})

test('a layout is turned into the one of the model, and back', async () => {
  const values = Array.from({ length: 24 }, (_, index) => index)
  const path = await fileOf('x.npy', floatsOf([2, 2, 2, 3], values))
  const domain = [0, 100] as const
  const first = await readDataset(path, { domain, fileLayout: 'nhwc', input: input([3, 2, 2]) })
  expect([...first.inputs.data.slice(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
  const back = await fileOf('x.npy', floatsOf([2, 3, 2, 2], [...first.inputs.data]))
  const last = await readDataset(back, { domain, fileLayout: 'nchw', preprocessing: { layout: 'nhwc' } })
  expect([...last.inputs.data]).toEqual(values)
})

test('examples take the shape of the model where no element changes its place, else they are refused', async () => {
  const path = await fileOf(
    'x.npy',
    floatsOf(
      [2, 2, 3],
      Array.from({ length: 12 }, () => 0.5),
    ),
  )
  const dimsFor = async (dims: (number | string)[]) =>
    (await readDataset(path, { domain: [0, 1], input: input(dims) })).inputs.dims
  expect(await dimsFor([1, 2, 3])).toEqual([2, 1, 2, 3])
  expect(await dimsFor([2, 3, 1])).toEqual([2, 2, 3, 1])
  expect(await dimsFor([1, 'height', 'width'])).toEqual([2, 1, 2, 3])
  expect(await dimsFor([6])).toEqual([2, 6])
  await expect(dimsFor([3, 2])).rejects.toThrow(/shape \[3,2\] of input "x", found \[2,3\]/)
  await expect(dimsFor([7])).rejects.toMatchObject({ code: 'USAGE' })
})

test('labels come from a file, and every one is checked', async () => {
  const folder = await folderOf({ 'x.npy': floatsOf([3, 2], [0, 0, 0, 0, 0, 0]), 'y.csv': 'label\n2\n0\n1\n' })
  const path = join(folder, 'x.npy')
  const read = async (labels: string, content: string | Buffer, more = {}) => {
    await writeFile(join(folder, labels), content)
    return (await readDataset(path, { domain: [0, 1], labels: join(folder, labels), ...more })).labels
  }
  expect(await read('y.csv', 'label\n2\n0\n1\n')).toEqual([2, 0, 1])
  expect(await read('y.json', '[1, 1, 0]')).toEqual([1, 1, 0])
  expect(await read('y.txt', 'cat\ndog\ncat')).toEqual([0, 1, 0])
  expect(await read('y.txt', 'cat\ndog\ncat', { classNames: ['dog', 'cat'] })).toEqual([1, 0, 1])
  expect(await read('y.npy', floatsOf([3], [1, 0, 1]))).toEqual([1, 0, 1])
  await expect(read('y.npy', floatsOf([3], [1, 0.5, 1]))).rejects.toThrow(
    /class numbers from 0, found 0.5 at example 1/,
  )
  await expect(read('y.npy', floatsOf([3], [1, -1, 1]))).rejects.toThrow(/-1 at example 1/)
  await expect(read('y.npy', floatsOf([3], [1, Number.NaN, 1]))).rejects.toThrow(/NaN at example 1/)
  await expect(read('y.npy', floatsOf([3, 2], [1, 0, 1, 0, 1, 0]))).rejects.toThrow(/argmax/)
  await expect(read('y.csv', '2\n0\n')).rejects.toThrow(/a label for each example, found 2 for 3/)
  await expect(read('y.csv', '2\n0\n1\n', { classes: 2 })).rejects.toThrow(/from 0 to 1, found 2 at example 0/)
  await expect(read('y.txt', 'cat\ncow\ncat', { classNames: ['dog', 'cat'] })).rejects.toThrow(/"cow"/)
})

test('numbers that are not finite are refused where they stand', async () => {
  const path = await fileOf('x.npy', floatsOf([3, 2], [0, 0, 0, Number.NaN, 0, 0]))
  await expect(readDataset(path, { domain: [0, 1] })).rejects.toThrow(/finite numbers, found NaN in example 1/)
})

test('of a file larger than its limit a choice is read, and without one it is refused before it is held', async () => {
  const header = npyOf("{'descr': '|u1', 'fortran_order': False, 'shape': (4000000, 1024), }", new Uint8Array(0))
  const path = await fileOf('sparse.npy', header)
  await truncate(path, header.length + 4_000_000 * 1024)
  await expect(readDataset(path)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  expect((await readDataset(path, { limit: 5 })).inputs.dims).toEqual([5, 1024])
})

test('what is no dataset is one sentence: nothing, a folder, an empty file, another file, a sparse one', async () => {
  const folder = await folderOf({ empty: '', 'other.bin': 'hello', 'readme.md': '#' })
  const code = async (name: string) =>
    readDataset(join(folder, name)).then(
      () => 'read',
      (error: { code: string; message: string }) => {
        expect(error.message).toMatch(/^expected .*, found .*; /)
        return error.code
      },
    )
  await writeFile(join(folder, 'sparse.npy'), '')
  await truncate(join(folder, 'sparse.npy'), 2 ** 32)
  expect(await code('absent')).toBe('FILE_UNREADABLE')
  expect(await code('empty')).toBe('USAGE')
  expect(await code('other.bin')).toBe('USAGE')
  expect(await code('sparse.npy')).toBe('USAGE')
  expect(await code('.')).toBe('USAGE')
})

test('IDX files are read, labels too', async () => {
  const images = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 10, 20])
  const folder = await folderOf({
    'images-idx3-ubyte': images,
    'labels-idx1-ubyte': Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]),
  })
  const dataset = await readDataset(join(folder, 'images-idx3-ubyte'), { labels: join(folder, 'labels-idx1-ubyte') })
  expect(dataset).toMatchObject({ labels: [7, 9], domain: [0, 255], available: 2 })
  expect([...dataset.inputs.data]).toEqual([0, 255, 10, 20])
  const cut = await fileOf('images-idx3-ubyte', images.subarray(0, 18))
  await expect(readDataset(cut)).rejects.toMatchObject({ code: 'USAGE' })
})

test('whatever is changed in an array or an archive, it is read or refused with a typed error', async () => {
  const seeds = [
    bytesOf(fixtures.arrays.find(({ name }) => name === '>f4 F')?.file ?? ''),
    ...fixtures.archives.map(({ file }) => bytesOf(file)),
  ]
  const path = await fileOf('data.npz', 'x')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 6,
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      async (seed, changes, cut, isCut) => {
        const bytes = Buffer.from(isCut ? seed.subarray(0, Math.ceil(cut * seed.length)) : seed)
        for (const [place, value] of changes) bytes[Math.floor(place * (bytes.length - 1))] = value
        await writeFile(path, bytes)
        await readDataset(path, { domain: wide }).catch((error: { code?: string }) => {
          expect(['USAGE', 'LIMIT_EXCEEDED'], String(error)).toContain(error.code)
        })
      },
    ),
    { seed: 6, numRuns: 300 },
  )
})

test('an archive that claims billions of examples is refused before one is counted', async () => {
  const rows = 2 ** 33
  const begin = new Uint8Array(2 ** 15)
  const data = npyOf(`{'descr': '|u1', 'fortran_order': False, 'shape': (${rows},), }`, begin)
  const length = data.length - begin.length + rows
  const claim = { length: 0xffffffff, extra: zip64Field(length) }
  const path = await fileOf('data.npz', zipOf([{ name: 'x.npy', data, local: claim, central: claim }]))
  await expect(readDataset(path, { domain: wide })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('heldBytes'),
  })
})
