import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TensorProto } from '@nootropic/core/formats'
import type { Fixture, RoomFixtures } from './fixture.ts'
import { adding, createNode, external, floats, model, writeOnnx } from './onnx-models.ts'

const at =
  (location: string, more: Readonly<Record<string, string>> = {}): Fixture =>
  () =>
    adding(external({ location, ...more }))

/** A model on disk, with the files that `prepare` puts beside it. */
const beside =
  (prepare: (directory: string) => void, tensor: TensorProto = external({ location: 'weights.bin' })): Fixture =>
  (directory) => {
    prepare(directory)
    const path = join(directory, 'model.onnx')
    writeFileSync(path, adding(tensor))
    return path
  }

const weights =
  (length: number) =>
  (directory: string): void =>
    writeFileSync(join(directory, 'weights.bin'), new Uint8Array(length))

const sha1 = (length: number): string => createHash('sha1').update(new Uint8Array(length)).digest('hex')

const inTraining = (location: string): Uint8Array => {
  const base = model([createNode('Relu', ['x'], ['y'])])
  const initialization = { ...base.graph, name: 'start', initializer: [external({ location })] }
  return writeOnnx({
    ...base,
    trainingInfo: [{ initialization, initializationBinding: [], updateBinding: [], unknownFields: [] }],
  })
}

const inAttribute = (location: string): Uint8Array =>
  writeOnnx(
    model([createNode('Constant', [], ['c'], { value: external({ location }) }), createNode('Add', ['x', 'c'], ['y'])]),
  )

/** Tensors in other files. */
export const fixtures: RoomFixtures = {
  'onnx/external-data-escapes': {
    positive: {
      'CVE-2022-25882: steps out of the directory': at('../../../etc/passwd'),
      'CVE-2024-27318: steps in the middle': at('a/../../secret'),
      'CVE-2025-51480: an absolute path': at('/etc/passwd'),
      'CVE-2025-51480: a path of Windows': at('C:\\secret'),
      'a URL': at('https://example.org/weights'),
      'a share': at('\\\\host\\share\\secret'),
      'a NUL': at('weights\0.bin'),
      '/proc': at('/proc/self/mem'),
      'in a Constant node': () => inAttribute('/etc/passwd'),
      'in training information': () => inTraining('../secret'),
    },
    negative: {
      'a name': at('weights.bin'),
      'a directory below': at('data/weights..bin'),
      'beside a Constant node': () => inAttribute('weights.bin'),
    },
  },
  'onnx/external-data-memory': {
    positive: {
      'the marker': at('*/_ORT_MEM_ADDR_/*', { offset: '140000000000', length: '8' }),
      'the marker of a newer version': at('*/_ORT_MEM_ADDR_/*_2'),
    },
    negative: { 'a name': at('weights.bin'), 'a name about memory': at('memory-address.bin') },
  },
  'onnx/external-data-key': {
    positive: {
      'CVE-2026-34445: a key that is an attribute of the loader': at('weights.bin', { __class__: 'x' }),
      'CVE-2026-34445: another': at('weights.bin', { mode: 'w' }),
    },
    negative: {
      'the known keys': at('weights.bin', { offset: '0', length: '8' }),
      'a checksum': at('weights.bin', { checksum: sha1(8) }),
    },
  },
  'onnx/external-data-malformed': {
    positive: {
      'no location': () => adding(external({ offset: '0' })),
      'a negative offset': at('weights.bin', { offset: '-1' }),
      'a huge length': at('weights.bin', { length: '99999999999999999999' }),
      'another length than the tensor': at('weights.bin', { length: '4' }),
      'the same key twice': () =>
        adding(
          external([
            ['location', 'weights.bin'],
            ['location', 'other.bin'],
          ]),
        ),
      'a base path': at('weights.bin', { basepath: '/etc' }),
      'a tensor that is inside as well': () =>
        adding({
          ...floats('float32', 'w', [2], [1, 2]),
          externalData: external({ location: 'weights.bin' }).externalData,
        }),
    },
    negative: {
      'offset and length': at('weights.bin', { offset: '4096', length: '8' }),
      'no length': at('weights.bin', { offset: '8' }),
    },
  },
  'onnx/external-data-name': {
    positive: {
      'a device of Windows': at('NUL'),
      'with an ending': at('data/con.bin'),
      'percent-encoded': at('%2e%2e%2fsecret'),
      'a stream of another file': at('data/weights.bin:hidden'),
      'a dot at the end': at('weights.bin.'),
    },
    negative: { 'a name': at('weights.bin'), 'a name that holds one': at('console.bin'), here: at('./weights.bin') },
  },
  'onnx/external-file-missing': {
    positive: {
      'no file': beside(() => {}),
      'another name': beside((directory) => writeFileSync(join(directory, 'weights'), new Uint8Array(8))),
    },
    negative: {
      'the file': beside(weights(8)),
      'a location that is never looked at': beside(() => {}, external({ location: '/etc/passwd' })),
    },
  },
  'onnx/external-file-linked': {
    positive: {
      'CVE-2026-27489: a symbolic link': beside((directory) =>
        symlinkSync('/etc/passwd', join(directory, 'weights.bin')),
      ),
      'CVE-2026-34446: a hard link': beside((directory) => {
        writeFileSync(join(directory, 'secret'), new Uint8Array(8))
        linkSync(join(directory, 'secret'), join(directory, 'weights.bin'))
      }),
      'CVE-2026-34447: a directory that is a link': beside(
        (directory) => symlinkSync('/etc', join(directory, 'data')),
        external({ location: 'data/passwd' }),
      ),
      'a directory': beside((directory) => mkdirSync(join(directory, 'weights.bin'))),
    },
    negative: {
      'a plain file': beside(weights(8)),
      'a plain file in a directory': beside(
        (directory) => {
          mkdirSync(join(directory, 'data'))
          writeFileSync(join(directory, 'data', 'w.bin'), new Uint8Array(8))
        },
        external({ location: 'data/w.bin' }),
      ),
    },
  },
  'onnx/external-file-short': {
    positive: {
      'four bytes for eight': beside(weights(4)),
      'an offset beyond the end': beside(weights(64), external({ location: 'weights.bin', offset: '64' })),
    },
    negative: {
      'as long as it must be': beside(weights(8)),
      'at the very end': beside(weights(64), external({ location: 'weights.bin', offset: '56', length: '8' })),
    },
  },
  'onnx/external-file-changed': {
    positive: {
      'another file': beside(weights(8), external({ location: 'weights.bin', checksum: sha1(9) })),
      'a checksum of zeros': beside(weights(8), external({ location: 'weights.bin', checksum: '0'.repeat(40) })),
    },
    negative: {
      'the same file': beside(weights(8), external({ location: 'weights.bin', checksum: sha1(8) })),
      'no checksum': beside(weights(8)),
    },
  },
  'onnx/external-file-slack': {
    positive: {
      'two megabytes after the tensor': beside(weights(2 ** 21)),
      'two megabytes before it': beside(
        weights(2 ** 21),
        external({ location: 'weights.bin', offset: String(2 ** 21 - 8) }),
      ),
    },
    negative: { 'a page of alignment': beside(weights(4096)), none: beside(weights(8)) },
  },
}
