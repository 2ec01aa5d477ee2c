import type { Finding } from '@nootropic/core'
import { type TensorBytes, type TensorProto, walkTensors } from '@nootropic/core/formats'
import { executableHeadLength, recogniseExecutable } from '../../executable.ts'
import { findingAt, leadingBytes, type OnnxRule, type OnnxScan, printable, tensorOffset } from '../rule.ts'

/** Bytes in fields that the format does not name: newer fields are short, a payload is not. */
const maximumUnknownBytes = 4096

const checkTensor = (scan: OnnxScan, tensor: TensorProto, place: string): Finding[] => {
  const stores: (TensorBytes | undefined)[] = [tensor.rawData, ...tensor.int32Data, ...tensor.stringData]
  for (const bytes of stores) {
    const head = bytes === undefined ? undefined : leadingBytes(scan, bytes, executableHeadLength)
    const kind = head === undefined ? undefined : recogniseExecutable(head)
    if (kind === undefined) continue
    return [
      findingAt(scan, {
        rule: 'onnx/embedded-executable',
        severity: 'high',
        title: 'A tensor holds a program',
        message: `expected numbers, found the header of a program (${kind})`,
        inside: place,
        offset: tensorOffset(scan, tensor),
        evidence: { tensor: printable(tensor.name), kind },
        remediation: 'Do not load this file: it carries a program to a place where nobody looks for one.',
        references: ['https://attack.mitre.org/techniques/T1027/009/'],
        tags: ['CWE-506', 'AML.T0011.000'],
      }),
    ]
  }
  return []
}

/** Content that no model needs: programs in tensors, bytes in fields that the format does not name. */
export const embeddedContentRule: OnnxRule = {
  name: 'embedded-content',
  check: (scan) => {
    const { model } = scan
    const unknown = [...model.unknownFields, ...model.graph.unknownFields]
    const length = unknown.reduce((sum, { bytes }) => sum + bytes.length, 0)
    const findings = [...walkTensors(model)].flatMap(({ tensor, place }) => checkTensor(scan, tensor, place))
    if (length <= maximumUnknownBytes) return findings
    return [
      ...findings,
      findingAt(scan, {
        rule: 'onnx/unknown-content',
        severity: 'medium',
        title: 'The file carries bytes that are no part of a model',
        message: `expected at most ${maximumUnknownBytes} bytes in fields that ONNX does not name, found ${length}`,
        inside: 'model',
        evidence: { bytes: length, fields: [...new Set(unknown.map(({ number }) => number))] },
        remediation: 'Ask the author what the bytes are; a reader of another format may run them.',
        tags: ['CWE-506', 'CWE-434'],
      }),
    ]
  },
}
