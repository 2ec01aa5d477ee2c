import { type TensorProto, walkTensors } from '@nootropic/core/formats'
import { recogniseProgram } from '../../embedded/program-header.ts'
import { printable } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { elementBytes } from '../element-size.ts'
import { leadingBytes, type OnnxScan, tensorOffset } from '../onnx-scan.ts'
import { onnxRules } from '../rules.ts'

/** Bytes in fields that the format does not name: newer fields are short, a payload is not. */
const maximumUnknownBytes = 4096

/** How many values are read that may each hide a byte. */
const spreadLength = 512

/** The bytes that a tensor of wider numbers holds, one in each; nothing when a number is no byte. */
const spreadBytes = (scan: OnnxScan, tensor: TensorProto): Uint8Array | undefined => {
  const width = elementBytes(tensor.dataType)
  if (tensor.rawData === undefined || width === undefined || width < 2) return undefined
  const head = leadingBytes(scan, tensor.rawData, spreadLength * width)
  if (head === undefined) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const bytes: number[] = []
  for (let at = 0; at + width <= head.length; at += width) {
    const whole =
      width === 8
        ? Number(view.getBigUint64(at, true))
        : width === 4
          ? view.getUint32(at, true)
          : view.getUint16(at, true)
    // Most tensors are floats, of which one number tells; so the integer is tried first, then the float of that width.
    const float = width === 4 ? view.getFloat32(at, true) : width === 8 ? view.getFloat64(at, true) : whole
    const value = whole <= 255 ? whole : float
    if (!Number.isInteger(value) || value < 0 || value > 255) return undefined
    bytes.push(value)
  }
  return Uint8Array.from(bytes)
}

/**
 * Content that no model needs: programs whose bytes stand one in each number, where the sweep for programs does not see
 * them, and bytes in fields that the format does not name.
 */
export const embeddedContentCheck: OnnxCheck = {
  name: 'embedded-content',
  *check(scan) {
    const { model } = scan
    for (const { tensor, place } of walkTensors(model)) {
      scan.checkTime?.()
      const bytes = spreadBytes(scan, tensor)
      const kind = bytes === undefined ? undefined : recogniseProgram(bytes)
      if (kind === undefined) continue
      yield {
        rule: onnxRules['spread-program'],
        message: `expected numbers, found the header of a program (${kind}), one byte in each`,
        inside: place,
        offset: tensorOffset(scan, tensor),
        evidence: { tensor: printable(tensor.name), kind },
      }
    }
    const unknown = [...model.unknownFields, ...model.graph.unknownFields]
    const length = unknown.reduce((sum, { bytes }) => sum + bytes.length, 0)
    if (length <= maximumUnknownBytes) return
    yield {
      rule: onnxRules['unknown-content'],
      message: `expected at most ${maximumUnknownBytes} bytes in fields that ONNX does not name, found ${length}`,
      inside: 'model',
      evidence: { bytes: length, fields: [...new Set(unknown.map(({ number }) => number))].slice(0, 20) },
    }
  },
}
