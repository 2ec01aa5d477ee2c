import type { Rule } from '../../rule.ts'
import { onnxRules } from '../rules.ts'
import type { NodeView } from '../values/node-view.ts'

/** What a node breaks. */
export interface Breach {
  readonly rule: Rule
  readonly expected: string
  readonly found: string
}

/** One thing that a kernel takes for granted of a node; it says nothing where the model leaves it open. */
export type Clause = (view: NodeView) => Breach | undefined

/** What a group of operators asks of its nodes. */
export interface OperatorContract {
  /** `''` is ONNX's own. */
  readonly domain: '' | 'ai.onnx.ml' | 'com.microsoft'
  readonly operators: readonly string[]
  readonly clauses: readonly Clause[]
}

const breach =
  (rule: Rule) =>
  (expected: string, found: string | number): Breach => ({ rule, expected, found: String(found) })

/** Lists that are walked side by side. */
export const badLength = breach(onnxRules['contract-length'])
/** An index into something. */
export const badIndex = breach(onnxRules['contract-index'])
/** A value that the operator cannot work with. */
export const badRange = breach(onnxRules['contract-range'])
/** Weights against attributes. */
export const badShape = breach(onnxRules['contract-shape'])
/** A body against its node. */
export const badSubgraph = breach(onnxRules['contract-subgraph'])
/** A number with which sizes overflow. */
export const badMagnitude = breach(onnxRules['attribute-magnitude'])
