import { closeSync, fstatSync, ftruncateSync, mkdtempSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { keptBytes } from '../../src/sandbox/mailbox.ts'
import { createFileSide } from '../../src/sandbox/mailbox-file.ts'
import { createMemorySide } from '../../src/sandbox/mailbox-memory.ts'
import { createMailboxes } from '../../src/sandbox/mailboxes.ts'
import { loadSharedMemory } from '../../src/worker/shared-memory.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-mailbox-'))
afterAll(() => rmSync(directory, { recursive: true }))

const memory = loadSharedMemory()
const withoutMemory = memory === undefined ? ' (skipped: needs Linux and koffi)' : ''

const mebibyte = 1024 * 1024
const kinds = {
  memory: (access: 'r' | 'r+', bytes = mebibyte) => {
    if (memory === undefined) throw new Error('expected koffi')
    return createMemorySide(memory, bytes, access)
  },
  file: (access: 'r' | 'r+', bytes = mebibyte) => createFileSide(directory, bytes, access),
}

for (const [kind, create] of Object.entries(kinds)) {
  const skipped = kind === 'memory' ? withoutMemory : ''
  const check = test.skipIf(skipped !== '')

  check(`${kind}: what one side leaves, the other finds${skipped}`, () => {
    const { mailbox, descriptor } = create('r+')
    mailbox.write(64, Uint8Array.of(1, 2, 3))
    const seen = new Uint8Array(3)
    readSync(descriptor, seen, 0, 3, 64)
    expect([...seen]).toEqual([1, 2, 3])
    writeSync(descriptor, Uint8Array.of(9, 8), 0, 2, mailbox.byteLength - 2)
    const found = mailbox.read(mailbox.byteLength - 2, 2)
    expect([...found]).toEqual([9, 8])
    writeSync(descriptor, Uint8Array.of(7, 7), 0, 2, mailbox.byteLength - 2)
    expect([...found], 'a copy').toEqual([9, 8])
    closeSync(descriptor)
    mailbox.close()
  })

  check(`${kind}: nothing outside of it can be read or written${skipped}`, () => {
    const { mailbox, descriptor } = create('r+')
    for (const [offset, length] of [
      [mebibyte, 1],
      [-1, 1],
      [0, mebibyte + 1],
      [2 ** 52, 1],
      [1, 2 ** 53 - 1],
      [0, -1],
    ] as const) {
      expect(() => mailbox.read(offset, length)).toThrowError(RangeError)
    }
    expect(() => mailbox.write(mebibyte - 1, new Uint8Array(2))).toThrowError(RangeError)
    closeSync(descriptor)
    mailbox.close()
  })

  check(`${kind}: a descriptor for reading cannot write${skipped}`, () => {
    const { mailbox, descriptor } = create('r')
    expect(() => writeSync(descriptor, 'x')).toThrowError(/EBADF/)
    expect(() => ftruncateSync(descriptor, 0)).toThrowError(/EINVAL|EBADF|EPERM/)
    closeSync(descriptor)
    mailbox.close()
  })

  check(`${kind}: what was large is given back${skipped}`, () => {
    const { mailbox, descriptor } = create('r+', 2 * keptBytes)
    mailbox.write(2 * keptBytes - mebibyte, new Uint8Array(mebibyte).fill(1))
    mailbox.write(0, new Uint8Array(mebibyte).fill(1))
    mailbox.trim()
    expect(fstatSync(descriptor).blocks * 512).toBeLessThanOrEqual(keptBytes)
    expect(mailbox.read(0, 2)).toEqual(Uint8Array.of(1, 1))
    expect(mailbox.read(2 * keptBytes - 2, 2)).toEqual(Uint8Array.of(0, 0))
    closeSync(descriptor)
    mailbox.close()
  })

  check(`${kind}: cleared, it holds nothing of what was there, and takes more${skipped}`, () => {
    const { mailbox, descriptor } = create('r+')
    mailbox.write(0, new Uint8Array(mebibyte).fill(1))
    mailbox.clear()
    expect(fstatSync(descriptor).blocks).toBe(0)
    expect(mailbox.read(mebibyte - 2, 2)).toEqual(Uint8Array.of(0, 0))
    mailbox.write(5, Uint8Array.of(7))
    expect(mailbox.read(4, 2)).toEqual(Uint8Array.of(0, 7))
    closeSync(descriptor)
    mailbox.close()
    mailbox.clear()
  })

  check(`${kind}: closed, it is not touched again, however often it is closed${skipped}`, () => {
    const { mailbox, descriptor } = create('r+')
    mailbox.close()
    mailbox.close()
    mailbox.trim()
    expect(() => mailbox.read(0, 1)).toThrowError('expected an open mailbox')
    expect(() => mailbox.write(0, Uint8Array.of(1))).toThrowError('expected an open mailbox')
    closeSync(descriptor)
  })
}

test.skipIf(withoutMemory !== '')(
  `memory that a worker holds cannot be cut short under its host${withoutMemory}`,
  () => {
    const { mailbox, descriptor } = kinds.memory('r+')
    expect(() => ftruncateSync(descriptor, 0)).toThrowError(/EPERM/)
    expect(() => ftruncateSync(descriptor, 2 * mebibyte)).toThrowError(/EPERM/)
    expect(mailbox.read(mebibyte - 1, 1)).toEqual(Uint8Array.of(0))
    closeSync(descriptor)
    mailbox.close()
  },
)

test.skipIf(withoutMemory !== '')(`memory that is not to be had is an error, and not a signal${withoutMemory}`, () => {
  const side = createMemorySide(
    {
      ...(memory as NonNullable<typeof memory>),
      reserve() {
        throw new Error('no memory')
      },
    },
    mebibyte,
    'r',
  )
  expect(() => side.mailbox.write(0, Uint8Array.of(1))).toThrowError('no memory')
  closeSync(side.descriptor)
  side.mailbox.close()
})

test('a file that is cut short is an error, and not a signal', () => {
  const { mailbox, descriptor } = kinds.file('r+')
  ftruncateSync(descriptor, 10)
  expect(() => mailbox.read(8, 8)).toThrowError('expected 8 bytes in the mailbox, found 2')
  closeSync(descriptor)
  mailbox.close()
})

test('a mailbox in a file leaves no name', () => {
  const { mailbox, descriptor } = kinds.file('r')
  expect(readdirSync(directory)).toEqual([])
  closeSync(descriptor)
  mailbox.close()
})

test('a host offers memory, else files, else nothing', () => {
  const offered = [
    createMailboxes(defaultSandboxLimits, { memory, directory }),
    createMailboxes(defaultSandboxLimits, { memory: undefined, directory }),
    createMailboxes(defaultSandboxLimits, { memory: undefined, directory: join(directory, 'missing') }),
  ]
  const best = memory === undefined ? 'file' : 'memory'
  expect(offered.map((mailboxes) => mailboxes?.offer.kind)).toEqual([best, 'file', undefined])
  for (const mailboxes of offered) {
    mailboxes?.handOver()
    mailboxes?.close()
  }
})
