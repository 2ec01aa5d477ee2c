import { createSeededRandom } from '@nootropic/core'
import { elf, portableExecutable } from '../support/programs.ts'
import type { RoomFixtures } from './fixture.ts'

const noise = (length: number, seed = 1): Uint8Array => {
  const random = createSeededRandom(seed)
  return Uint8Array.from({ length }, () => random.integer(256))
}

const inNoise = (content: Uint8Array | string, at = 100_001): Uint8Array => {
  const bytes = noise(300_000)
  bytes.set(typeof content === 'string' ? Buffer.from(content, 'latin1') : content, at)
  return bytes
}

/** Noise in which every `stride`-th byte spells a payload. */
const spread = (payload: Uint8Array, stride: number): Uint8Array => {
  const bytes = noise(8192)
  for (const [index, byte] of payload.entries()) bytes[index * stride] = byte
  return bytes
}

/** An npy file, whose data is weights. */
const numpyOf = (data: Uint8Array): Uint8Array => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${data.length / 4},), }`
  const padded = `${header.padEnd(117)}\n`
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    Buffer.from([padded.length, 0]),
    Buffer.from(padded),
    data,
  ])
}

const zipEntry = (name: string, content: string): string => {
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04\x14\0', 'latin1')
  header.writeUInt32LE(content.length, 18)
  header.writeUInt32LE(content.length, 22)
  header.writeUInt16LE(name.length, 26)
  return header.toString('latin1') + name + content
}

export const fixtures: RoomFixtures = {
  'embedded/program': {
    positive: { 'an ELF header in weights': () => inNoise(elf()), 'a library': () => portableExecutable() },
    negative: {
      'the magic alone': () => inNoise('\x7fELF'),
      'MZ without a PE header': () => inNoise('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff'),
    },
  },
  'embedded/script': {
    positive: {
      'a shell script': () => Buffer.from('#!/bin/sh\necho hello\n'),
      'a Python script': () => Buffer.from('#!/usr/bin/env python3\nprint(1)\n'),
    },
    negative: {
      'a heading': () => Buffer.from('# /bin/sh\n\nIs a shell.\n'),
      'an attribute of Rust': () => Buffer.from('#![allow(dead_code)]\n'),
    },
  },
  'embedded/archive': {
    positive: {
      'an entry in weights': () => inNoise(zipEntry('model.txt', 'hello')),
      'an entry across chunks': () => inNoise(zipEntry('model.txt', 'hello'), 2 ** 18 - 2),
    },
    negative: {
      'the magic alone': () => inNoise('PK\x03\x04'),
      'no entry': () => inNoise('PK\x03\x04\xff\xff\xff\xff'),
    },
  },
  'embedded/hidden-in-weights': {
    positive: {
      'a program in the low bytes of float32': () => numpyOf(spread(elf(), 4)),
      'code in the low bytes of float32': () =>
        numpyOf(spread(Buffer.from('import os; print(os.name)  # harmless'), 4)),
    },
    negative: {
      noise: () => numpyOf(noise(8192)),
      'small whole numbers': () =>
        numpyOf(new Uint8Array(Int32Array.from({ length: 2048 }, (_, index) => index % 90).buffer)),
    },
  },
}
