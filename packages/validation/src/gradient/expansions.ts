import type { Expansion } from './expansion.ts'
import { expandAttention, expandMultiHeadAttention } from './expansions/attention.ts'
import {
  expandBiasGelu,
  expandFastGelu,
  expandFusedConv,
  expandFusedGemm,
  expandFusedMatMul,
  expandGelu,
  expandQuickGelu,
  expandSkipLayerNormalization,
  expandSkipSimplifiedLayerNormalization,
} from './expansions/fused.ts'
import { expandGru, expandLstm, expandRnn } from './expansions/recurrent.ts'

/** Operators that smaller ones take the place of before the model is differentiated, by name with domain. */
export const expansions: ReadonlyMap<string, Expansion> = new Map([
  ['GRU', expandGru],
  ['LSTM', expandLstm],
  ['RNN', expandRnn],
  ['com.microsoft:Attention', expandAttention],
  ['com.microsoft:BiasGelu', expandBiasGelu],
  ['com.microsoft:FastGelu', expandFastGelu],
  ['com.microsoft:FusedConv', expandFusedConv],
  ['com.microsoft:FusedGemm', expandFusedGemm],
  ['com.microsoft:FusedMatMul', expandFusedMatMul],
  ['com.microsoft:Gelu', expandGelu],
  ['com.microsoft:MultiHeadAttention', expandMultiHeadAttention],
  ['com.microsoft:QuickGelu', expandQuickGelu],
  ['com.microsoft:SkipLayerNormalization', expandSkipLayerNormalization],
  ['com.microsoft:SkipSimplifiedLayerNormalization', expandSkipSimplifiedLayerNormalization],
])
