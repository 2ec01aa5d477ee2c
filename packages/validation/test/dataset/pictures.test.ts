import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadSharp } from '../../src/data/decode-picture.ts'
import { readDataset } from '../../src/data/index.ts'
import { bytesOf, fixture, folderOf } from './support.ts'

const fixtures = fixture('pictures') as {
  readonly pictures: readonly {
    name: string
    width: number
    height: number
    tolerance: number
    file: string
    rgb: string
    grey: string
  }[]
  readonly photo: string
  readonly resized: readonly { width: number; height: number; rgb: string }[]
  readonly others: Readonly<Record<string, string>>
}

const picture = (name: string): Buffer => bytesOf(fixtures.pictures.find((each) => each.name === name)?.file ?? '')

const greatestDifference = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  expect(left.length).toBe(right.length)
  return Array.from(left).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (right[index] ?? Number.NaN))),
    0,
  )
}

const raw = { layout: 'nhwc', scale: [0, 255] } as const

test.each(fixtures.pictures)(
  '$name is read as PIL reads it',
  async ({ name, width, height, file, rgb, grey, tolerance }) => {
    const folder = await folderOf({ [name]: bytesOf(file) })
    const colours = await readDataset(folder, { preprocessing: raw })
    expect(colours.inputs.dims).toEqual([1, height, width, 3])
    expect(greatestDifference(colours.inputs.data, bytesOf(rgb))).toBeLessThanOrEqual(tolerance)
    const lumas = await readDataset(folder, { preprocessing: { ...raw, channels: 'grey' } })
    expect(lumas.inputs.dims).toEqual([1, height, width, 1])
    expect(greatestDifference(lumas.inputs.data, bytesOf(grey))).toBeLessThanOrEqual(tolerance)
  },
)

test.each(fixtures.resized)(
  'a picture resized to $width x $height is near what PIL makes',
  async ({ width, height, rgb }) => {
    const folder = await folderOf({ 'photo.png': bytesOf(fixtures.photo) })
    const { inputs } = await readDataset(folder, { preprocessing: { ...raw, size: { width, height } } })
    const expected = bytesOf(rgb)
    const mean = Array.from(inputs.data).reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? 0)), 0)
    expect(mean / expected.length).toBeLessThan(2)
  },
)

test('channels, layout, scale and normalisation are those declared', async () => {
  const folder = await folderOf({ 'rgb.png': picture('rgb.png') })
  const { inputs, domain } = await readDataset(folder)
  expect(inputs.dims).toEqual([1, 3, 12, 18])
  expect(domain).toEqual([0, 1])
  const size = 12 * 18
  const swapped = await readDataset(folder, { preprocessing: { channels: 'bgr' } })
  expect([...swapped.inputs.data.slice(0, size)]).toEqual([...inputs.data.slice(2 * size)])
  const last = await readDataset(folder, { preprocessing: { layout: 'nhwc' } })
  expect([...last.inputs.data.slice(0, 3)]).toEqual([0, size, 2 * size].map((at) => inputs.data[at]))
  const mean = [0.485, 0.456, 0.406]
  const deviation = [0.229, 0.224, 0.225]
  for (const [dataset, channelAt] of [
    [
      await readDataset(folder, { preprocessing: { normalise: { mean, deviation } } }),
      (at: number) => Math.floor(at / size),
    ],
    [
      await readDataset(folder, { preprocessing: { layout: 'nhwc', normalise: { mean, deviation } } }),
      (at: number) => at % 3,
    ],
  ] as const) {
    const source = dataset.normalisation?.axis === 1 ? inputs : last.inputs
    for (const at of [0, 1, 2, 300, 647]) {
      const channel = channelAt(at)
      expect(dataset.inputs.data[at]).toBeCloseTo(
        ((source.data[at] ?? 0) - (mean[channel] ?? 0)) / (deviation[channel] ?? 1),
        5,
      )
    }
    expect(dataset.domain[0]).toBeCloseTo(-0.485 / 0.229, 6)
    expect(dataset.domain[1]).toBeCloseTo((1 - 0.406) / 0.225, 6)
  }
})

