import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, isRecord, keysOf, placeOf } from './walk.ts'

/** At least a hundred times what the largest published models have. */
const maximumOf: ReadonlyMap<string, number> = new Map([
  ['vocab_size', 2 ** 28],
  ['n_vocab', 2 ** 28],
  ['hidden_size', 2 ** 24],
  ['d_model', 2 ** 24],
  ['n_embd', 2 ** 24],
  ['embedding_size', 2 ** 24],
  ['intermediate_size', 2 ** 26],
  ['ffn_dim', 2 ** 26],
  ['d_ff', 2 ** 26],
  ['num_hidden_layers', 2 ** 16],
  ['num_layers', 2 ** 16],
  ['n_layer', 2 ** 16],
  ['num_attention_heads', 2 ** 16],
  ['num_key_value_heads', 2 ** 16],
  ['n_head', 2 ** 16],
  ['num_experts', 2 ** 20],
  ['num_local_experts', 2 ** 20],
  ['max_position_embeddings', 2 ** 40],
  ['n_positions', 2 ** 40],
  ['image_size', 2 ** 20],
  ['num_labels', 2 ** 28],
])

/** An embedding of so many numbers fits no machine. */
const maximumEmbedding = 2 ** 42

const report = (field: string, found: number, inside: string, inspection: Inspection): void =>
  inspection.report({
    rule: configurationRules['oversized-dimension'],
    message: `expected ${field} to be a size that a machine can hold, found ${found}`,
    inside,
    evidence: { field: printable(field), found: String(found) },
  })

/** Looks at the sizes that a loader allocates by, each alone and the embedding they make together. */
export const checkDimensions = ({ value, path }: Entry, inspection: Inspection): void => {
  if (!isRecord(value)) return
  for (const field of keysOf(value)) {
    const maximum = maximumOf.get(field)
    const size = maximum === undefined ? undefined : value[field]
    if (maximum === undefined || typeof size !== 'number') continue
    // Minus one says "as many as there are" in some libraries.
    if (size > maximum || size < -1 || Number.isNaN(size)) report(field, size, placeOf(path), inspection)
  }
  const { vocab_size: tokens, hidden_size: width } = value
  if (typeof tokens !== 'number' || typeof width !== 'number') return
  const isEachSound = tokens <= 2 ** 28 && width <= 2 ** 24
  if (isEachSound && tokens * width > maximumEmbedding)
    report('vocab_size × hidden_size', tokens * width, placeOf(path), inspection)
}
