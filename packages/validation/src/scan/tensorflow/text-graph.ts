import type { Format } from '../format.ts'
import { checkOperator } from './node.ts'

const opening =
  /^(?:\s|#[^\n]*\n)*(?:saved_model_schema_version\s*:|meta_graphs\s*\{|meta_info_def\s*\{|graph_def\s*\{|node\s*\{\s*name\s*:)/

// Text is decoded piece by piece; an operator's name that stands across two pieces is found in the overlap.
const pieceBytes = 2 ** 20
const overlapBytes = 512

/** A graph in protobuf's text format, as `saved_model.pbtxt` and `graph.pbtxt` are. */
export const textGraph: Format = {
  name: 'tensorflow-text-graph',
  title: 'TensorFlow graph as text',
  recognise: ({ text }) => (text !== undefined && opening.test(text) ? 'likely' : undefined),
  inspect(content, inspection) {
    const seen = new Set<number>()
    for (let start = 0; start < content.size; start += pieceBytes) {
      inspection.budget.checkTime()
      const piece = Buffer.from(content.read(start, pieceBytes + overlapBytes)).toString('latin1')
      for (const match of piece.matchAll(/\bop\s*:\s*["']([^"'\n]{1,200})["']/g)) {
        const offset = start + match.index
        if (seen.has(offset)) continue
        if (checkOperator(match[1] ?? '', inspection, { offset })) seen.add(offset)
      }
    }
  },
}
