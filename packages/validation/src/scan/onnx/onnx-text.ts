import { isInterpreterOperator, refuseLocation } from '@nootropic/core/formats'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { interpreterOperator } from './checks/operators.ts'
import { onnxRules } from './rules.ts'

/** The textual syntax of ONNX opens with what it says of the model; protobuf's text format names the fields. */
const textualSyntax = /^\s*<\s*ir_version\s*:/
const textFormat = /^(?:\s*#[^\n]*\n)*\s*ir_version\s*:\s*\d+\s/

/** Whether a text is a model. */
export const isOnnxText = (text: string): boolean => textualSyntax.test(text) || textFormat.test(text)

const location = /key\s*:\s*"location"\s*(?:,\s*)?value\s*:\s*"([^"\n]{0,4096})"/g
const operator = /op_type\s*:\s*"([^"\n]{0,256})"/g

/**
 * Looks for the worst that a model written as text can name. Nothing reads it whole: no runtime loads one, it must be
 * converted first, and what it is converted to can be scanned.
 */
export const inspectOnnxText = (content: ByteSource, inspection: Inspection): void => {
  if (content.size <= inspection.limits.heldBytes) {
    const text = Buffer.from(content.read(0, content.size)).toString('latin1')
    if (textFormat.test(text)) inspection.refine('onnx-prototxt')
    for (const { 1: name = '', index } of text.matchAll(location)) {
      const refusal = refuseLocation(name)
      if (refusal === undefined) continue
      inspection.report({
        rule: onnxRules[refusal.kind],
        message: `expected the name of a file beside the model, found ${refusal.found}`,
        offset: index,
        evidence: { location: printable(name) },
      })
    }
    for (const { 1: name = '', index } of text.matchAll(operator)) {
      if (isInterpreterOperator(name)) inspection.report({ ...interpreterOperator(name, 'graph'), offset: index })
    }
  }
  inspection.incomplete('a model written as text is not read whole; convert it to ONNX and scan that')
}