test('folders are classes: by their numbers, by their names, by the declared ones', async () => {
  const file = picture('grey.png')
  const numbered = await folderOf({ '10/a.png': file, '2/b.png': file, '2/a.JPG': picture('grey.jpg') })
  expect((await readDataset(numbered)).labels).toEqual([10, 2, 2])
  await expect(readDataset(numbered, { classes: 10 })).rejects.toThrow(/from 0 to 9, found 10/)
  const named = await folderOf({ 'dog/a.png': file, 'cat/b.png': file, '.hidden': 'x', 'notes.txt': 'x' })
  expect(await readDataset(named)).toMatchObject({ labels: [0, 1], classNames: ['cat', 'dog'], available: 2 })
  expect((await readDataset(named)).notes.join()).toContain('1 files that are no .png')
  expect((await readDataset(named, { classNames: ['dog', 'cat'] })).labels).toEqual([1, 0])
  const mixed = await folderOf({ 'cat/a.png': file, 'b.png': file })
  await expect(readDataset(mixed)).rejects.toThrow(/1 outside of any; move them/)
})

test('a file of labels beside the pictures names them', async () => {
  const file = picture('grey.png')
  const files = { 'a.png': file, 'b.png': file, 'sub/c.png': file }
  const csv = await folderOf({ ...files, 'labels.csv': 'file,label\r\n"b.png",3\r\nsub/c.png,1\r\n' })
  expect(await readDataset(csv)).toMatchObject({
    labels: [3, 1],
    available: 2,
    notes: ['1 pictures that have no label were left out'],
  })
  const json = await folderOf({ ...files, 'labels.json': '{"a.png": "cat", "b.png": "dog"}' })
  expect(await readDataset(json)).toMatchObject({ labels: [0, 1], classNames: ['cat', 'dog'] })
  for (const labels of ['../a.png,1', 'a.png,1\na.png,2', 'nothing', '/etc/passwd,1', 'a.png,1\nb.png,']) {
    const folder = await folderOf({ ...files, 'labels.csv': labels })
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'USAGE' })
  }
})

test('a choice is seeded, and keeps each picture with its label', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`${index % 3}/${index}.png`, picture('grey.png')]),
  )
  const folder = await folderOf(files)
  const some = await readDataset(folder, { limit: 5, seed: 9 })
  expect(some.inputs.dims[0]).toBe(5)
  expect(some.labels).toHaveLength(5)
  expect(await readDataset(folder, { limit: 5, seed: 9 })).toEqual(some)
})

test('pictures of several sizes want a size', async () => {
  const folder = await folderOf({ 'a.png': picture('grey.png'), 'b.jpg': picture('turned-6.jpg') })
  await expect(readDataset(folder)).rejects.toThrow(
    /one size, 18 x 12, found 12 x 18 at b.jpg; declare preprocessing.size/,
  )
  const { inputs } = await readDataset(folder, { preprocessing: { size: { width: 8, height: 6 } } })
  expect(inputs.dims).toEqual([2, 3, 6, 8])
})

test('the decoder is shown nothing but PNG and JPEG, whatever a file is called', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  const others = Object.values(fixtures.others).map(bytesOf)
  for (const content of [...others, svg, '', 'GIF89a', '\x89PNG'] as const) {
    const folder = await folderOf({ 'a.png': content })
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'USAGE' })
  }
})

