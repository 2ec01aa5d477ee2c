import { checkDocument } from '../configuration/check-document.ts'
import { type Format, hasMagic } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { inspectCatboost } from './catboost.ts'
import { inspectLightgbm } from './lightgbm.ts'
import { reportSize } from './tree.ts'
import { readUbjson, UbjsonFault } from './ubjson.ts'
import { checkXgboost } from './xgboost.ts'
import { inspectXgboostBinary, xgboostBinaryStart } from './xgboost-binary.ts'

const inspectUbjson = (content: ByteSource, inspection: Inspection): void => {
  if (content.size > inspection.limits.heldBytes) {
    inspection.incomplete(`not read as UBJSON: more than ${inspection.limits.heldBytes} bytes`)
    return
  }
  try {
    const { value, end } = readUbjson(content.read(0, content.size))
    checkXgboost(value, inspection)
    checkDocument(value, inspection)
    if (end < content.size) inspection.incomplete(`${content.size - end} bytes behind the model were not read`)
  } catch (error) {
    if (!(error instanceof UbjsonFault)) throw error
    const { offset, size, message } = error
    if (size === undefined) inspection.incomplete(`no UBJSON at byte ${offset}: ${message}`)
    else reportSize('a value', size, content.size - offset, offset, inspection)
  }
}

/** The first key of a model, with its length as XGBoost writes it: 64 bits, big-endian. */
const firstKeys = ['learner', 'version'].map((key) => `{L\0\0\0\0\0\0\0\x07${key}`)

/** Models of XGBoost, LightGBM and CatBoost. */
export const boosterFormats: readonly Format[] = [
  {
    name: 'xgboost-ubjson',
    title: 'XGBoost model in UBJSON',
    recognise: ({ head }) => (firstKeys.some((key) => hasMagic(head, key)) ? 'certain' : undefined),
    inspect: inspectUbjson,
  },
  {
    name: 'xgboost-binary',
    title: 'XGBoost model in its binary format',
    recognise: ({ head }) => (xgboostBinaryStart(head) === undefined ? undefined : 'certain'),
    inspect: inspectXgboostBinary,
  },
  {
    name: 'lightgbm',
    title: 'LightGBM model',
    recognise: ({ head }) =>
      hasMagic(head, 'tree\nversion=v') || hasMagic(head, 'tree\r\nversion=v') ? 'certain' : undefined,
    inspect: inspectLightgbm,
  },
  {
    name: 'catboost',
    title: 'CatBoost model',
    recognise: ({ head }) => (hasMagic(head, 'CBM1') ? 'certain' : undefined),
    inspect: inspectCatboost,
  },
]
