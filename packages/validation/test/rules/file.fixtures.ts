import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeOnnx } from '@nootropic/core/formats'
import { diagonalClassifier } from '../support/models.ts'
import type { RoomFixtures } from './fixture.ts'

const model = (): Uint8Array => writeOnnx(diagonalClassifier(1))

const emptyArchive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])

export const fixtures: RoomFixtures = {
  'file/empty': {
    positive: {
      'no bytes': () => new Uint8Array(0),
      'an empty file': (directory) => {
        const path = join(directory, 'model.onnx')
        writeFileSync(path, '')
        return path
      },
    },
    negative: { 'one byte': () => Uint8Array.of(0), 'a model': model },
  },
  'file/polyglot': {
    positive: {
      'a pickle that ends as an archive': () => Buffer.concat([Buffer.from('\x80\x04K\x01.', 'latin1'), emptyArchive]),
      'an image that ends as an archive': () =>
        Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), emptyArchive]),
    },
    negative: { 'an archive': () => emptyArchive, 'a model': model },
  },
}
