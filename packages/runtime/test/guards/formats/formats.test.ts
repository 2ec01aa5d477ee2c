import { readdirSync, readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import type { Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { readBmp } from '../../../src/guards/formats/bmp.ts'
import { createBoundedBytes } from '../../../src/guards/formats/bounded-bytes.ts'
import { checkFormat } from '../../../src/guards/formats/check-format.ts'
import { checkTensorFormats } from '../../../src/guards/formats/check-tensor-formats.ts'
import {
  type DescribedFile,
  defaultFormatLimits,
  type FormatLimits,
  type FormatReader,
  formatNames,
} from '../../../src/guards/formats/described-file.ts'
import { detectFormat } from '../../../src/guards/formats/detect-format.ts'
import { readFlac } from '../../../src/guards/formats/flac.ts'
import { readGif } from '../../../src/guards/formats/gif.ts'
import { readJpeg } from '../../../src/guards/formats/jpeg.ts'
import { readMp3 } from '../../../src/guards/formats/mp3.ts'
import { readOgg } from '../../../src/guards/formats/ogg.ts'
import { readPng } from '../../../src/guards/formats/png.ts'
import { readTiff } from '../../../src/guards/formats/tiff.ts'
import { readWav } from '../../../src/guards/formats/wav.ts'
import { readWebp } from '../../../src/guards/formats/webp.ts'

// Written by Pillow 9.4, libsndfile 1.2 and Python's wave module.
const folder = new URL('./fixtures/', import.meta.url)
const names = readdirSync(folder).sort()
const read = (name: string): Buffer => readFileSync(new URL(name, folder))
const formatOf = (name: string): string => (name.split('.').at(-1) as string).replace('jpg', 'jpeg')

const rulesOf = (bytes: Uint8Array, limits: Partial<FormatLimits> = {}): string[] =>
  checkFormat(bytes, 'file', { accept: formatNames, limits }).map(({ rule }) => rule)

test.each(names)('%s, as its program wrote it, is let through', (name) => {
  expect(detectFormat(read(name))).toBe(formatOf(name))
  expect(checkFormat(read(name), name, { accept: formatNames })).toEqual([])
})

test.each<[string, FormatReader, DescribedFile['image']]>([
  ['pillow.png', readPng, { width: 24, height: 16, frames: 1 }],
  ['pillow-animated.png', readPng, { width: 24, height: 16, frames: 2 }],
  ['pillow-progressive.jpg', readJpeg, { width: 24, height: 16, frames: 1 }],
  ['pillow-animated.gif', readGif, { width: 24, height: 16, frames: 2 }],
  ['pillow.webp', readWebp, { width: 24, height: 16, frames: 1 }],
  ['pillow-lossless.webp', readWebp, { width: 24, height: 16, frames: 1 }],
  ['pillow-animated.webp', readWebp, { width: 24, height: 16, frames: 2 }],
  ['pillow.bmp', readBmp, { width: 24, height: 16, frames: 1 }],
  ['pillow-pages.tiff', readTiff, { width: 24, height: 16, frames: 2 }],
])('%s is described as it was made', (name, reader, image) => {
  const described = reader(createBoundedBytes(read(name)), defaultFormatLimits)
  expect(described.image).toEqual(image)
  expect(described.end).toBe(read(name).length)
})

// 4,000 samples at 8,000 a second; packed formats add what fills a frame. 800 samples in the file of Python's.
test.each<[string, FormatReader, number, number]>([
  ['python.wav', readWav, 0.1, 0.1],
  ['sndfile.wav', readWav, 0.5, 0.5],
  ['sndfile.flac', readFlac, 0.5, 0.5],
  ['sndfile.mp3', readMp3, 0.5, 0.8],
  ['sndfile.ogg', readOgg, 0.5, 0.6],
  ['sndfile-opus.ogg', readOgg, 0.5, 0.6],
])('%s is as long as it was made', (name, reader, least, most) => {
  const { sound } = reader(createBoundedBytes(read(name)), defaultFormatLimits)
  expect(sound?.channels).toBe(1)
  expect(sound?.seconds).toBeGreaterThanOrEqual(least)
  expect(sound?.seconds).toBeLessThanOrEqual(most)
})

test('fixtures of every format but text are there', () => {
  expect([...new Set(names.map(formatOf)), 'text'].sort()).toEqual([...formatNames].sort())
})

test.each(names)('%s is read no further than its bytes, wherever it is cut', (name) => {
  const bytes = read(name)
  const step = Math.max(1, Math.floor(bytes.length / 300))
  for (let length = 0; length < bytes.length; length += step) rulesOf(Uint8Array.from(bytes.subarray(0, length)))
})

test.each(names)('%s with bytes changed at random is judged, not thrown over', (name) => {
  const bytes = read(name)
  let state = 12_345
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let round = 0; round < 300; round += 1) {
    const changed = Uint8Array.from(bytes)
    for (let change = 0; change <= round % 4; change += 1)
      changed[next(round % 2 === 0 ? 64 : bytes.length)] = next(256)
    for (const rule of rulesOf(changed)) expect(rule).toMatch(/^format\//)
  }
})

// A FLAC, MP3 or TIFF ends where its bytes do, or where no frame follows.
test.each(names.filter((name) => !/flac|tiff/.test(name)))('%s with bytes behind its end is refused', (name) => {
  expect(rulesOf(Buffer.concat([read(name), Buffer.from('PK\x03\x04 an archive')]))).toEqual([
    'format/trailing-data',
    'format/foreign-content',
  ])
})

const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(named.length + 8)
  whole.writeUInt32BE(data.length, 0)
  named.copy(whole, 4)
  whole.writeUInt32BE(crc32(named), named.length + 4)
  return whole
}
const png = (width: number, height: number, ...between: Buffer[]): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc(Math.min(height * (width + 1), 2 ** 22)))
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([start, chunk('IHDR', header), ...between, chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

test('a pixel bomb is refused by what it declares', () => {
  expect(rulesOf(png(100, 100))).toEqual([])
  expect(rulesOf(png(2000, 2000), { pixels: 1_000_000 })).toEqual(['format/too-large'])
  expect(rulesOf(png(20_000, 100))).toEqual(['format/too-large'])
  expect(rulesOf(png(0, 100))).toEqual(['format/malformed'])
  // More pixels than any deflate stream of that length can hold.
  expect(rulesOf(png(16_000, 4_000))).toEqual(['format/malformed'])
})

test('packed metadata is unpacked no further than its limit', () => {
  const bomb = chunk(
    'zTXt',
    Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(8 * 1024 ** 2))]),
  )
  expect(bomb.length).toBeLessThan(10_000)
  expect(rulesOf(png(4, 4, bomb))).toEqual(['format/too-large'])
})

