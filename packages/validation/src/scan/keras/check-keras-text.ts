import type { Inspection } from '../inspection.ts'
import { checkKeras, type KerasPlace } from './check-keras.ts'

// Python writes numbers that JSON does not have; texts are matched so that they are left alone.
const pythonNumbers = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g

const withoutPythonNumbers = (text: string): string =>
  text.replace(pythonNumbers, (match) => (match.startsWith('"') ? match : 'null'))

/** Checks a Keras configuration that stands as JSON in an attribute or a field. */
export const checkKerasText = (text: string, inspection: Inspection, place: KerasPlace): void => {
  let document: unknown
  try {
    document = JSON.parse(withoutPythonNumbers(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    inspection.incomplete(`${place.inside ?? 'configuration'}: expected JSON, found ${error.message.slice(0, 100)}`)
    return
  }
  checkKeras(document, inspection, place)
}