test('a picture that claims billions of pixels is refused before one is decoded', async () => {
  const bomb = Buffer.from(picture('grey.png'))
  bomb.writeUInt32BE(60_000, 16)
  bomb.writeUInt32BE(60_000, 20)
  // The header's checksum no longer holds; libpng looks at sizes first, and either refusal will do.
  const folder = await folderOf({ 'a.png': bomb })
  await expect(readDataset(folder)).rejects.toMatchObject({ code: expect.stringMatching(/LIMIT_EXCEEDED|USAGE/) })
  const small = await folderOf({ 'a.png': picture('rgb.png') })
  await expect(readDataset(small, { limits: { pixels: 200 } })).rejects.toThrow(
    /at most 200 \(limit pixels\), found 216/,
  )
  await expect(readDataset(small, { limits: { pictureBytes: 20 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await expect(readDataset(small, { limits: { heldBytes: 1000 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  const two = await folderOf({ 'a.png': picture('rgb.png'), 'b.png': picture('rgb.png') })
  await expect(readDataset(two, { limits: { files: 1 } })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('no link is followed out of the folder, and no folder below a class', async () => {
  const outside = await folderOf({ 'a.png': picture('rgb.png') })
  for (const [target, name] of [
    [join(outside, 'a.png'), 'b.png'],
    [outside, 'class'],
  ] as const) {
    const folder = await folderOf({ 'a.png': picture('rgb.png') })
    await symlink(target, join(folder, name))
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  }
  const deep = await folderOf({ 'a/b/c.png': picture('rgb.png') })
  await expect(readDataset(deep)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a host without sharp is told what to install', async () => {
  const absent = async (): Promise<never> => {
    throw new Error('Cannot find package')
  }
  await expect(loadSharp(absent)).rejects.toMatchObject({
    code: 'PEER_DEPENDENCY_MISSING',
    message: 'expected the package sharp, which decodes pictures; install it with: npm i sharp',
  })
})

test('what is declared for numbers is refused for pictures', async () => {
  const folder = await folderOf({ 'a.png': picture('rgb.png') })
  await expect(readDataset(folder, { domain: [0, 1] })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(readDataset(folder, { input: { name: 'x', type: 'float32', dims: [1, 1, 28, 28] } })).rejects.toThrow(
    /shape \[1,28,28\] of input "x", found \[3,12,18\]; declare size/,
  )
})

test('whatever is changed in a picture, it is read or refused with a typed error', async () => {
  const folder = await folderOf({ 'a.png': 'x' })
  const seeds = ['interlaced.png', 'palette-transparent.png', 'rgb-16-bit.png', 'progressive.jpg', 'cmyk.jpg'].map(
    picture,
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 5,
      }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      async (seed, changes, cut) => {
        const bytes = Buffer.from(cut === null ? seed : seed.subarray(0, Math.ceil(cut * seed.length)))
        for (const [place, value] of changes) bytes[Math.floor(place * (bytes.length - 1))] = value
        await writeFile(join(folder, 'a.png'), bytes)
        await readDataset(folder, { limits: { pixels: 10_000 } }).catch((error: { code?: string }) => {
          expect(['USAGE', 'LIMIT_EXCEEDED'], String(error)).toContain(error.code)
        })
      },
    ),
    { seed: 7, numRuns: 100 },
  )
})

test('a deflate bomb inside a picture gives no more than the pixels of its header', async () => {
  const file = picture('grey.png')
  const at = file.indexOf('IDAT')
  const data = Buffer.concat([Buffer.from('IDAT'), deflateSync(Buffer.alloc(2 ** 24))])
  const frame = (content: Buffer): Buffer => {
    const numbers = Buffer.alloc(8)
    numbers.writeUInt32BE(content.length - 4, 0)
    numbers.writeUInt32BE(crc32(content), 4)
    return Buffer.concat([numbers.subarray(0, 4), content, numbers.subarray(4)])
  }
  const bomb = Buffer.concat([file.subarray(0, at - 4), frame(data), frame(Buffer.from('IEND'))])
  const read = await readDataset(await folderOf({ 'a.png': bomb })).catch((error: { code?: string }) => error)
  if ('inputs' in read) expect(read.inputs.dims).toEqual([1, 3, 12, 18])
  else expect(read.code).toBe('USAGE')
})
