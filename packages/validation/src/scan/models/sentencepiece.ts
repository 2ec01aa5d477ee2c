import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { readStructure } from '../wire/byte-cursor.ts'
import { fieldsOfShape, protobufFields } from '../wire/protobuf.ts'
import { modelsRules } from './rules.ts'

/** `ModelProto` of `sentencepiece_model.proto`: pieces, and the specifications of trainer and normalizer. */
const modelShape = { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'bytes' } as const
/** A piece: its text, its score, its type. */
const pieceShape = { 1: 'bytes', 2: 'fixed32', 3: 'varint' } as const

const recogniseSentencepiece = ({ head, content }: Sample): Recognition => {
  if (head[0] !== 0x0a) return undefined
  const fields = fieldsOfShape(content, modelShape, { count: 4 })
  if (fields === undefined || fields.length < 2) return undefined
  const arePieces = fields
    .filter(({ number }) => number === 1)
    .every(({ start, end }) => {
      const piece = fieldsOfShape(content, pieceShape, { start, end, count: 4 })
      return piece?.[0]?.number === 1 && piece.some(({ number }) => number === 2)
    })
  return arePieces && fields[0]?.number === 1 ? 'likely' : undefined
}

const inspectSentencepiece = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () => {
    let count = 0
    for (const _field of protobufFields(content)) {
      count += 1
      if (count % 4096 === 0) inspection.budget.checkTime()
    }
  })
}

/** A vocabulary of SentencePiece, `tokenizer.model`. */
export const sentencepieceFormat: Format = {
  name: 'sentencepiece',
  title: 'SentencePiece vocabulary',
  recognise: recogniseSentencepiece,
  inspect: inspectSentencepiece,
}