test('scripts in metadata are refused, packed or not', () => {
  const script = Buffer.from('Comment\0<SCRIPT>fetch(1)</script>', 'latin1')
  const packed = Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.from('<?php system(1);'))])
  expect(rulesOf(png(4, 4, chunk('tEXt', script)))).toEqual(['format/foreign-content'])
  expect(rulesOf(png(4, 4, chunk('zTXt', packed)))).toEqual(['format/foreign-content'])
  const jpeg = read('pillow.jpg')
  const comment = Buffer.from('\xff\xfe\x00\x0a#!/bin/s', 'latin1')
  expect(rulesOf(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]))).toEqual(['format/foreign-content'])
})

test('a PNG with a wrong checksum or an unknown critical chunk is refused', () => {
  const changed = png(4, 4)
  changed[20] = 7
  expect(checkFormat(changed, 'x', { accept: ['png'] })[0]?.message).toBe(
    'as png: expected the checksum of chunk IHDR at byte 29, found another one',
  )
  expect(rulesOf(png(4, 4, chunk('EVIL', Buffer.alloc(1))))).toEqual(['format/malformed'])
})

test('a format that is not accepted is refused by its bytes, whatever it is called', () => {
  const [finding] = checkFormat(read('pillow.gif'), 'photo.png', { accept: ['png', 'jpeg'] })
  expect(finding).toMatchObject({ rule: 'format/not-accepted', message: 'expected one of png, jpeg, found gif' })
  expect(rulesOf(Buffer.from('%PDF-1.7\n%\xe2\xe3', 'latin1'))).toEqual(['format/malformed'])
  expect(checkFormat(Buffer.from('MZ\x90\x00'), 'x', { accept: ['png'] })[0]?.rule).toBe('format/not-accepted')
})

