import { type Format, hasMagic } from '../../format.ts'
import { StructureError } from '../../wire/byte-cursor.ts'
import { tensorflowRules } from '../rules.ts'
import { checkLite } from './check-lite.ts'

/** The TensorFlow Lite format. */
export const tensorflowLite: Format = {
  name: 'tflite',
  // TensorFlow Lite's metadata writer appends the associated files as a zip.
  carries: ['zip'],
  title: 'TensorFlow Lite model',
  recognise: ({ head }) => (hasMagic(head, 'TFL3', 4) ? 'certain' : undefined),
  inspect(content, inspection) {
    try {
      checkLite(content, inspection)
    } catch (error) {
      if (!(error instanceof StructureError)) throw error
      inspection.report({ rule: tensorflowRules['lite-malformed'], message: error.message, offset: error.offset })
    }
  },
}