test('text is well-formed UTF-8 or marked UTF-16', () => {
  expect(rulesOf(Buffer.from('grüße, BM and text'))).toEqual([])
  expect(rulesOf(Buffer.from('\ufeffhello', 'utf16le'))).toEqual([])
  expect(rulesOf(Buffer.from('\ufeffx\ud800', 'utf16le'))).toEqual(['format/malformed'])
  expect(rulesOf(Buffer.from([0x61, 0xc0, 0xaf]))).toEqual(['format/malformed'])
  expect(rulesOf(Buffer.from('a\0b'))).toEqual(['format/malformed'])
})

test('a TIFF whose directories go round is refused', () => {
  const bytes = Buffer.from(read('pillow.tiff'))
  const directory = bytes.readUInt32LE(4)
  bytes.writeUInt32LE(directory, directory + 2 + bytes.readUInt16LE(directory) * 12)
  expect(checkFormat(bytes, 'x', { accept: ['tiff'] })[0]?.message).toContain('a directory that was not read yet')
})

test('a JPEG of a thousand scans is refused', () => {
  const bytes = read('pillow-progressive.jpg')
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]))
  const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]))
  const last = bytes.lastIndexOf(Buffer.from([0xff, 0xda]))
  expect(scan).toBeLessThan(last)
  const scans = Array.from({ length: 1000 }, () => bytes.subarray(last, end))
  expect(rulesOf(Buffer.concat([bytes.subarray(0, end), ...scans, bytes.subarray(end)]))).toEqual(['format/malformed'])
})

test('sound is held against its length and channels', () => {
  for (const name of names.filter((each) => /wav|flac|mp3|ogg/.test(each))) {
    expect(rulesOf(read(name), { seconds: 1000 })).toEqual([])
    const [finding] = checkFormat(read(name), 'x', { accept: formatNames, limits: { channels: 0 } })
    expect(finding?.message).toBe('expected at most 0 channels, found 1')
  }
  expect(rulesOf(read('sndfile.flac'), { seconds: 0 })).toEqual(['format/too-large'])
})

test('a file is read in no more parts than the limit', () => {
  expect(() => readPng(createBoundedBytes(read('pillow.png')), { ...defaultFormatLimits, parts: 2 })).toThrow(
    /at most 2 parts/,
  )
})

test('tensors carry files as bytes or base64', () => {
  const bytes = Uint8Array.from(read('pillow.png'))
  const rules = { image: { accept: ['png'] } } as const
  const check = (image: Tensor): string[] => checkTensorFormats(rules, { image }).map(({ rule }) => rule)
  expect(check({ type: 'uint8', dims: [bytes.length], data: bytes })).toEqual([])
  expect(check({ type: 'string', dims: [1], data: [Buffer.from(bytes).toString('base64')] })).toEqual([])
  expect(check({ type: 'string', dims: [1], data: ['not base64!'] })).toEqual(['format/missing'])
  expect(check({ type: 'float32', dims: [1], data: new Float32Array(1) })).toEqual(['format/missing'])
  expect(checkTensorFormats(rules, {}).map(({ rule }) => rule)).toEqual(['format/missing'])
})
